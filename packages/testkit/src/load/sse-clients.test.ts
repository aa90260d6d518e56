import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSseClients, type SseClients } from './sse-clients.ts';
import { type SseFrame, SseParser } from './sse-parser.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';

/** Parse the bytes cut at the given places; what came out. */
function parseCut(text: string, cuts: readonly number[]): { frames: SseFrame[]; isEnded: boolean } {
  const frames: SseFrame[] = [];
  let isEnded = false;
  const parser = new SseParser({
    wantsData: true,
    onHead: () => {},
    onFrame: (frame) => frames.push(frame),
    onEnd: () => {
      isEnded = true;
    },
  });
  const bytes = Buffer.from(text);
  const places = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
  const reused = Buffer.alloc(bytes.length + 16, '\n');
  let from = 0;
  for (const to of [...places, bytes.length]) {
    // One buffer for all reads with leftovers behind the end, as in the real clients.
    bytes.copy(reused, 0, from, to);
    parser.push(reused, to - from);
    from = to;
  }
  return { frames, isEnded };
}

const chunked = (pieces: readonly string[]): string =>
  `${HEAD}Transfer-Encoding: chunked\r\n\r\n${pieces
    .map((piece) => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`)
    .join('')}0\r\n\r\n`;

describe('SseParser', () => {
  it('reads the same events however the stream is cut into chunks and reads', () => {
    const event = fc.record({
      id: fc.nat(),
      data: fc.array(fc.string({ unit: 'grapheme' }).map(oneLine), { minLength: 1 }),
    });
    const property = fc.property(
      fc.array(event, { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 30 }),
      (events, chunkCuts, readCuts) => {
        const body = events
          .map(({ id, data }) => `id: ${id}\nevent: ev\n${lines(data)}\n: beat\n\n`)
          .join('');
        const expected = events.map(({ id, data }) => ({
          event: 'ev',
          id: String(id),
          dataBytes: data.reduce((sum, one) => sum + Buffer.byteLength(one), 0),
          data: data.join('\n'),
        }));
        const result = parseCut(chunked(cutText(body, chunkCuts)), readCuts);
        expect(result).toEqual({ frames: expected, isEnded: true });
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it('reads an unchunked stream with CRLF, without space after the colon, and skips frames without data', () => {
    const { frames } = parseCut(
      `${HEAD}\r\nid:7\r\nevent:ev\r\ndata:x\r\n\r\nevent: ev\r\n\r\ndata: y\r\n\r\n`,
      [3, 60, 90],
    );
    expect(frames).toEqual([
      { event: 'ev', id: '7', dataBytes: 1, data: 'x' },
      { event: 'message', id: '7', dataBytes: 1, data: 'y' },
    ]);
  });

  it('throws on what is no HTTP and no chunk size', () => {
    expect(() => parseCut('SSH-2.0-OpenSSH\r\n\r\n', [])).toThrow('not an HTTP/1.1 answer');
    expect(() => parseCut(`${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, [])).toThrow('not a chunk size');
  });
});

const oneLine = (text: string): string => text.replace(/[\r\n]/g, '');
const lines = (data: readonly string[]): string => data.map((one) => `data: ${one}`).join('\n');

/** Cut at character places so that no surrogate pair is torn by the test itself. */
function cutText(text: string, cuts: readonly number[]): string[] {
  const characters = [...text];
  const places = [0, ...[...new Set(cuts.map((cut) => cut % characters.length))].sort((a, b) => a - b)];
  return places
    .map((from, i) => characters.slice(from, places[i + 1] ?? characters.length).join(''))
    .filter((piece) => piece !== '');
}

describe('openSseClients', () => {
  let server: Server;
  let port: number;
  let streams: ServerResponse[];
  let asked: { url: string; user: string | undefined }[];

  beforeEach(async () => {
    streams = [];
    asked = [];
    server = createServer((request, response) => {
      const user = request.headers['x-user'];
      asked.push({ url: request.url ?? '', user: Array.isArray(user) ? user[0] : user });
      if (request.url === '/refused') return response.writeHead(503).end('busy');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event: hello\ndata: {}\n\n');
      streams.push(response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    port = address && typeof address === 'object' ? address.port : 0;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const broadcast = (id: number): void => {
    for (const stream of streams) stream.write(`id: ${id}\nevent: ev\ndata: {"seq":${id}}\n\n`);
  };

  it('hands every event of every client over, in order, with its size', async () => {
    const got: string[][] = Array.from({ length: 50 }, () => []);
    await using clients = await openSseClients({
      target: { port },
      count: 50,
      path: (i) => `/stream?tab=${i}`,
      headers: (i) => ({ 'x-user': `u${i}` }),
      onEvent: (i, id, dataBytes) => got[i]?.push(`${id}:${dataBytes}`),
    });
    for (let id = 1; id <= 20; id += 1) broadcast(id);
    await expect.poll(() => clients.stats.events).toBe(1000);
    const expected = Array.from({ length: 20 }, (_, i) => `${i + 1}:${`{"seq":${i + 1}}`.length}`);
    expect(got).toEqual(Array.from({ length: 50 }, () => expected));
    expect(new Set(asked.map(({ url, user }) => `${url} ${user}`)).size).toBe(50);
    expect(clients.stats).toMatchObject({ open: 50, opened: 50, closed: 0 });
  });

  it('tells of other events, of lost connections, and opens them again', async () => {
    const others: string[] = [];
    const lost: number[] = [];
    const clients: SseClients = await openSseClients({
      target: { port },
      count: 3,
      path: '/stream',
      wantsData: true,
      onOther: (i, frame) => others.push(`${i} ${frame.event} ${frame.data}`),
      onClose: (i) => lost.push(i),
    });
    await expect.poll(() => others.sort()).toEqual(['0 hello {}', '1 hello {}', '2 hello {}']);
    for (const stream of streams.splice(0)) stream.end();
    await expect.poll(() => lost.sort()).toEqual([0, 1, 2]);
    await clients.openAll();
    expect(clients.stats).toMatchObject({ open: 3, opened: 6, closed: 3, events: 0 });
    await clients.close();
    expect([clients.stats.open, lost.length]).toEqual([0, 3]);
  });

  it('rejects and closes all when one is refused', async () => {
    const opening = openSseClients({
      target: { port },
      count: 4,
      path: (i) => (i === 2 ? '/refused' : '/stream'),
    });
    await expect(opening).rejects.toThrow('client 2: answered 503');
    await expect.poll(() => streams.filter((stream) => !stream.closed).length).toBe(0);
  });
});
