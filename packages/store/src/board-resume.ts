/** How a returning reader goes on from its cursor: never partly (board-stream 3.4). */
import {
  type Cursor,
  type EntityId,
  type LogFrame,
  type SnapshotReason,
  streamSchemaVersion,
  type View,
} from '@workflow-bolt/contracts';
import { changesSince } from './board-difference.ts';
import { type BoardEntry, type BoardPosition, parseEntries, type RawEntry } from './board-log.ts';
import type { BoardReplica } from './board-replica.ts';
import { replayBytesMax, replayEntriesMax } from './board-ring.ts';
import { readLogCall } from './generated/function-calls.generated.ts';
import type { RedisPort } from './redis-port.ts';
import { clearTextOf } from './vault/sealed-text.ts';

/** `top` is the position up to which the answer speaks; what follows it comes as changes. */
export type ResumeAnswer =
  | { kind: 'live'; top: BoardPosition }
  | { kind: 'replay'; top: BoardPosition; entries: readonly BoardEntry[] }
  | { kind: 'snap'; top: BoardPosition; reason: SnapshotReason };

type Source = { replica: BoardReplica; port: RedisPort };

/** What the ring and the position alone can say; null when the log must be asked. */
function answerFromMemory({ replica }: Source, cursor: Cursor | null, view: View): ResumeAnswer | null {
  const top = replica.position;
  const snap = (reason: SnapshotReason): ResumeAnswer => ({ kind: 'snap', top, reason });
  if (!cursor) return snap('init');
  if (cursor.view !== view) return snap('view');
  if (cursor.schema !== streamSchemaVersion) return snap('schema');
  if (cursor.epoch !== top.epoch) return snap('epoch');
  if (cursor.seq > top.seq) return snap('ahead');
  if (cursor.seq === top.seq) return cursor.chain === top.chain ? { kind: 'live', top } : snap('fork');
  const known = replica.ring.chainAt(cursor.seq);
  if (known !== null && known !== cursor.chain) return snap('fork');
  const entries = known === null ? null : replica.ring.after(cursor.seq);
  if (entries) return priced(replica, entries);
  return top.seq - cursor.seq > replayEntriesMax ? snap('cheaper') : null;
}

/** A replay, unless a snapshot is cheaper. */
function priced(replica: BoardReplica, entries: readonly BoardEntry[]): ResumeAnswer {
  const top = replica.position;
  const isLong = entries.length > replayEntriesMax;
  const bytes = isLong ? 0 : replica.ring.bytesOf(entries);
  const isDear = isLong || bytes > replayBytesMax || bytes > replica.snapshotBytes;
  return isDear ? { kind: 'snap', top, reason: 'cheaper' } : { kind: 'replay', top, entries };
}

/** Everything since the cursor as one step, out of the present state: no earlier state is needed. */
function replayOf(replica: BoardReplica, cursor: Cursor, raws: readonly RawEntry[]): BoardEntry {
  const { seq, chain, id, t } = replica.position;
  const commands = new Map(
    raws.map((raw) => [raw.seq, (JSON.parse(clearTextOf(raw.frame)) as LogFrame).commandId]),
  );
  const deletedAt = new Map(
    raws.flatMap((raw) => raw.deleted.map((key) => [key as EntityId, raw.seq] as const)),
  );
  const changes = changesSince(replica.state, cursor.seq, { deletedAt, commands });
  return { p: cursor.seq, seq, chain, id, t, commandId: '', changes, frame: null };
}

async function answerFromLog({ replica, port }: Source, cursor: Cursor): Promise<ResumeAnswer | null> {
  const countMax = replayEntriesMax + 1;
  const page = await port.fcall(readLogCall(replica.keys, { fromId: cursor.id, countMax }));
  const top = replica.position;
  const snap = (reason: SnapshotReason): ResumeAnswer => ({ kind: 'snap', top, reason });
  if (page.status !== 'ok' || page.epoch !== cursor.epoch || top.epoch !== cursor.epoch) return snap('epoch');
  const [own, ...raws] = parseEntries(page.entries);
  if (own?.seq !== cursor.seq || own.chain !== cursor.chain) {
    return snap(page.firstSeq === 0 || page.firstSeq > cursor.seq ? 'trimmed' : 'fork');
  }
  if (raws.length >= replayEntriesMax) return snap('cheaper');
  // The log was read ahead of what this process has folded: the rest comes as changes, or was folded meanwhile.
  const lastRead = raws.at(-1)?.seq ?? cursor.seq;
  if (lastRead < top.seq) return null;
  const entry = replayOf(
    replica,
    cursor,
    raws.filter((raw) => raw.seq <= top.seq),
  );
  return priced(replica, [entry]);
}

/** Decides how a reader with this cursor goes on. Throws Fault `store_unavailable` when the log must be asked and cannot be. */
export async function resumeBoard(source: Source, cursor: Cursor | null, view: View): Promise<ResumeAnswer> {
  const fromMemory = answerFromMemory(source, cursor, view);
  if (fromMemory || !cursor)
    return fromMemory ?? { kind: 'snap', top: source.replica.position, reason: 'init' };
  const fromLog = await answerFromLog(source, cursor);
  // The board moved while the log was read: memory now covers what came since, or a snapshot does.
  return fromLog ?? { kind: 'snap', top: source.replica.position, reason: 'cheaper' };
}
