/** The functions around `commit`: epochs, trimming, batched audit, presence. */
import { expect, test } from 'vitest';
import {
  appendAuditCall,
  boardKeys,
  bumpEpochCall,
  listPresenceCall,
  readBoardCall,
  touchPresenceCall,
  trimLogCall,
} from '../../src/index.ts';
import { freshBoard } from '../board-fixture.ts';
import { commit, newEpoch } from '../commit-client.ts';
import type { StoreUnderTest } from '../store-under-test.ts';

export function upkeepSuite(store: () => StoreUnderTest): void {
  const start = () => {
    const board = freshBoard();
    return { board, port: store().port, keys: boardKeys(board) };
  };

  test('[BL-EPOCH] of two that saw the same fork only the first starts an epoch', async () => {
    const { board, port, keys } = start();
    const observed = newEpoch();
    await commit(board, port, { n: 1, newEpoch: observed });
    const [first, second] = [newEpoch(), newEpoch()];
    const common = { reason: 'fork', doorbell: port.doorbell, channel: keys.channel, observed };
    const replies = await port.fcallMany([
      bumpEpochCall(keys, { ...common, newEpoch: first }),
      bumpEpochCall(keys, { ...common, newEpoch: second }),
    ]);
    expect(replies).toEqual([
      { ok: true, reply: { status: 'bumped', epoch: first, seq: 1 } },
      { ok: true, reply: { status: 'kept', epoch: first, seq: 1 } },
    ]);
    expect(await port.fcall(readBoardCall(keys))).toMatchObject({ status: 'ok', epoch: first, seq: 1 });
  });

  test('[BL-TRIM] trimming keeps the entry it names, and never the whole log away', async () => {
    const { board, port, keys } = start();
    expect(await port.fcall(trimLogCall(keys, { minId: '0-1' }))).toMatchObject({ status: 'absent' });
    const ids: string[] = [];
    for (let n = 1; n <= 3; n++) {
      const reply = await commit(board, port, { n, ids: [], versions: [], writes: [] });
      if (reply.status === 'committed') ids.push(reply.id);
    }
    expect(await port.fcall(trimLogCall(keys, { minId: ids[1] ?? '' }))).toEqual({
      status: 'trimmed',
      count: 1,
    });
    const beyond = await port.fcall(trimLogCall(keys, { minId: '9999999999999-0' }));
    expect(beyond).toEqual({ status: 'past_end', id: ids[2] });
    const left = (await port.command('XRANGE', keys.log, '-', '+')) as [string, string[]][];
    expect(left.map(([id]) => id)).toEqual(ids.slice(1));
  });

  test('[BL-AUDIT] a batch of reads is kept in order, and an empty or endless one is an error', async () => {
    const { port, keys } = start();
    const reply = await port.fcall(appendAuditCall(keys, { seq: 4, entries: ['{"a":1}', '{"a":2}'] }));
    expect(reply).toMatchObject({ status: 'appended', count: 2 });
    const kept = (await port.command('XRANGE', keys.aud, '-', '+')) as [string, string[]][];
    expect(kept.map(([, fields]) => fields)).toEqual([
      ['q', '4', 'o', 'read', 'f', '{"a":1}'],
      ['q', '4', 'o', 'read', 'f', '{"a":2}'],
    ]);
    for (const entries of [[], Array.from({ length: 501 }, () => '{}')]) {
      await expect(port.fcall(appendAuditCall(keys, { seq: 4, entries }))).rejects.toMatchObject({
        code: 'internal',
      });
    }
    expect(await port.command('XLEN', keys.aud)).toBe(2);
  });

  test('[BL-PRESENCE] presence ends by itself, and a full board takes no further tab', async () => {
    const { port, keys } = start();
    const touch = (tab: string, ttlMs: number, tabsMax = 2) =>
      port.fcall(touchPresenceCall(keys, { tab, ttlMs, payload: `"${tab}"`, tabsMax }));
    expect(await touch('a', 0)).toMatchObject({ status: 'touched', dropped: 1 });
    expect((await port.fcall(listPresenceCall(keys))).tabs).toEqual([]);
    expect(await touch('b', 60_000)).toMatchObject({ status: 'touched', dropped: 0 });
    await touch('c', 60_000);
    expect(await touch('d', 60_000)).toEqual({ status: 'full', tabs: 2 });
    expect(await touch('c', 90_000)).toMatchObject({ status: 'touched' });
    expect((await port.fcall(listPresenceCall(keys))).tabs).toEqual(['b', '"b"', 'c', '"c"']);
    expect(await port.command('HLEN', keys.tabs)).toBe(2);
  });
}
