/** Checks of a sealed log by the installation itself: what is new, everything, and whether a check can fail at all. */
import {
  bundleName,
  checkpointFolder,
  checkpointName,
  findingCodes,
  type LogReader,
  type NoteKey,
  readCheckpoint,
  tileName,
  tileWidth,
  type VerifyReport,
  verifyLog,
  widthOf,
} from '@workflow-bolt/audit-verifier';
import type { AuditCheck } from '@workflow-bolt/contracts';

export type CheckSubject = {
  reader: LogReader;
  key: NoteKey;
  now: number;
  /** The newest checkpoint that was found sound; null to read everything. */
  since: Uint8Array | null;
};

/** An entry that waited longer for its seal is worth a look. */
const backlogMaxMs = 24 * 3_600_000;

function verify({ reader, key, now, since }: CheckSubject): Promise<VerifyReport> {
  return verifyLog(reader, {
    ...{ key, now, since, isIncremental: since !== null, backlogMaxMs, skewMs: 300_000 },
    ...{ witnesses: [], witnessMaxMs: null, retainFrom: null, ageMaxMs: null, silenceMaxMs: null },
  });
}

/** Reads what is new since the last sound checkpoint, or everything without one. Throws what the reader throws. */
export async function checkLog(subject: CheckSubject): Promise<AuditCheck> {
  const { exitCode, checked } = await verify(subject);
  const kind = subject.since ? 'incremental' : 'full';
  return { at: subject.now, kind, exitCode, isOk: exitCode === 0, checked };
}

/** How far from its end a piece is damaged: within the newest entry, its hash, or the signature. */
const tailBytes = 24;

/** The same log with one bit near the end of one piece flipped as it is read. The log itself is not touched. */
export function withFlippedBit(reader: LogReader, piece: string, at: number): LogReader {
  return {
    list: (prefix) => reader.list(prefix),
    async read(name) {
      const bytes = await reader.read(name);
      if (name !== piece || !bytes || bytes.length === 0) return bytes;
      const copy = Buffer.from(bytes);
      const i = Math.max(0, copy.length - 1 - (at % tailBytes));
      copy[i] = (copy[i] ?? 0) ^ (1 << (at % 8));
      return copy;
    },
  };
}

type Verify = (subject: CheckSubject) => Promise<{ exitCode: number; checked: number }>;

/**
 * "No failures" means something only if a failure would be seen: the newest pieces are read as they are, which must
 * be sound, and with a flipped bit each, which must not be. `random` gives numbers in [0, 1). Throws what the reader
 * throws.
 */
export async function drillLog(
  subject: Omit<CheckSubject, 'since'>,
  random: () => number,
  check: Verify = verify,
): Promise<AuditCheck> {
  const { reader, now } = subject;
  const since = await latestButOne(reader);
  const sound = await check({ ...subject, since });
  const pieces = await newestPieces(reader);
  let isOk = !isAltered(sound.exitCode) && pieces.length === 3;
  for (const piece of pieces) {
    const damaged = withFlippedBit(reader, piece, Math.floor(random() * 1_000_003));
    isOk &&= isAltered((await check({ ...subject, since, reader: damaged })).exitCode);
  }
  return { at: now, kind: 'drill', exitCode: isOk ? 0 : 1, isOk, checked: sound.checked };
}

/** The archive is not what was sealed; other findings are about what was there to seal. */
const isAltered = (exitCode: number): boolean => exitCode > 0 && exitCode < findingCodes.sequence;

/** The checkpoint, the newest bundle of entries and the hashes beside it; fewer when one is missing. */
async function newestPieces(reader: LogReader): Promise<string[]> {
  const bytes = await reader.read(checkpointName);
  const size = (bytes && readCheckpoint(bytes)?.size) || 0;
  const index = Math.floor(Math.max(0, size - 1) / tileWidth);
  const width = widthOf(index, size);
  const names = [checkpointName, bundleName(index, width), tileName(0, index, width)];
  const there = await Promise.all(names.map(async (name) => (await reader.read(name)) !== null));
  return names.filter((_, i) => there[i]);
}

/** A former checkpoint to begin at, so that a drill reads a little and not years; null for a young log. */
async function latestButOne(reader: LogReader): Promise<Uint8Array | null> {
  let former: string | null = null;
  let last: string | null = null;
  for await (const name of reader.list(checkpointFolder)) [former, last] = [last, name];
  return former === null ? null : reader.read(former);
}
