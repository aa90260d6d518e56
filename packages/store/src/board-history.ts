/** The board as it was: the log folded from its beginning. */
import { type BoardEvent, type EventContext, Fault, type LogFrame } from '@workflow-bolt/contracts';
import { BoardState, foldFrame } from '@workflow-bolt/domain';
import type { BoardSource } from './archive/board-archive.ts';
import { parseEntries, type RawEntry, timeOfId } from './board-log.ts';
import { readLogCall } from './generated/function-calls.generated.ts';
import type { BoardKeys } from './keys.ts';
import { type BoardCodec, plainCodec } from './vault/board-cipher.ts';

const pageMax = 500;

export type HistoryEntry = EventContext & { seq: number; events: BoardEvent[] };
/** Where a board's log is, and how it stands there. */
export type LogSource = { source: BoardSource; keys: BoardKeys; codec: BoardCodec };
export type LogItem = { seq: number; t: number; chain: string; frame: LogFrame };

/** The whole log, oldest first, page by page. Throws Fault `store_unavailable`. */
export async function* readWholeLog(
  port: BoardSource,
  keys: BoardKeys,
  codec: BoardCodec = plainCodec,
): AsyncGenerator<LogItem[]> {
  let fromId = '-';
  for (;;) {
    const page = await port.fcall(readLogCall(keys, { fromId, countMax: pageMax }));
    if (page.status !== 'ok') return;
    const raws = parseEntries(page.entries);
    await codec.prepare(raws.map((raw) => raw.frame));
    yield raws.map((raw) => itemOf(raw, codec));
    const last = raws.at(-1);
    if (!last || raws.length < pageMax) return;
    fromId = `(${last.id}`;
  }
}

function itemOf(raw: RawEntry, codec: BoardCodec): LogItem {
  return { seq: raw.seq, t: timeOfId(raw.id), chain: raw.chain, frame: codec.openFrame(raw.frame) };
}

/**
 * State and position of the board at an instant (epoch ms, Redis's clock). Throws Fault `history_trimmed` when
 * the log no longer reaches back to the beginning.
 */
export async function boardAt(
  { source, keys, codec }: LogSource,
  at: number,
): Promise<{ seq: number; state: BoardState }> {
  const state = new BoardState();
  for await (const items of readWholeLog(source, keys, codec)) {
    for (const { seq, t, frame } of items) {
      if (t > at) return { seq: state.seq, state };
      if (seq !== state.seq + 1) throw new Fault('history_trimmed', { firstSeq: seq });
      state.apply(foldFrame(state, frame), seq);
    }
  }
  return { seq: state.seq, state };
}

function concerns(event: BoardEvent, visitId: string): boolean {
  if ('visitId' in event) return event.visitId === visitId;
  if ('visit' in event) return event.visit.id === visitId;
  return 'person' in event && event.person.visitId === visitId;
}

/** What happened to one visit, oldest first, as far back as the log reaches. */
export async function visitEntries(
  { source, keys, codec }: LogSource,
  visitId: string,
): Promise<HistoryEntry[]> {
  const found: HistoryEntry[] = [];
  for await (const items of readWholeLog(source, keys, codec)) {
    for (const { seq, frame } of items) {
      const { rules: _rules, events, ...context } = frame;
      const own = events.filter((event) => concerns(event, visitId));
      if (own.length > 0) found.push({ seq, ...context, events: own });
    }
  }
  return found;
}
