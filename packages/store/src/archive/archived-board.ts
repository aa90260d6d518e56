/**
 * One board as the archive holds it: lines of JSON, texts exactly as Redis held them, so that what was encrypted there
 * is encrypted here and the chain can be computed again.
 *
 *   {"bolt":"board","v":1,"clinic":…,"date":…,"epoch":…,"seq":…,"chain":…,"id":…,"t":…,"schema":…}
 *   {"ent":["v:…","12|{…}"]}            one line per entity, in order of their ids
 *   {"log":["1700-0",["q","1",…]]}      one line per entry, oldest first
 *   {"sha256":"…"}                      over everything above
 *
 * No time of writing and no random number: the same board gives the same bytes, however often a job begins again.
 */
import { hash } from 'node:crypto';
import { type BoardKey, Fault } from '@workflow-bolt/contracts';
import { nextChain, parseEntries } from '../board-log.ts';

export type ArchivedPosition = {
  epoch: string;
  seq: number;
  chain: string;
  id: string;
  t: number;
  schema: number;
};
export type StoredEntry = [id: string, fields: string[]];
export type ArchivedBoard = {
  board: BoardKey;
  position: ArchivedPosition;
  /** Alternating id and `<v>|<json>`, as Redis returns a hash. */
  entities: string[];
  /** As XRANGE returns them. */
  log: StoredEntry[];
};

const version = 1;

function sortedPairs(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i] ?? '', flat[i + 1] ?? '']);
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The bytes of an archive. Throws Fault `archive_broken` when the log does not lead to the position. */
export function encodeArchive(archived: ArchivedBoard): Uint8Array {
  assertWhole(archived);
  const { board, position, entities, log } = archived;
  const lines = [
    JSON.stringify({ bolt: 'board', v: version, ...board, ...position }),
    ...sortedPairs(entities).map((ent) => JSON.stringify({ ent })),
    ...log.map((entry) => JSON.stringify({ log: entry })),
  ];
  const text = `${lines.join('\n')}\n`;
  return Buffer.from(`${text}${JSON.stringify({ sha256: hash('sha256', text, 'hex') })}\n`);
}

/** Reads an archive back. Throws Fault `archive_broken` unless every byte, number and link is as it was written. */
export function decodeArchive(bytes: Uint8Array, board: BoardKey): ArchivedBoard {
  try {
    const archived = parseLines(Buffer.from(bytes).toString('utf8'), board);
    assertWhole(archived);
    return archived;
  } catch (error) {
    throw error instanceof Fault ? error : new Fault('archive_broken', {}, error);
  }
}

function parseLines(text: string, board: BoardKey): ArchivedBoard {
  const lines = text.split('\n');
  const seal = JSON.parse(lines.at(-2) ?? '') as { sha256: string };
  const body = text.slice(0, text.length - (lines.at(-2)?.length ?? 0) - 1);
  if (lines.at(-1) !== '' || hash('sha256', body, 'hex') !== seal.sha256) throw broken('sum');
  const { bolt, v, clinic, date, ...position } = JSON.parse(lines[0] ?? '') as ArchivedPosition &
    BoardKey & { bolt: string; v: number };
  if (bolt !== 'board' || v !== version) throw broken('version');
  if (clinic !== board.clinic || date !== board.date) throw broken('board');
  const archived: ArchivedBoard = { board, position, entities: [], log: [] };
  for (const line of lines.slice(1, -2)) {
    const { ent, log } = JSON.parse(line) as { ent?: [string, string]; log?: StoredEntry };
    if (ent) archived.entities.push(...ent);
    if (log) archived.log.push(log);
  }
  return archived;
}

const broken = (what: string): Fault => new Fault('archive_broken', { what });

/** Every entry follows the one before it, and the last one is where the board stood. */
function assertWhole({ position, log }: ArchivedBoard): void {
  const entries = parseEntries(log);
  for (const [i, entry] of entries.entries()) {
    const before = entries[i - 1];
    if (!before) continue;
    const isNext = entry.seq === before.seq + 1;
    if (!isNext || entry.chain !== nextChain(before.chain, entry.seq, entry.frame)) throw broken('chain');
  }
  const last = entries.at(-1);
  if (last && (last.seq !== position.seq || last.chain !== position.chain)) throw broken('end');
}
