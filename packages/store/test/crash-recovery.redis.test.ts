/** kill -9 with an append-only file cut anywhere: never half a commit. */
import { copyFileSync } from 'node:fs';
import { startRedis } from '@workflow-bolt/testkit';
import { expect, test } from 'vitest';
import { BoardRegistry, boardKeys, createRedisPort, fromUrl, nextChain } from '../src/index.ts';
import { Client, configureDay, freshBoard, manager, nurse, walkIn } from './board-fixture.ts';

const numCuts = 40;

test('[BL-ALL] [H-19] an append-only file cut at any byte loads as a whole number of commits', async () => {
  await using server = await startRedis({ persist: 'aof-always' });
  const board = freshBoard();
  const keys = boardKeys(board);
  const port = createRedisPort(fromUrl(server.url));
  const registry = new BoardRegistry({ port });
  await registry.start();
  const host = await registry.get(board);
  const client = new Client('client-a');
  await host.submit(client.next(configureDay()), manager, 'ui');
  for (let i = 1; i <= 8; i++) {
    await host.submit(client.next(walkIn(`w${i}`)), nurse, 'ui');
    await host.submit(client.next({ type: 'assignRoom', visitId: `w${i}`, roomId: 'r9' }), nurse, 'ui');
  }
  await registry.stop();
  await port.close();
  await server.kill9();
  const path = server.aofPath;
  copyFileSync(path, `${path}.whole`);
  const whole = server.truncateAof(0);
  const found = new Set<number>();
  for (let cut = 0; cut <= numCuts; cut++) {
    copyFileSync(`${path}.whole`, path);
    server.truncateAof(Math.floor((whole * cut) / numCuts));
    await server.start();
    found.add(await assertWhole());
    await server.kill9();
  }
  expect(Math.max(...found)).toBe(9);
  expect(Math.min(...found)).toBe(0);
  expect(found.size).toBeGreaterThan(5);

  /** The number of commits; everything else must agree with it. */
  async function assertWhole(): Promise<number> {
    const raw = server.client();
    const [seqText, chain, epoch] = await raw.hmget(keys.meta, 'seq', 'c', 'epoch');
    const seq = Number(seqText ?? 0);
    const log = await raw.xrange(keys.log, '-', '+');
    const outcomes = await raw.hgetall(keys.idem('client-a'));
    const audited = await raw.xrange(keys.aud, '-', '+');
    const entities = Object.values(await raw.hgetall(keys.ent));
    raw.disconnect();
    expect(log.map(([, fields]) => Number(fields[1]))).toEqual(Array.from({ length: seq }, (_, i) => i + 1));
    expect(audited.filter(([, fields]) => fields[3] === 'applied')).toHaveLength(seq);
    expect(audited).toHaveLength(Number(outcomes.lmid ?? 0));
    expect(Object.keys(outcomes)).toHaveLength(audited.length === 0 ? 0 : audited.length + 1);
    // Versions name only commits that are there, and each entry continues the chain of the one before.
    for (const entity of entities) expect(Number(entity.split('|')[0])).toBeLessThanOrEqual(seq);
    expect(entities).toHaveLength(seq === 0 ? 0 : 4 + (seq - 1) * 2);
    let previous = log[0]?.[1][3] ?? chain;
    for (const [, fields] of log.slice(1))
      previous = nextChain(previous ?? '', Number(fields[1]), fields[5] ?? '');
    expect(chain ?? null).toBe(previous ?? null);
    expect(epoch === null).toBe(seq === 0);
    return seq;
  }
});
