import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { assertNoLeaks } from './owned-resources.ts';

/** What the echo server received, and a client that records what it gets back and how its connection ended. */
let echo: Server;
let received: Buffer[];
let proxy: FaultProxy;
const serverSockets = new Set<Socket>();

interface Caller {
  socket: Socket;
  text: () => string;
  chunks: Buffer[];
  ended: Promise<string>;
}

async function call(to: { port: number } | { path: string } = { port: proxy.port }): Promise<Caller> {
  const socket = connect({ ...to });
  const chunks: Buffer[] = [];
  let failure = 'closed';
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', (error) => {
    failure = (error as NodeJS.ErrnoException).code ?? error.message;
  });
  const ended = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(failure));
  });
  const connected = new Promise<void>((resolve) => {
    socket.once('connect', resolve);
  });
  await Promise.race([connected, ended]);
  return { socket, chunks, ended, text: () => Buffer.concat(chunks).toString() };
}

beforeEach(async () => {
  received = [];
  echo = createServer((socket) => {
    serverSockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received.push(chunk);
      socket.write(chunk);
    });
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const address = echo.address();
  if (!address || typeof address === 'string') throw new Error('no port');
  proxy = await startFaultProxy({ target: { port: address.port } });
});

afterEach(async () => {
  await proxy.stop();
  for (const socket of serverSockets) socket.destroy();
  serverSockets.clear();
  await new Promise((resolve) => echo.close(resolve));
  assertNoLeaks();
});

const receivedText = (): string => Buffer.concat(received).toString();

describe('startFaultProxy', () => {
  it('passes everything through, both ends included', async () => {
    const caller = await call();
    caller.socket.end('hello');
    expect(await caller.ended).toBe('closed');
    expect(caller.text()).toBe('hello');
    expect(proxy.stats).toEqual({ open: 0, accepted: 1, bytesUp: 5, bytesDown: 5, repliesDropped: 0 });
  });

  it('carries a megabyte each way unchanged under latency, jitter, slices and little bandwidth', async () => {
    proxy.add({ kind: 'latency', latencyMs: 5, jitterMs: 4 });
    proxy.add({ kind: 'slicer', sizeBytes: 65_537 });
    proxy.add({ kind: 'bandwidth', bytesPerSecond: 20_000_000 });
    const sent = Buffer.alloc(1_000_000, 'abcdefg');
    const caller = await call();
    caller.socket.end(sent);
    await caller.ended;
    expect(Buffer.concat(caller.chunks).equals(sent)).toBe(true);
  });

  it('listens on a unix socket', async () => {
    const address = echo.address();
    if (!address || typeof address === 'string') throw new Error('no port');
    await using onSocket = await startFaultProxy({ target: { port: address.port }, listen: 'unix' });
    const caller = await call({ path: onSocket.path ?? '' });
    caller.socket.end('over a socket');
    await caller.ended;
    expect(caller.text()).toBe('over a socket');
  });

  it('latency: no chunk arrives before its time, and delays do not add up along the queue', async () => {
    const latencyMs = 300;
    const arrivals: number[] = [];
    proxy.add({ kind: 'latency', latencyMs, direction: 'up' });
    const caller = await call();
    const sentAt: number[] = [];
    for (const word of ['a', 'b', 'c']) {
      sentAt.push(performance.now());
      caller.socket.write(word);
      await sleep(5);
    }
    caller.socket.on('data', () => arrivals.push(performance.now()));
    await expect.poll(() => caller.text(), { timeout: 5000 }).toBe('abc');
    expect((arrivals[0] ?? 0) - (sentAt[0] ?? 0)).toBeGreaterThanOrEqual(latencyMs - 2);
    // Added up, the third chunk would come two latencies after the first.
    expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeLessThan(latencyMs);
    caller.socket.destroy();
  });

  it('slicer: a message arrives in pieces, in order', async () => {
    proxy.add({ kind: 'slicer', sizeBytes: 3, delayMs: 5, direction: 'down' });
    const caller = await call();
    caller.socket.write('0123456789');
    await expect.poll(() => caller.text()).toBe('0123456789');
    expect(caller.chunks.map((chunk) => chunk.toString())).toEqual(['012', '345', '678', '9']);
  });

  it('bandwidth: only a part of the bytes is through after a part of the time', async () => {
    proxy.add({ kind: 'bandwidth', bytesPerSecond: 10_000, direction: 'down' });
    const caller = await call();
    caller.socket.write(Buffer.alloc(10_000, 'x'));
    await expect.poll(() => caller.text().length).toBeGreaterThan(0);
    expect(caller.text().length).toBeLessThan(10_000);
  });

  it('timeout: silence holds the bytes of one direction and lets them go when it ends', async () => {
    const caller = await call();
    const heal = proxy.add({ kind: 'timeout', direction: 'down' });
    caller.socket.write('kept');
    await expect.poll(receivedText).toBe('kept');
    await sleep(30);
    expect(caller.text()).toBe('');
    heal();
    await expect.poll(() => caller.text()).toBe('kept');
  });

  it('timeout: resets the connection when its time is up', async () => {
    proxy.add({ kind: 'timeout', direction: 'up', resetAfterMs: 20 });
    const caller = await call();
    caller.socket.write('lost');
    expect(await caller.ended).toBe('ECONNRESET');
    expect(receivedText()).toBe('');
  });

  it('reset_peer: ends open connections and new ones, until it is taken out', async () => {
    const open = await call();
    const heal = proxy.add({ kind: 'reset_peer' });
    expect(await open.ended).toBe('ECONNRESET');
    expect(await (await call()).ended).toBe('ECONNRESET');
    heal();
    const after = await call();
    after.socket.write('back');
    await expect.poll(() => after.text()).toBe('back');
    after.socket.destroy();
  });

  it('slow_close: passes the bytes at once and the end later', async () => {
    proxy.add({ kind: 'slow_close', delayMs: 60 });
    const caller = await call();
    let isOver = false;
    caller.ended.then(() => {
      isOver = true;
    });
    caller.socket.end('bye');
    await expect.poll(() => caller.text()).toBe('bye');
    expect(isOver).toBe(false);
    expect(await caller.ended).toBe('closed');
  });

  it('limit_data: cuts in the middle of an answer', async () => {
    proxy.add({ kind: 'limit_data', bytes: 4, direction: 'down' });
    const caller = await call();
    caller.socket.write('0123456789');
    await caller.ended;
    expect('0123'.startsWith(caller.text())).toBe(true);
    expect(receivedText()).toBe('0123456789');
    expect(proxy.stats.bytesDown).toBe(4);
  });

  it('drop_reply: the server has done it, the client never learns', async () => {
    proxy.add({ kind: 'drop_reply', match: 'commit', times: 1 });
    const caller = await call();
    caller.socket.write('read;');
    await expect.poll(() => caller.text()).toBe('read;');
    caller.socket.write('commit;');
    expect(await caller.ended).toBe('ECONNRESET');
    expect([receivedText(), caller.text()]).toEqual(['read;commit;', 'read;']);
    const second = await call();
    second.socket.write('commit;');
    await expect.poll(() => second.text()).toBe('commit;');
    second.socket.destroy();
    expect(proxy.stats.repliesDropped).toBe(1);
  });

  it('down and up: refuses, then serves on the same port', async () => {
    const { port } = proxy;
    const open = await call();
    await proxy.down();
    expect(await open.ended).toBe('ECONNRESET');
    expect(await (await call({ port })).ended).toBe('ECONNREFUSED');
    await proxy.up();
    expect(proxy.port).toBe(port);
    const again = await call();
    again.socket.end('again');
    await again.ended;
    expect(again.text()).toBe('again');
  });

  it('resets the client when the target is not there', async () => {
    await using lonely = await startFaultProxy({ target: { path: '/nonexistent.sock' } });
    expect(await (await call({ port: lonely.port })).ended).toBe('ECONNRESET');
  });
});
