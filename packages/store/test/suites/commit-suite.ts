/** What `commit` promises, seen at the function itself (docs/spec/board-log.md). */
import { expect, test } from 'vitest';
import { boardKeys, boardTag, type CommitReply, functionLibrary, nextChain } from '../../src/index.ts';
import { freshBoard } from '../board-fixture.ts';
import { commit, footprint, newEpoch } from '../commit-client.ts';
import type { StoreUnderTest } from '../store-under-test.ts';

const abi = String(functionLibrary.abi);
const newer = String(functionLibrary.abi + 1);

function committed(reply: CommitReply): Extract<CommitReply, { status: 'committed' }> {
  if (reply.status !== 'committed') throw new Error(`not committed: ${JSON.stringify(reply)}`);
  return reply;
}

export function commitSuite(store: () => StoreUnderTest): void {
  const start = () => ({ board: freshBoard(), port: store().port });

  test('[BL-CHAIN] each commit moves the position by one and extends the history hash', async () => {
    const { board, port } = start();
    const epoch = newEpoch();
    const first = committed(await commit(board, port, { n: 1, newEpoch: epoch }));
    expect(first).toMatchObject({ epoch, seq: 1 });
    const writes = [['v:a', '{"b":1}']] as const;
    const second = committed(await commit(board, port, { n: 2, epoch, versions: ['1'], writes }));
    expect(second).toMatchObject({ epoch, seq: 2, chain: nextChain(first.chain, 2, '{"n":2}') });
    const [meta, entities, log] = await footprint(board, port);
    expect(meta).toEqual(
      expect.arrayContaining(['seq', '2', 'c', second.chain, 'id', second.id, 'epoch', epoch, 'schema', abi]),
    );
    expect(entities).toEqual(['v:a', '2|{"b":1}']);
    expect(log).toEqual([
      [first.id, ['q', '1', 'c', first.chain, 'f', '{"n":1}']],
      [second.id, ['q', '2', 'c', second.chain, 'f', '{"n":2}']],
    ]);
  });

  test('[BL-GUARD] a commit is made while every guard reads as it was seen, an absent one as absent', async () => {
    const { board, port } = start();
    const guards = [`${boardTag(board)}:guard`, `${boardTag(board)}:absent`];
    await port.command('SET', guards[0] ?? '', 'as seen');
    const seen = ['as seen', ''];
    expect(await commit(board, port, { n: 1, seen }, 'client-a', guards)).toMatchObject({
      status: 'committed',
      seq: 1,
    });
    const again = await commit(board, port, { n: 1, seen }, 'client-a', guards);
    expect(again).toMatchObject({ status: 'duplicate', seq: 1 });
  });

  test.each([
    ['changed', ['other', ''], 1],
    ['is a longer text that begins alike', ['as seen, and more', ''], 1],
    ['is gone', [null, ''], 1],
    ['is there although it was absent', ['as seen', '1'], 2],
  ])(
    '[BL-GUARD] nothing is done, kept or told once a guard %s, not even of a repetition',
    async (_what, now, at) => {
      const { board, port } = start();
      const guards = [`${boardTag(board)}:guard`, `${boardTag(board)}:absent`];
      await commit(board, port, { n: 1 });
      for (const [i, key] of guards.entries()) if (now[i]) await port.command('SET', key, now[i]);
      const before = await footprint(board, port);
      const seen = ['as seen', ''];
      for (const n of [1, 2, 3]) {
        const reply = await commit(board, port, { n, seen, versions: ['1'] }, 'client-a', guards);
        expect(reply).toEqual({ status: 'unguarded', at });
      }
      const refusal = await commit(board, port, { n: 2, seen, frame: '', code: 'no' }, 'client-a', guards);
      expect(refusal).toEqual({ status: 'unguarded', at });
      expect(await footprint(board, port)).toEqual(before);
    },
  );

  test('[BL-ONCE] the same command again answers with its first outcome and changes nothing', async () => {
    const { board, port } = start();
    await commit(board, port, { n: 1 });
    const before = await footprint(board, port);
    expect(await commit(board, port, { n: 1, frame: '{"other":1}' })).toEqual({
      status: 'duplicate',
      seq: 1,
      outcome: '{"events":1}',
    });
    expect(await footprint(board, port)).toEqual(before);
  });

  test('[BL-ONCE] another command under the same number is refused and changes nothing', async () => {
    const { board, port } = start();
    await commit(board, port, { n: 1 });
    const before = await footprint(board, port);
    expect(await commit(board, port, { n: 1, paramHash: 'bb' })).toEqual({ status: 'mismatch', lmid: 1 });
    expect(await footprint(board, port)).toEqual(before);
  });

  test('[BL-ORDER] a number that skips one is refused and names the one expected', async () => {
    const { board, port } = start();
    expect(await commit(board, port, { n: 2 })).toEqual({ status: 'gap', expected: 1 });
    await commit(board, port, { n: 1 });
    const before = await footprint(board, port);
    expect(await commit(board, port, { n: 3 })).toEqual({ status: 'gap', expected: 2 });
    expect(await footprint(board, port)).toEqual(before);
  });

  test('[BL-ONCE] outcomes are kept for the last 256 commands; an older one has expired', async () => {
    const { board, port } = start();
    for (let n = 1; n <= 258; n++) await commit(board, port, { n, ids: [], versions: [], writes: [] });
    expect(await commit(board, port, { n: 2 })).toEqual({ status: 'expired', lmid: 258 });
    expect(await commit(board, port, { n: 3 })).toEqual({
      status: 'duplicate',
      seq: 3,
      outcome: '{"events":1}',
    });
    expect(await port.command('HLEN', boardKeys(board).idem('client-a'))).toBe(257);
  });

  test('[BL-STALE] a version read earlier that has changed is named, and nothing is stored', async () => {
    const { board, port } = start();
    await commit(board, port, { n: 1 });
    const before = await footprint(board, port);
    const ids = ['v:a', 'v:b'];
    expect(await commit(board, port, { n: 2, ids, versions: ['0', '0'] })).toEqual({
      status: 'stale',
      ids: ['v:a'],
      seq: 1,
    });
    expect(await commit(board, port, { n: 2, ids, versions: ['1', '4'] })).toEqual({
      status: 'stale',
      ids: ['v:b'],
      seq: 1,
    });
    expect(await footprint(board, port)).toEqual(before);
    expect(await commit(board, port, { n: 2, ids, versions: ['1', '0'] })).toMatchObject({
      status: 'committed',
    });
  });

  test('[BL-STALE] a version is compared whole: 1 is not 10', async () => {
    const { board, port } = start();
    for (let n = 1; n <= 10; n++) await commit(board, port, { n, versions: [String(n - 1)] });
    expect(await commit(board, port, { n: 11, versions: ['1'] })).toEqual({
      status: 'stale',
      ids: ['v:a'],
      seq: 10,
    });
  });

  test('[BL-REFUSAL] a refusal keeps its outcome and audit entry, and moves no position', async () => {
    const { board, port } = start();
    await commit(board, port, { n: 1 });
    const refusal = {
      n: 2,
      frame: '',
      code: 'room_occupied',
      outcome: '{"code":"room_occupied"}',
      versions: ['1'],
      writes: [],
    };
    const before = await footprint(board, port);
    expect(await commit(board, port, refusal)).toMatchObject({ status: 'refused', seq: 1 });
    const after = await footprint(board, port);
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(after[3]).toEqual([
      (before[3] as unknown[])[0],
      [expect.any(String), ['q', '1', 'o', 'room_occupied', 'f', '{"actor":"noa"}']],
    ]);
    expect(await commit(board, port, refusal)).toEqual({
      status: 'duplicate',
      seq: 0,
      outcome: '{"code":"room_occupied"}',
    });
    expect(await footprint(board, port)).toEqual(after);
  });

  test('[BL-STALE] a refusal decided on an old version is not kept', async () => {
    const { board, port } = start();
    await commit(board, port, { n: 1 });
    const before = await footprint(board, port);
    expect(await commit(board, port, { n: 2, frame: '', versions: ['0'], writes: [] })).toMatchObject({
      status: 'stale',
    });
    expect(await footprint(board, port)).toEqual(before);
  });

  test('[BL-DEADLINE] past its deadline a command is not carried out, before it is', async () => {
    const { board, port } = start();
    expect(await commit(board, port, { n: 1, deadlineMs: 1 })).toMatchObject({ status: 'late' });
    expect(await footprint(board, port)).toEqual([[], [], [], [], [], []]);
    const future = Date.now() + 3_600_000;
    expect(await commit(board, port, { n: 1, deadlineMs: future })).toMatchObject({ status: 'committed' });
  });

  test('[BL-FORK] a commit for another history, or from ahead of it, changes nothing', async () => {
    const { board, port } = start();
    const epoch = newEpoch();
    await commit(board, port, { n: 1, newEpoch: epoch });
    const before = await footprint(board, port);
    const other = await commit(board, port, { n: 2, epoch: newEpoch(), versions: ['1'] });
    expect(other).toEqual({ status: 'epoch_changed', epoch, seq: 1 });
    const ahead = await commit(board, port, { n: 2, epoch, seqSeen: 2, versions: ['1'] });
    expect(ahead).toEqual({ status: 'forked', epoch, seq: 1 });
    expect(await footprint(board, port)).toEqual(before);
    const level = await commit(board, port, { n: 2, epoch, seqSeen: 1, versions: ['1'] });
    expect(level).toMatchObject({ status: 'committed', seq: 2 });
  });

  test('[BL-FORK] at the same position, another hash is another history', async () => {
    const { board, port } = start();
    const epoch = newEpoch();
    await commit(board, port, { n: 1, newEpoch: epoch });
    const before = await footprint(board, port);
    const at = { n: 2, epoch, seqSeen: 1, versions: ['1'] };
    const other = await commit(board, port, { ...at, chainSeen: 'f'.repeat(32) });
    expect(other).toEqual({ status: 'forked', epoch, seq: 1 });
    expect(await footprint(board, port)).toEqual(before);
  });

  test("[BL-STALE] where the hash is the caller's nothing can be stale; where it is not, each version is looked at", async () => {
    const { board, port } = start();
    const epoch = newEpoch();
    const first = await commit(board, port, { n: 1, newEpoch: epoch });
    if (first.status !== 'committed') throw new Error(first.status);
    const seen = { epoch, seqSeen: 1, chainSeen: first.chain };
    expect(await commit(board, port, { ...seen, n: 2, versions: ['1'] })).toMatchObject({ seq: 2 });
    const before = await footprint(board, port);
    const late = await commit(board, port, { ...seen, n: 3, versions: ['1'] });
    expect(late).toEqual({ status: 'stale', ids: ['v:a'], seq: 2 });
    expect(await footprint(board, port)).toEqual(before);
    expect(await commit(board, port, { ...seen, n: 3, versions: ['2'] })).toMatchObject({ seq: 3 });
  });

  test('[BL-FORK] a board without its position is not begun anew over what is left of it', async () => {
    const { board, port } = start();
    await commit(board, port, { n: 1 });
    await port.command('DEL', boardKeys(board).meta);
    const before = await footprint(board, port);
    expect(await commit(board, port, { n: 2, versions: ['1'] })).toMatchObject({ status: 'meta_lost' });
    expect(await footprint(board, port)).toEqual(before);
  });

  test('[BL-ABI] a board that a newer library writes is not touched', async () => {
    const { board, port } = start();
    await commit(board, port, { n: 1 });
    await port.command('HSET', boardKeys(board).meta, 'schema', newer);
    const before = await footprint(board, port);
    expect(await commit(board, port, { n: 2, versions: ['1'] })).toEqual({
      status: 'upgrade',
      schema: Number(newer),
    });
    expect(await footprint(board, port)).toEqual(before);
  });

  test('[BL-ALL] a key of a wrong type fails the commit with nothing written', async () => {
    for (const name of ['meta', 'ent', 'log', 'aud'] as const) {
      const { board, port } = start();
      const first = await commit(board, port, { n: 1 });
      const chain = first.status === 'committed' ? first.chain : '';
      await port.command('DEL', boardKeys(board)[name]);
      await port.command('SET', boardKeys(board)[name], 'not what it was');
      const before = await footprint(board, port);
      for (const chainSeen of ['', chain]) {
        await expect(commit(board, port, { n: 2, versions: ['1'], chainSeen })).rejects.toMatchObject({
          code: 'internal',
        });
        expect(await footprint(board, port)).toEqual(before);
      }
    }
  });

  test('[BL-OUTBOX] intents go to the outbox with the commit that wants them', async () => {
    const { board, port } = start();
    await commit(board, port, { n: 1, intents: ['{"to":"ehr"}', '{"to":"desk"}'] });
    expect((await footprint(board, port))[4]).toEqual([
      [expect.any(String), ['q', '1', 'n', '1', 'f', '{"to":"ehr"}']],
      [expect.any(String), ['q', '1', 'n', '2', 'f', '{"to":"desk"}']],
    ]);
  });

  test('[BL-ALL] an entity can be deleted, and the log says which', async () => {
    const { board, port } = start();
    await commit(board, port, {
      n: 1,
      ids: ['r:1', 'r:2'],
      versions: ['0', '0'],
      writes: [
        ['r:1', '{}'],
        ['r:2', '{}'],
      ],
    });
    await commit(board, port, {
      n: 2,
      ids: ['r:1', 'r:2'],
      versions: ['1', '1'],
      writes: [
        ['r:1', ''],
        ['r:2', '{"a":1}'],
      ],
    });
    const [, entities, log] = await footprint(board, port);
    expect(entities).toEqual(['r:2', '2|{"a":1}']);
    expect((log as [string, string[]][])[1]?.[1].slice(-2)).toEqual(['x', 'r:1']);
  });

  test('[BL-DOORBELL] followers hear the position, the one before it, and the frame', async () => {
    const { board, port } = start();
    const heard = Promise.withResolvers<string>();
    await port.subscribe(boardKeys(board).channel, heard.resolve);
    const { epoch, chain, id, t } = committed(await commit(board, port, { n: 1 }));
    expect(await heard.promise).toBe(`${epoch} 1 0 ${chain} ${id} ${t}\n{"n":1}`);
    await port.unsubscribe(boardKeys(board).channel);
  });
}
