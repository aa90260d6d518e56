/**
 * What witnesses elsewhere have confirmed of a log. A cosignature of a checkpoint speaks for everything before it, so
 * one that was missed in between costs time and no proof: what counts is how long an entry waited for the first one.
 */
import type { ReadCheckpoint } from './checkpoint.ts';
import type { Findings } from './findings.ts';
import type { Trust } from './read-checkpoints.ts';
import { type NoteKey, parseSignatures, verifyNote } from './signed-note.ts';
import { checkpointName, cosignatureFolder, cosignatureNameOf, type LogReader } from './tiles.ts';

/** A witness saw the log at this size, at this time (epoch ms). */
export type Confirmation = { size: number; at: number };
export type Confirmed = { witness: NoteKey; all: readonly Confirmation[] };

type Clock = { now: number; skewMs: number };

/** A checkpoint with the cosignatures that lie beside it. */
export async function withCosignatures(
  reader: LogReader,
  checkpoint: ReadCheckpoint,
  witnesses: readonly Pick<NoteKey, 'keyHash'>[],
): Promise<ReadCheckpoint> {
  const found = await Promise.all(
    witnesses.map(({ keyHash }) => reader.read(cosignatureNameOf(checkpoint.size, keyHash))),
  );
  const added = found.flatMap(
    (bytes) => (bytes && parseSignatures(Buffer.from(bytes).toString('utf8'))) ?? [],
  );
  const { note } = checkpoint;
  return { ...checkpoint, note: { ...note, signatures: [...note.signatures, ...added] } };
}

/** Everything each witness has confirmed, by size. A cosignature that belongs to another checkpoint is a finding. */
export async function confirmationsOf(
  reader: LogReader,
  checkpoints: readonly ReadCheckpoint[],
  { witnesses, now, skewMs }: Pick<Trust, 'witnesses'> & Clock,
  findings: Findings,
): Promise<Confirmed[]> {
  const names = new Set<string>();
  if (witnesses.length > 0) for await (const name of reader.list(cosignatureFolder)) names.add(name);
  const confirmed = witnesses.map((witness) => ({ witness, all: [] as Confirmation[] }));
  for (const checkpoint of checkpoints.toSorted((a, b) => a.size - b.size)) {
    for (const { witness, all } of confirmed) {
      const piece = cosignatureNameOf(checkpoint.size, witness.keyHash);
      const isBeside = names.has(piece);
      const whole = isBeside ? await withCosignatures(reader, checkpoint, [witness]) : checkpoint;
      const { isSigned, at } = verifyNote(whole.note, witness);
      if (isSigned && at !== null && at <= now + skewMs) all.push({ size: checkpoint.size, at });
      else if (isSigned) findings.add('witness', `${witness.name} signed ahead of time`, { piece });
      else if (isBeside) findings.add('witness', `${piece} is of another checkpoint`, { piece });
    }
  }
  return confirmed;
}

/** First leaves that waited for each confirmation: when they were sealed tells how long. */
export function waitingLeaves(confirmed: readonly Confirmed[], from: number): Set<number> {
  return new Set([from, ...confirmed.flatMap(({ all }) => [0, ...all.map(({ size }) => size)])]);
}

type Waits = { size: number; from: number; sealedAt: ReadonlyMap<number, number>; now: number };

/** Judges whether each witness has confirmed the log, and in time. */
export function judgeConfirmations(
  confirmed: readonly Confirmed[],
  { size, from, sealedAt, now }: Waits,
  witnessMaxMs: number | null,
  findings: Findings,
): void {
  for (const { witness, all } of confirmed) {
    const newest = all.at(-1)?.size ?? 0;
    if (witnessMaxMs === null) {
      if (newest < size || all.length === 0)
        findings.add('witness', `${witness.name} has confirmed ${newest} of ${size} entries`, {
          piece: checkpointName,
        });
      continue;
    }
    let before = 0;
    // Behind the last one the wait goes on until now.
    for (const { size: upTo, at } of [...all, { size, at: now }]) {
      const first = Math.max(before, from);
      const since = first < upTo ? sealedAt.get(first) : undefined;
      if (since !== undefined && at - since > witnessMaxMs)
        findings.add('witness', `waited ${Math.round((at - since) / 1_000)} s for ${witness.name}`, {
          leaf: first,
        });
      before = Math.max(before, upTo);
    }
  }
}
