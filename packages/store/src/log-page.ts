/** What a page of the log says about where a replica stands: pure. */
import type { SnapshotReason } from '@workflow-bolt/contracts';
import { type BoardPosition, emptyPosition, parseEntries, type RawEntry } from './board-log.ts';
import type { ReadLogReply } from './generated/function-calls.generated.ts';

export type ResetReason = Extract<SnapshotReason, 'epoch' | 'fork' | 'trimmed'>;
export type LogPage = Extract<ReadLogReply, { status: 'ok' }>;

/** `fresh`: these follow, unless their chain says otherwise; none when we are there already. */
export type PageVerdict = { kind: 'fresh'; entries: RawEntry[] } | { kind: 'reset'; reason: ResetReason };

const nothing: PageVerdict = { kind: 'fresh', entries: [] };
const reset = (reason: ResetReason): PageVerdict => ({ kind: 'reset', reason });

/** A board without a log, read from `from`: new, or its history is gone. */
export function judgeAbsence(from: BoardPosition): PageVerdict {
  return from.epoch === emptyPosition.epoch ? nothing : reset('fork');
}

/** A page that was read from `from`, while the replica went on to `hereSeq`. */
export function judgePage(from: BoardPosition, hereSeq: number, page: LogPage): PageVerdict {
  if (page.epoch !== from.epoch) return reset('epoch');
  if (page.seq < from.seq) return reset('fork');
  if (page.seq === from.seq) return page.chain === from.chain ? nothing : reset('fork');
  const entries = parseEntries(page.entries).filter((entry) => entry.seq > hereSeq);
  const isWhole = entries.length === 0 ? hereSeq > from.seq : entries[0]?.seq === hereSeq + 1;
  if (isWhole) return { kind: 'fresh', entries };
  return reset(page.firstSeq === 0 || page.firstSeq > from.seq ? 'trimmed' : 'fork');
}
