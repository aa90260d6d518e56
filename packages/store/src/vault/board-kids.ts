/** Which data keys a board's records name in Redis: of one visit for its destruction, of all for the status page. */
import type { BoardEvent, LogFrame } from '@workflow-bolt/contracts';
import type { BoardSource } from '../archive/board-archive.ts';
import { parseEntities, parseEntries } from '../board-log.ts';
import { readBoardCall, readLogCall } from '../generated/function-calls.generated.ts';
import type { BoardKeys } from '../keys.ts';
import { recordOfEntity, recordOfEvent } from './board-cipher.ts';
import { kidOf } from './envelope.ts';
import { isSealedText, kidsOf, readSealedText } from './sealed-text.ts';

const pageMax = 500;

/** The stored texts of a board: entities by id, then frames, page by page. Throws Fault. */
async function* storedTexts(
  source: BoardSource,
  keys: BoardKeys,
): AsyncGenerator<{ id: string | null; text: string }> {
  const board = await source.fcall(readBoardCall(keys));
  if (board.status !== 'ok') return;
  for (const { id, text } of parseEntities(board.entities)) yield { id, text };
  for (let fromId = '-'; ; ) {
    const page = await source.fcall(readLogCall(keys, { fromId, countMax: pageMax }));
    if (page.status !== 'ok') return;
    const entries = parseEntries(page.entries);
    for (const { frame } of entries) yield { id: null, text: frame };
    const last = entries.at(-1);
    if (!last || entries.length < pageMax) return;
    fromId = `(${last.id}`;
  }
}

function kidsOfFrame(text: string, record: string): string[] {
  const { parts, clear } = readSealedText(text);
  const { events } = JSON.parse(clear) as Pick<LogFrame, 'events'>;
  const isOwn = (event: BoardEvent | undefined): boolean =>
    event !== undefined && recordOfEvent(event) === record;
  return parts.filter(({ i }) => isOwn(events[i])).map(({ envelope }) => kidOf(envelope));
}

/** Ids of every data key under which anything of one visit stands. Throws Fault. */
export async function kidsOfVisit(source: BoardSource, keys: BoardKeys, visitId: string): Promise<string[]> {
  const kids = new Set<string>();
  for await (const { id, text } of storedTexts(source, keys)) {
    if (!isSealedText(text)) continue;
    const own = id === null ? kidsOfFrame(text, visitId) : recordOfEntity(id) === visitId ? kidsOf(text) : [];
    for (const kid of own) kids.add(kid);
  }
  return [...kids].sort();
}

/** How many stored records name each data key, and how many are still in plain. Throws Fault. */
export async function countKids(
  source: BoardSource,
  keys: BoardKeys,
): Promise<{ counts: Map<string, number>; numPlain: number }> {
  const counts = new Map<string, number>();
  let numPlain = 0;
  for await (const { text } of storedTexts(source, keys)) {
    if (!isSealedText(text)) numPlain += 1;
    for (const kid of kidsOf(text)) counts.set(kid, (counts.get(kid) ?? 0) + 1);
  }
  return { counts, numPlain };
}
