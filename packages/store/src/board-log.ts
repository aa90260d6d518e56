/** Words of the board log: positions, entries, and how they are written in Redis. */
import { hash } from 'node:crypto';
import type { Entity, EntityId, LogFrame } from '@workflow-bolt/contracts';
import type { EntityChanges } from '@workflow-bolt/domain';
import type { BoardCodec } from './vault/board-cipher.ts';

/** A place in one history. `chain` names the whole prefix; `t` is Redis's time of the last entry. */
export type BoardPosition = { epoch: string; seq: number; chain: string; id: string; t: number };

/** Where a board stands that nobody ever wrote to. */
export const emptyPosition: BoardPosition = {
  epoch: '0'.repeat(32),
  seq: 0,
  chain: '0'.repeat(32),
  id: '0-0',
  t: 0,
};

/** The absolute state of one entity after a change; `d` null when it is gone; `m` is the command behind it. */
export type BoardChange = { id: EntityId; v: number; d: Entity | null; m: string };

/**
 * One step of a board, from position `p` to `seq`. Normally one commit. `frame` is null when several commits
 * were taken together because this process could not fold them (another rules version) or replays them.
 */
export type BoardEntry = {
  p: number;
  seq: number;
  chain: string;
  id: string;
  t: number;
  commandId: string;
  changes: readonly BoardChange[];
  frame: LogFrame | null;
};

/** An entry as stored or published, before its frame is understood. */
export type RawEntry = { seq: number; chain: string; id: string; frame: string; deleted: string[] };

/** The history hash after one more entry; the same sum as `next_chain` in the library. */
export function nextChain(chain: string, seq: number, frame: string): string {
  return hash('sha1', `${chain}${seq}${frame}`, 'hex').slice(0, 32);
}

/** Redis's time of an entry: stream ids begin with it. */
export function timeOfId(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}

/** A doorbell: the new position, the position before it, and the frame (empty when only the epoch changed). */
export type Doorbell = BoardPosition & { p: number; frame: string };

const doorbellShape = /^([0-9a-f]{32}) (\d{1,15}) (\d{1,15}) ([0-9a-f]{32}) (\d{1,20}-\d{1,10}) (\d{1,15})$/;

/** Null for anything that is not a doorbell: the position check covers what it would have said. */
export function parseDoorbell(message: string): Doorbell | null {
  const lineEnd = message.indexOf('\n');
  const match = doorbellShape.exec(lineEnd < 0 ? message : message.slice(0, lineEnd));
  if (!match || lineEnd < 0) return null;
  const [, epoch = '', seq, p, chain = '', id = '', t] = match;
  return {
    epoch,
    seq: Number(seq),
    p: Number(p),
    chain,
    id,
    t: Number(t),
    frame: message.slice(lineEnd + 1),
  };
}

/** Reads XRANGE's answer. Throws TypeError on an entry without our fields. */
export function parseEntries(entries: unknown): RawEntry[] {
  if (!Array.isArray(entries)) throw new TypeError('the log answered in an unknown shape');
  return entries.map(([id, fields]: [string, string[]]) => {
    const found = new Map<string, string>();
    for (let i = 0; i < fields.length; i += 2) found.set(fields[i] ?? '', fields[i + 1] ?? '');
    const frame = found.get('f');
    if (frame === undefined) throw new TypeError('a log entry has no frame');
    const deleted = found.get('x')?.split(' ') ?? [];
    return { id, seq: Number(found.get('q')), chain: found.get('c') ?? '', frame, deleted };
  });
}

/** An entity as stored: its version, and a text that the board's codec opens. */
export type RawEntity = { id: EntityId; v: number; text: string };

/** Reads HGETALL of the entities: alternating id and `<v>|<text>`. */
export function parseEntities(flat: readonly string[]): RawEntity[] {
  const found: RawEntity[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const stored = flat[i + 1] ?? '';
    const bar = stored.indexOf('|');
    found.push({ id: flat[i] as EntityId, v: Number(stored.slice(0, bar)), text: stored.slice(bar + 1) });
  }
  return found;
}

/** What stored entities say. Throws Fault `phi_unreadable`. */
export function openedEntities(
  stored: readonly RawEntity[],
  codec: Pick<BoardCodec, 'openEntity'>,
): [EntityId, { v: number; d: Entity }][] {
  return stored.map(({ id, v, text }) => [id, { v, d: codec.openEntity(id, text, v) }]);
}

/** The changes of one commit as sent to screens. */
export function changesOf(changes: EntityChanges, seq: number, commandId: string): BoardChange[] {
  return [...changes].map(([id, d]) => ({ id, v: seq, d, m: commandId }));
}
