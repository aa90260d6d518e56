/** A primary that is cut off, replaced, and comes back: with WAIT nothing acknowledged is lost; a lost tail is a fork. */
import { awaitUntil, SENTINEL_NAME, type SentinelSet, startSentinels } from '@workflow-bolt/testkit';
import { afterEach, expect, test } from 'vitest';
import { BoardRegistry, createRedisPort, fromUrl, type RedisPort } from '../src/index.ts';
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

afterEach(async () => {
  await registry.stop();
  await port.close();
  await set.stop();
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
