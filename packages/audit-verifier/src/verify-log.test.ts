import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  cosigned,
  newSigner,
  origin,
  type SampleEntry,
  SampleLog,
  sampleEntries,
  sampleOptions,
  signCheckpoint,
} from '../test/sample-log.ts';
import { readCheckpoint } from './checkpoint.ts';
import { formatSignatures } from './signed-note.ts';
import {
  bundleName,
  checkpointName,
  checkpointNameOf,
  cosignatureNameOf,
  decodeBundle,
  encodeBundle,
  tileName,
} from './tiles.ts';
import { verifyLog } from './verify-log.ts';

const signer = newSigner();
const count = 600;
const sizes = [1, 90, 256, 300, 600];
const entries = sampleEntries(count);
/** Partial pieces of former sizes: a bigger one has taken their place. */
const isSuperseded = (name: string) => name.includes('.p/') && !/002\.p\/88$|tile\/1\/000\.p\/2$/.test(name);
const freshLog = () => new SampleLog(entries, signer, sizes);
const kinds = async (log: SampleLog, more = {}) => {
  const { counts, exitCode } = await verifyLog(log, sampleOptions(signer, more));
  return { kinds: Object.keys(counts).sort(), exitCode };
};
const mustPiece = (log: SampleLog, name: string): Uint8Array => {
  const found = log.pieces.get(name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

describe('a sound log', () => {
  it('[I5, H-07] is read whole, with every checkpoint that was signed', async () => {
    const report = await verifyLog(freshLog(), sampleOptions(signer));
    expect(report).toMatchObject({
      origin,
      size: count,
      checked: count,
      checkpoints: 5,
      findings: [],
      exitCode: 0,
    });
    expect(report.lastAt).toBe(entries.at(-1)?.ts);
  });

  it('goes on from a kept checkpoint, reading only what is new', async () => {
    const since = signCheckpoint(entries.slice(0, 300), signer);
    const report = await verifyLog(freshLog(), sampleOptions(signer, { since, isIncremental: true }));
    expect(report).toMatchObject({ checked: 300, exitCode: 0 });
  });

  it('an empty log is sound', async () => {
    const report = await verifyLog(new SampleLog([], signer, [0]), sampleOptions(signer));
    expect(report).toMatchObject({ size: 0, exitCode: 0 });
  });

  it('serves with whole pieces where partial ones of a former size were cleaned away', async () => {
    const log = freshLog();
    for (const name of [...log.pieces.keys()]) if (isSuperseded(name)) log.pieces.delete(name);
    expect(await kinds(log)).toEqual({ kinds: [], exitCode: 0 });
  });
});

/** Entries sealed again by whoever holds every tool but the key. */
function resealed(changed: readonly SampleEntry[]): SampleLog {
  const forged = new SampleLog(changed, newSigner());
  const log = freshLog();
  const kept = [...log.pieces].filter(([name]) => name.startsWith('checkpoint'));
  return Object.assign(forged, { pieces: new Map([...forged.pieces, ...kept]) });
}

describe('[audit] what the verifier must find', () => {
  test('a flipped bit anywhere in any piece [I5, ONC-d-2]', async () => {
    const names = [...freshLog().pieces.keys()].filter((name) => !isSuperseded(name));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.nat(7), async (name, at, bit) => {
        const log = freshLog();
        const piece = Buffer.from(mustPiece(log, name));
        const i = at % piece.length;
        piece[i] = (piece[i] ?? 0) ^ (1 << bit);
        log.pieces.set(name, piece);
        expect((await verifyLog(log, sampleOptions(signer))).exitCode).toBeGreaterThanOrEqual(10);
      }),
      { numRuns: 60 },
    );
  });

  test('an entry inserted, deleted, changed, repeated or moved, all hashes made again', async () => {
    const edits: Record<string, (list: SampleEntry[], i: number, j: number) => SampleEntry[]> = {
      insert: (list, i) => list.toSpliced(i, 0, { ...list[i], pat: ['pt-new'] }),
      delete: (list, i) => list.toSpliced(i, 1),
      change: (list, i) => list.with(i, { ...list[i], out: 4 }),
      repeat: (list, i, j) => list.toSpliced(j, 0, list[i] ?? {}),
      move: (list, i, j) =>
        i === j ? list.toReversed() : list.toSpliced(i, 1).toSpliced(j, 0, list[i] ?? {}),
      truncate: (list, i) => list.slice(0, i),
    };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(edits)),
        fc.nat(count - 1),
        fc.nat(count - 2),
        async (edit, i, j) => {
          const changed = edits[edit]?.([...entries], i, j) ?? [];
          const { exitCode } = await verifyLog(resealed(changed), sampleOptions(signer));
          expect(exitCode).toBeGreaterThanOrEqual(10);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('an entry altered in its bundle only: leaf named, exit code 10', async () => {
    const log = freshLog();
    const name = bundleName(1, 256);
    const bundle = decodeBundle(mustPiece(log, name)) ?? [];
    bundle[5] = Buffer.from(JSON.stringify({ ...entries[261], pat: [] }));
    log.pieces.set(name, encodeBundle(bundle));
    const report = await verifyLog(log, sampleOptions(signer));
    expect(report.exitCode).toBe(10);
    expect(report.findings[0]).toMatchObject({ kind: 'leaf_mismatch', leaf: 261 });
  });

  test('a bundle cut short', async () => {
    const log = freshLog();
    const name = bundleName(0, 256);
    log.pieces.set(name, mustPiece(log, name).subarray(0, 1_000));
    expect((await kinds(log)).exitCode).toBe(10);
  });

  test('hashes of all tiles made again, without the key: exit code 11', async () => {
    expect(await kinds(resealed(entries.with(17, { ...entries[17], out: 4 })))).toEqual({
      kinds: ['root_mismatch'],
      exitCode: 11,
    });
  });

  test('an inner tile that is not the sum of those below', async () => {
    const log = freshLog();
    const name = tileName(1, 0, 2);
    log.pieces.set(name, Buffer.alloc(mustPiece(log, name).length, 1));
    expect(await kinds(log)).toEqual({ kinds: ['root_mismatch'], exitCode: 11 });
  });

  test('a checkpoint signed by another key', async () => {
    const log = freshLog();
    log.pieces.set(checkpointName, signCheckpoint(entries, newSigner()));
    expect(await kinds(log)).toEqual({ kinds: ['bad_signature'], exitCode: 12 });
  });

  test('a checkpoint of another log, signed by a key of that name', async () => {
    const other = newSigner('audit.example.org/c.elm');
    const log = new SampleLog(entries, other, [count]);
    expect((await verifyLog(log, sampleOptions({ ...other }))).exitCode).toBe(12);
    expect(await kinds(log)).toEqual({ kinds: ['bad_signature'], exitCode: 12 });
  });

  test('a checkpoint without any signature', async () => {
    const log = freshLog();
    const text = Buffer.from(mustPiece(log, checkpointName)).toString('utf8');
    log.pieces.set(checkpointName, Buffer.from(text.slice(0, text.indexOf('\n\n') + 2)));
    expect((await kinds(log)).exitCode).toBe(12);
  });

  test('a former checkpoint put back: what came after it has vanished', async () => {
    const log = freshLog();
    log.pieces.set(checkpointName, mustPiece(log, checkpointNameOf(300)));
    expect(await kinds(log)).toEqual({ kinds: ['fork'], exitCode: 13 });
  });

  test('a former checkpoint put back and everything newer deleted, against a copy an auditor kept', async () => {
    const log = new SampleLog(entries, signer, [1, 90, 256, 300]);
    const since = signCheckpoint(entries, signer);
    expect(await kinds(log)).toEqual({ kinds: [], exitCode: 0 });
    expect(await kinds(log, { since })).toEqual({ kinds: ['fork'], exitCode: 13 });
  });

  test('another history under the same key: the kept checkpoint, and the former ones, disagree', async () => {
    const forked = entries.with(40, { ...entries[40], pat: [] });
    const log = new SampleLog(forked, signer, [count]);
    const since = signCheckpoint(entries.slice(0, 300), signer);
    expect(await kinds(log)).toEqual({ kinds: [], exitCode: 0 });
    expect(await kinds(log, { since })).toEqual({ kinds: ['fork'], exitCode: 13 });
    expect(await kinds(log, { since, isIncremental: true })).toEqual({ kinds: ['fork'], exitCode: 13 });
    log.pieces.set(checkpointNameOf(90), signCheckpoint(entries.slice(0, 90), signer));
    expect(await kinds(log)).toEqual({ kinds: ['fork'], exitCode: 13 });
  });

  test('two checkpoints of one size', async () => {
    const log = freshLog();
    const other = signCheckpoint(entries.with(0, { ...entries[0], out: 8 }), signer);
    log.pieces.set(checkpointNameOf(count), other);
    expect((await kinds(log)).exitCode).toBe(13);
  });

  test.each([
    ['entries', bundleName(1, 256)],
    ['hashes', tileName(0, 1, 256)],
    ['the newest checkpoint', checkpointName],
    ['its place in the history', checkpointNameOf(count)],
  ])('missing %s: exit code 14', async (_what, name) => {
    const log = freshLog();
    log.pieces.delete(name);
    expect(await kinds(log)).toEqual({ kinds: ['missing_piece'], exitCode: 14 });
  });

  test.each<[string, (list: SampleEntry[]) => SampleEntry[], number]>([
    ['a number left out', (list) => list.toSpliced(30, 1), 15],
    ['a number there twice', (list) => list.toSpliced(31, 0, list[30] ?? {}), 15],
    ['the first of a source left out', (list) => list.slice(1), 15],
    ['a commit without its entry', (list) => list.with(33, { ...list[33], q: 13 }), 15],
    [
      'an event of a process left out',
      (list) => list.map((e, i) => (i > 50 && e.iseq ? { ...e, iseq: Number(e.iseq) + 1 } : e)),
      15,
    ],
    ['text that is no entry', (list) => list.with(9, { hello: 'there' }), 15],
    [
      'an id that belongs to another source',
      (list) => list.with(9, { ...list[9], src: 'board:2026-05-05' }),
      15,
    ],
    ['time that goes back', (list) => list.with(60, { ...list[60], ts: Number(list[60]?.ts) - 900_000 }), 16],
    [
      'a gap that the sealer noted',
      (list) => list.with(60, { ...list[60], sub: 'audit-gap', why: 'stream_count', cmd: undefined }),
      15,
    ],
  ])('signed by the key itself, but: %s', async (_what, edit, code) => {
    const log = new SampleLog(edit([...entries]), signer);
    expect((await kinds(log)).exitCode).toBe(code);
  });

  test('entries gone before they were sealed: exit code 19', async () => {
    const last = {
      ...sampleEntries(count + 1)[count],
      sub: 'audit-gap',
      why: 'stream_count',
      cmd: undefined,
    };
    expect(await kinds(new SampleLog([...entries, last], signer))).toEqual({
      kinds: ['count_mismatch'],
      exitCode: 19,
    });
  });

  test('[audit] a witness that did not sign, signed another text, ahead of time, or signed late: exit code 17', async () => {
    const witness = newSigner('witness.example.net', 4);
    const lastAt = Number(entries.at(-1)?.ts);
    const inNote = (at: number, by = witness) => {
      const log = new SampleLog(entries, signer);
      const note = signCheckpoint(entries, signer, by, at);
      log.pieces.set(checkpointName, note).set(checkpointNameOf(count), note);
      return log;
    };
    const trust = { witnesses: [witness.key] };
    expect(await kinds(inNote(lastAt), trust)).toEqual({ kinds: [], exitCode: 0 });
    expect((await kinds(new SampleLog(entries, signer), trust)).exitCode).toBe(17);
    expect((await kinds(inNote(lastAt, newSigner('witness.example.net', 4)), trust)).exitCode).toBe(17);
    expect((await kinds(inNote(lastAt + 3 * 86_400_000), trust)).exitCode).toBe(17);
    // The first entry was sealed two seconds after the log began, and waited until then.
    const waited = lastAt - Number(entries[0]?.sat);
    expect((await kinds(inNote(lastAt), { ...trust, witnessMaxMs: waited })).exitCode).toBe(0);
    expect((await kinds(inNote(lastAt), { ...trust, witnessMaxMs: waited - 1 })).exitCode).toBe(17);
  });

  test('[audit] cosignatures beside the log count; each entry’s wait ends with the first one that covers it', async () => {
    const [one, two] = [newSigner('witness.example.net', 4), newSigner('second.example.com/w', 4)];
    const signedAt = [100, 300, count];
    const beside = (at: readonly (number | null)[], by = one) => {
      const log = new SampleLog(entries, signer, signedAt);
      for (const [i, size] of signedAt.entries()) {
        const note = log.pieces.get(checkpointNameOf(size));
        const text = note && readCheckpoint(note)?.note.text;
        const when = at[i];
        if (text && when != null)
          log.pieces.set(
            cosignatureNameOf(size, by.key.keyHash),
            Buffer.from(formatSignatures([cosigned(text, by, when)])),
          );
      }
      return log;
    };
    const sealed = (leaf: number) => Number(entries[leaf]?.sat);
    const prompt = [sealed(100), sealed(300), sealed(count - 1)];
    const ask = { witnesses: [one.key], witnessMaxMs: 300_000 };
    expect(await kinds(beside(prompt), { witnesses: [one.key] })).toEqual({ kinds: [], exitCode: 0 });
    expect((await kinds(beside(prompt), { ...ask, now: sealed(count - 1) })).exitCode).toBe(0);
    // One that was missed is covered by the next, which must then have come in time for the first entry.
    const missed = [sealed(100), null, sealed(count - 1)];
    const firstWaited = sealed(count - 1) - sealed(100);
    const at = { now: sealed(count - 1) };
    expect((await kinds(beside(missed), { ...ask, ...at, witnessMaxMs: firstWaited })).exitCode).toBe(0);
    expect((await kinds(beside(missed), { ...ask, ...at, witnessMaxMs: firstWaited - 1_000 })).exitCode).toBe(
      17,
    );
    // What nobody has confirmed waits until now.
    const behind = beside([sealed(100), sealed(300), null]);
    expect((await kinds(behind, { witnesses: [one.key] })).exitCode).toBe(17);
    expect((await kinds(behind, { ...ask, now: sealed(300) + 300_000 })).exitCode).toBe(0);
    expect((await kinds(behind, { ...ask, now: sealed(300) + 301_000 })).exitCode).toBe(17);
    // Each witness that is asked for must have signed; a stranger's line helps nobody.
    expect((await kinds(beside(prompt), { witnesses: [one.key, two.key] })).exitCode).toBe(17);
    expect((await kinds(beside(prompt, two), { witnesses: [one.key] })).exitCode).toBe(17);
    // A line that belongs to another checkpoint is told.
    const moved = beside(prompt);
    const stolen = moved.pieces.get(cosignatureNameOf(300, one.key.keyHash));
    if (stolen) moved.pieces.set(cosignatureNameOf(count, one.key.keyHash), stolen);
    expect((await kinds(moved, { witnesses: [one.key] })).exitCode).toBe(17);
  });

  test('ages: time not covered 18, backlog 20', async () => {
    const first = Number(entries[0]?.ts);
    expect((await kinds(freshLog(), { retainFrom: first - 1 })).exitCode).toBe(18);
    expect((await kinds(freshLog(), { retainFrom: first })).exitCode).toBe(0);
    const silent = entries.map((e, i) => (i < 300 ? e : { ...e, sat: Number(e.sat) + 7_200_000 }));
    expect((await kinds(new SampleLog(silent, signer), { silenceMaxMs: 3_600_000 })).exitCode).toBe(18);
    expect((await kinds(new SampleLog(silent, signer), { backlogMaxMs: 3_600_000 })).exitCode).toBe(20);
    expect((await kinds(freshLog(), { ageMaxMs: 60_000 })).exitCode).toBe(20);
    expect((await kinds(freshLog(), { ageMaxMs: 2 * 86_400_000 })).exitCode).toBe(0);
  });
});
