/** The checkpoints of a log: the newest, and every one ever signed. Each must be signed and under its own name. */
import { type ReadCheckpoint, readCheckpoint } from './checkpoint.ts';
import type { Findings } from './findings.ts';
import { type NoteKey, verifyNote } from './signed-note.ts';
import { checkpointFolder, checkpointName, checkpointNameOf, type LogReader } from './tiles.ts';
import { isSameHash } from './tree-hash.ts';

export type Trust = {
  /** Signs the log. */
  key: NoteKey;
  /** Cosigns it from elsewhere; null when none is asked for. */
  witness: NoteKey | null;
  /** How long the witness may take, ms; null for any time. */
  witnessMaxMs: number | null;
};

/** Reads one and judges it. Null, with a finding, when it is not to be trusted. */
export async function trustedCheckpoint(
  reader: LogReader,
  name: string,
  trust: Trust,
  findings: Findings,
): Promise<ReadCheckpoint | null> {
  const bytes = await reader.read(name);
  if (!bytes) {
    findings.add('missing_piece', `${name} is missing`, { piece: name });
    return null;
  }
  return judgeCheckpoint(bytes, name, trust, findings);
}

/** The same for bytes at hand, such as a copy that an auditor kept. */
export function judgeCheckpoint(
  bytes: Uint8Array,
  piece: string,
  { key, witness }: Trust,
  findings: Findings,
): ReadCheckpoint | null {
  const checkpoint = readCheckpoint(bytes);
  if (!checkpoint || !verifyNote(checkpoint.note, key).isSigned || checkpoint.origin !== key.name) {
    findings.add('bad_signature', `${piece} is not signed by ${key.name}+${key.keyHash}`, { piece });
    return null;
  }
  if (witness && !verifyNote(checkpoint.note, witness).isSigned)
    findings.add('witness', `${piece} is not cosigned by ${witness.name}`, { piece });
  return checkpoint;
}

/** Every checkpoint ever signed, by size. One under another's name, or two of one size, is a fork. */
export async function signedHistory(
  reader: LogReader,
  latest: ReadCheckpoint,
  trust: Trust,
  findings: Findings,
): Promise<Map<number, ReadCheckpoint>> {
  const history = new Map<number, ReadCheckpoint>();
  for await (const name of reader.list(checkpointFolder)) {
    const checkpoint = await trustedCheckpoint(reader, name, trust, findings);
    if (!checkpoint) continue;
    if (name !== checkpointNameOf(checkpoint.size))
      findings.add('fork', `${name} is a checkpoint of ${checkpoint.size} entries`, { piece: name });
    if (checkpoint.size > latest.size)
      findings.add('fork', `${name} is newer than ${checkpointName}: an older one has been put back`, {
        piece: checkpointName,
      });
    history.set(checkpoint.size, checkpoint);
  }
  const same = history.get(latest.size);
  if (!same && latest.size > 0)
    findings.add('missing_piece', `${checkpointNameOf(latest.size)} is missing`, {
      piece: checkpointNameOf(latest.size),
    });
  if (same && !isSameHash(same.root, latest.root))
    findings.add('fork', `two checkpoints of ${latest.size} entries`, { piece: checkpointName });
  return history;
}
