import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, eventually, type ServerFixture, startServer } from '../test/server-fixture.ts';

let redis: RedisServer;
let fixture: ServerFixture;
let desk: Client;

beforeAll(async () => {
  redis = await startRedis();
  fixture = await startServer(redis.url, { heartbeatMs: 300 });
  desk = await fixture.login('front-desk');
  await desk.walkIn('s1');
});
afterAll(async () => {
  await fixture.server.stop();
  await redis.stop();
});

/** A reader that asks for the stream and never reads a byte: its small buffer fills at once. */
function deafReader(client: Client): Socket {
  const { pathname, host, port } = new URL(`${client.board()}/stream`);
  const socket = connect({ host: '127.0.0.1', port: Number(port) });
  socket.pause();
  socket.on('error', () => {});
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nSec-Fetch-Site: same-origin\r\nCookie: ${client.headers.cookie}\r\n\r\n`,
  );
  return socket;
}

const note = 'x'.repeat(2_000);

async function changes(count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 50) {
    const commands = Array.from({ length: Math.min(50, count - sent) }, (_, i) => ({
      clientId: desk.clientId,
      n: ++n,
      command: { type: 'setNote', visitId: 's1', note: `${note.slice(8)}${sent + i}` },
    }));
    const answer = await desk.post(`${desk.board()}/commands`, { commands });
    expect(answer.status).toBe(200);
  }
}
let n = 1;

/** What is held, not what waits to be collected. */
function heldArrayBuffers(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().arrayBuffers;
}

const lagging = async () =>
  Number(/^bolt_streams_lagging (\d+)/m.exec(await (await fetch(`${fixture.url}/metrics`)).text())?.[1]);

test('a reader that does not read falls behind, costs a position only, and is given up', async () => {
  const healthy = await desk.stream();
  await healthy.ofName('hb');
  const deaf = Array.from({ length: 10 }, () => deafReader(desk));
  await eventually(() => expect(fixture.server.streams).toBe(11));
  // Enough to fill the kernel's buffers of every connection: some megabytes each.
  const before = heldArrayBuffers();
  for (let round = 0; round < 40 && (await lagging()) < 10; round += 1) await changes(250);
  expect(await lagging()).toBe(10);
  await changes(500);
  // The healthy reader lives in this process: until it has read, what is under way to it counts here too.
  const { seq } = (await desk.get(desk.board())).json as { seq: number };
  await healthy.ofName('ev', ({ s }) => s === seq);
  // 10 readers that lag by megabytes: what they would have been sent is not kept for them. Collected buffers are
  // given back in the background, so this is asked again, but for less time than until the readers are given up.
  await eventually(() => expect(heldArrayBuffers() - before).toBeLessThan(10 * 1_048_576), 5_000);
  await eventually(() => expect(fixture.server.streams).toBe(1), 15_000);
  for (const socket of deaf) socket.destroy();
  healthy.close();
}, 60_000);

test('a reader that pauses and reads on gets everything, by replay or snapshot, without a gap', async () => {
  const reader = await desk.stream();
  await reader.ofName('hb');
  reader.pause();
  for (let round = 0; round < 40 && (await lagging()) < 1; round += 1) await changes(250);
  expect(await lagging()).toBe(1);
  reader.resume();
  const { seq } = (await desk.get(desk.board())).json as { seq: number };
  await reader.until(({ data }) => 's' in data && data.s === seq, 15_000);
  let at = -1;
  for (const { name, data } of reader.frames) {
    if (name === 'snap') at = data.s;
    if (name !== 'ev') continue;
    expect(data.p).toBeLessThanOrEqual(at);
    at = Math.max(at, data.s);
  }
  expect(at).toBe(seq);
  reader.close();
}, 60_000);
