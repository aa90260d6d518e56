import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { appointmentRow, scheduleAnswer } from './answer-fixtures.ts';
import { type HttpCall, httpCall } from './http-call.ts';

/** Real sockets on loopback: what is tested here is how the platform's client behaves, not a stand-in for it. */
const open: (Server | TcpServer)[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listening<T extends Server | TcpServer>(server: T): Promise<string> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const answering = (handler: RequestListener) => listening(createServer(handler));

/** Writes these raw bytes to whoever connects, then closes. */
const rawly = (bytes: string) =>
  listening(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(bytes));
    }),
  );

function call(url: string, options: Partial<HttpCall> = {}) {
  return httpCall({
    url,
    soapAction: 'urn:act',
    body: '<x/>',
    deadlineMs: 5_000,
    bytesMax: 100_000,
    fetch: globalThis.fetch,
    ...options,
  });
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const body = scheduleAnswer(appointmentRow());

describe('a call', () => {
  test('sends what the service demands and answers what came', async () => {
    let seen: unknown;
    const url = await answering(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method, headers } = request;
      seen = [method, headers.soapaction, headers['content-type'], Buffer.concat(chunks).toString()];
      response.writeHead(500, { 'content-type': 'text/xml', 'retry-after': '3' }).end(body);
    });
    const result = await call(url);
    expect(seen).toEqual(['POST', '"urn:act"', 'text/xml; charset=utf-8', '<x/>']);
    expect(result).toMatchObject({
      ok: true,
      value: { status: 500, contentType: 'text/xml', retryAfterMs: 3_000 },
    });
    expect(result.ok && text(result.value.body)).toBe(body);
  });

  test('reads a compressed answer', async () => {
    const url = await answering((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(body));
    });
    const result = await call(url);
    expect(result.ok && text(result.value.body)).toBe(body);
  });

  test('[H-09] [N-04] does not follow a redirect: it would carry the credentials along', async () => {
    let visits = 0;
    const elsewhere = await answering((_request, response) => {
      visits += 1;
      response.end();
    });
    const url = await answering((_request, response) => {
      response.writeHead(307, { location: elsewhere }).end();
    });
    expect(await call(url)).toMatchObject({ ok: true, value: { status: 307 } });
    expect(visits).toBe(0);
  });
});

describe('limits', () => {
  const tooLarge = { ok: false, failure: { kind: 'malformed', reason: 'too-large' } };

  test('a body at the limit is read, one byte more is refused', async () => {
    const url = await answering((request, response) => {
      response.end(Buffer.alloc(Number(request.headers['content-length']) === 4 ? 100 : 101, 'a'));
    });
    expect(await call(url, { bytesMax: 100 })).toMatchObject({ ok: true });
    expect(await call(url, { bytesMax: 100, body: '<xx/>' })).toMatchObject(tooLarge);
  });

  test('the limit counts what a compressed answer unfolds to', async () => {
    const url = await answering((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20_000_000)));
    });
    expect(await call(url)).toMatchObject(tooLarge);
  });

  test('an endless answer is left as soon as it is too long', async () => {
    const url = await answering((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) {}
      };
      response.on('drain', more).on('error', () => {});
      more();
    });
    expect(await call(url)).toMatchObject(tooLarge);
  });
});

describe('what can happen on the way', () => {
  const timeout = {
    ok: false,
    failure: { kind: 'transport', reason: 'timeout', retryable: true, writes: 'unknown' },
  };

  test('no answer within the deadline', async () => {
    const url = await answering(() => {});
    expect(await call(url, { deadlineMs: 50 })).toMatchObject(timeout);
  });

  test('a slow drip does not stretch the deadline', async () => {
    const url = await answering((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(timer));
    });
    expect(await call(url, { deadlineMs: 150 })).toMatchObject(timeout);
  });

  test('nobody listens', async () => {
    const server = createServer();
    const url = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    open.length = 0;
    expect(await call(url)).toMatchObject({
      failure: { kind: 'transport', reason: 'refused', code: 'ECONNREFUSED' },
    });
  });

  test('the connection is cut before and within the answer', async () => {
    const url = await answering((request, response) => {
      if (request.headers['content-length'] === '4') return request.socket.destroy();
      response.writeHead(200, { 'content-length': '5000' });
      response.write(body, () => request.socket.destroy());
    });
    const reset = { failure: { kind: 'transport', reason: 'reset', code: 'UND_ERR_SOCKET' } };
    expect(await call(url)).toMatchObject(reset);
    expect(await call(url, { body: '<xx/>' })).toMatchObject(reset);
  });

  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', 'transport'],
    ['a length that promises more', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nshort', 'transport'],
    ['cut compression', `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n`, 'either'],
    [
      'no compression at all',
      'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nplain',
      'malformed',
    ],
  ])('%s', async (_name, bytes, kind) => {
    const result = await call(await rawly(bytes));
    if (kind === 'either') return expect(result.ok ? result.value.body.byteLength : 0).toBe(0);
    expect(result).toMatchObject({ ok: false, failure: { kind } });
  });

  test('an unknown host is a matter of names', async () => {
    const notFound = Object.assign(new TypeError('fetch failed'), {
      cause: Object.assign(new Error('getaddrinfo ENOTFOUND secret.example'), { code: 'ENOTFOUND' }),
    });
    const fetch = () => Promise.reject(notFound);
    const result = await call('http://127.0.0.1:1/', { fetch });
    expect(result).toMatchObject({ failure: { kind: 'transport', reason: 'dns', code: 'ENOTFOUND' } });
    expect(JSON.stringify(result)).not.toContain('secret');
  });

  test('[H-09] [ONC-d-9] a certificate that does not match is told apart', async () => {
    const untrusted = Object.assign(new TypeError('fetch failed'), {
      cause: Object.assign(new Error('x'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    });
    const result = await call('http://127.0.0.1:1/', { fetch: () => Promise.reject(untrusted) });
    expect(result).toMatchObject({ failure: { kind: 'transport', reason: 'tls' } });
  });

  test('the caller gives up before and during the call', async () => {
    const url = await answering(() => {});
    expect(await call(url, { signal: AbortSignal.abort() })).toMatchObject({
      failure: { kind: 'not-sent', reason: 'cancelled', writes: 'not-applied' },
    });
    const giveUp = new AbortController();
    const pending = call(url, { signal: giveUp.signal });
    setTimeout(() => giveUp.abort(), 30);
    expect(await pending).toMatchObject({
      failure: { kind: 'cancelled', retryable: false, writes: 'unknown' },
    });
  });
});
