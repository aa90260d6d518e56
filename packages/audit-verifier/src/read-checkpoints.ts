/** The checkpoints of a log: the newest, and every one ever signed. Each must be signed and under its own name. */
import { type ReadCheckpoint, readCheckpoint } from './checkpoint.ts';
import type { Findings } from './findings.ts';
import { type NoteKey, verifyNote } from './signed-note.ts';
import { checkpointFolder, checkpointName, checkpointNameOf, type LogReader } from './tiles.ts';
import { isSameHash } from './tree-hash.ts';

export type Trust = {
  /** Signs the log. */
  key: NoteKey;
  /** Each of them must have cosigned it from elsewhere. */
  witnesses: readonly NoteKey[];
  /** How long an entry may wait for a witness, ms; null when only the newest checkpoint is asked about. */
  witnessMaxMs: number | null;
};

/** Reads one and judges it. Null, with a finding, when it is not to be trusted. */
export async function trustedCheckpoint(
  reader: LogReader,
  name: string,
  trust: Pick<Trust, 'key'>,
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
  { key }: Pick<Trust, 'key'>,
  findings: Findings,
): ReadCheckpoint | null {
  const checkpoint = readCheckpoint(bytes);
  if (!checkpoint || !verifyNote(checkpoint.note, key).isSigned || checkpoint.origin !== key.name) {
    findings.add('bad_signature', `${piece} is not signed by ${key.name}+${key.keyHash}`, { piece });
    return null;
  }
  return checkpoint;
}

/** Every checkpoint ever signed, by size. One under another's name, or two of one size, is a fork. */
export async function signedHistory(
  reader: LogReader,
  latest: ReadCheckpoint,
  trust: Pick<Trust, 'key'>,
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
