/** A primary that is cut off, replaced, and comes back: with WAIT nothing acknowledged is lost; a lost tail is a fork. */
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitUntil, SENTINEL_NAME, type SentinelSet, startSentinels } from '@workflow-bolt/testkit';
import type { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import { BoardRegistry, createRedisPort, fromUrl, openJobConnection, type RedisPort } from '../src/index.ts';
import { Client, configureDay, freshBoard, manager, nurse, walkIn } from './board-fixture.ts';

let set: SentinelSet;
let port: RedisPort;
let registry: BoardRegistry;

async function start(commitLane: { numReplicas: number; timeoutMs: number } | null): Promise<void> {
  set = await startSentinels({ minReplicasToWrite: 0 });
  const hosts = set.connection.sentinels.map((s) => `${s.host}:${s.port}`).join(',');
  port = createRedisPort(fromUrl(`redis+sentinel://${hosts}/${SENTINEL_NAME}`));
  registry = new BoardRegistry({ port, commitLane, checkIntervalMs: 200 });
  await registry.start();
}

const heard = (connection: Redis, event: string) =>
  new Promise<void>((resolve) => connection.once(event, () => resolve()));

/** What ioredis's failover detector does; here at the worst moment. */
type Interruptible = { connector: { disconnect(): void }; duplicate(): Redis };

afterEach(async () => {
  await registry.stop();
  await port.close();
  await set.stop();
});

test('a connection that a failover interrupts while it looks for the primary begins again', async () => {
  await start(null);
  const hosts = set.connection.sentinels.map((s) => `${s.host}:${s.port}`).join(',');
  const target = fromUrl(`redis+sentinel://${hosts}/${SENTINEL_NAME}`);
  const first = openJobConnection(target, 'queue', 'first') as Redis;
  for (const open of [() => first, () => first.duplicate()]) {
    const connection = open();
    connection.on('error', () => {});
    await awaitUntil('it is ready', async () => connection.status === 'ready');
    const [looks, givesUp] = [heard(connection, 'connecting'), heard(connection, 'end')];
    connection.disconnect(true);
    await looks;
    (connection as unknown as Interruptible).connector.disconnect();
    await givesUp;
    await awaitUntil('it is ready again', async () => connection.status === 'ready');
    connection.disconnect();
    await sleep(400);
    expect(connection.status).toBe('end');
  }
});

test('[BL-DURABLE] on the commit lane a commit counts only when a replica holds it', async () => {
  await start({ numReplicas: 1, timeoutMs: 300 });
  const host = await registry.get(freshBoard());
  const client = new Client('client-a');
  expect(await host.submit(client.next(configureDay()), manager, 'ui')).toMatchObject({
    outcome: 'applied',
    seq: 1,
  });
  expect(host.durableSeq).toBe(1);
  const [replica] = await set.replicas();
  await replica?.server.pause();
  const envelope = client.next(walkIn('w1'));
  const held = await host.submit(envelope, nurse, 'ui');
  expect(held).toMatchObject({ outcome: 'hold', code: 'outcome_unknown' });
  expect(host.durableSeq).toBe(1);
  replica?.server.resume();
  await awaitUntil(
    'the replica has it',
    async () => (await host.submit(envelope, nurse, 'ui')).outcome !== 'hold',
  );
  expect(await host.submit(envelope, nurse, 'ui')).toEqual({
    outcome: 'duplicate',
    n: 2,
    seq: 2,
    code: null,
  });
  await awaitUntil('it is known to be durable', async () => host.durableSeq === 2);
});

test('[BL-FORK] a failover that lost its tail is announced, and nobody keeps the lost history', async () => {
  await start(null);
  const board = freshBoard();
  const host = await registry.get(board);
  const resets: string[] = [];
  host.onReset((reason) => resets.push(reason));
  host.onChange(() => {});
  const client = new Client('client-a');
  await host.submit(client.next(configureDay()), manager, 'ui');
  await host.submit(client.next(walkIn('w1')), nurse, 'ui');
  await set.untilInSync();
  const { epoch } = host.position;
  const old = await set.primary();
  const [replica] = await set.replicas();
  await awaitUntil('offsets are equal', async () => {
    const offsets = await Promise.all(
      set.nodes.map(
        async ({ server }) =>
          /master_repl_offset:(\d+)/.exec(String(await server.call('INFO', 'replication')))?.[1],
      ),
    );
    return offsets[0] === offsets[1];
  });
  // Its link ends first: a paused replica would still read what lies in its socket.
  await replica?.server.pause();
  await old.server.call('CLIENT', 'KILL', 'TYPE', 'replica');
  const tail = await host.submit(client.next(walkIn('w2')), nurse, 'ui');
  expect(tail).toMatchObject({ outcome: 'applied', seq: 3 });
  await old.server.kill9();
  replica?.server.resume();
  await set.untilPromoted(old);
  await awaitUntil('the loss is announced', async () => resets.includes('fork'));
  await awaitUntil('the host is live again', async () => !host.isDegraded);
  expect(host.position.seq).toBe(2);
  expect(host.position.epoch).not.toBe(epoch);
  expect(host.state.get('v:w2')).toBeUndefined();
  const again = await host.submit({ clientId: 'client-a', n: 3, command: walkIn('w2') }, nurse, 'ui');
  expect(again).toMatchObject({ outcome: 'applied', seq: 3 });
});
