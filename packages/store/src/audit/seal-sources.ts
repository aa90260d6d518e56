/** The streams of one log: what is new in each, and whether anything is gone that was never sealed. */

import { boardKeys } from '../keys.ts';
import type { RedisPort } from '../redis-port.ts';
import { type AuditLogId, auditKeys, clinicOf } from './audit-keys.ts';
import type { RawEntry } from './present-event.ts';
import { type Position, pairsOf } from './seal-state.ts';

export type Gap = { src: string; why: string; count: number };
export type Fresh = { src: string; entries: RawEntry[]; position: Position; gaps: Gap[] };

type StreamInfo = { added: number; lastId: string; length: number };

export const securitySource = 'security';
const boardSource = (date: string): string => `board:${date}`;

export class SealSources {
  readonly #port: RedisPort;
  readonly #log: AuditLogId;
  #isSwept = false;

  constructor(port: RedisPort, log: AuditLogId) {
    this.#port = port;
    this.#log = log;
  }

  /** Sources that may hold something new, security events first. Throws Fault. */
  async list(): Promise<string[]> {
    if (!this.#isSwept) await this.#sweep();
    this.#isSwept = true;
    const dates = (await this.#port.command('ZRANGE', auditKeys(this.#log).boards, 0, -1)) as string[];
    return [securitySource, ...dates.sort().map(boardSource)];
  }

  keyOf(src: string): string {
    const clinic = clinicOf(this.#log);
    if (src === securitySource || clinic === null) return auditKeys(this.#log).events;
    return boardKeys({ clinic, date: src.slice('board:'.length) }).aud;
  }

  /** What stands behind `position`, at most so many entries; null when there is nothing to say. Throws Fault. */
  async read(src: string, position: Position, limit: number): Promise<Fresh | null> {
    const info = await this.#info(src);
    if (!info) return position.sn > 0 ? vanished(src, position) : null;
    if (info.lastId === position.sid && info.added === position.added) return null;
    const raw = (await this.#port.command(
      'XRANGE',
      this.keyOf(src),
      `(${position.sid}`,
      info.lastId,
      'COUNT',
      limit,
    )) as [string, string[]][];
    const entries = raw.map(([sid, fields], i) => ({
      src,
      sid,
      sn: position.sn + i + 1,
      fields: new Map(pairsOf(fields)),
    }));
    return settled(src, { position, info, entries, isDrained: raw.length < limit });
  }

  /** The fields of exactly these entries; one that is gone is left out. Throws Fault. */
  async readAgain(src: string, ids: readonly string[]): Promise<Map<string, ReadonlyMap<string, string>>> {
    const [first, last] = [ids[0], ids.at(-1)];
    if (first === undefined || last === undefined) return new Map();
    const raw = (await this.#port.command('XRANGE', this.keyOf(src), first, last)) as [string, string[]][];
    return new Map(raw.map(([sid, fields]) => [sid, new Map(pairsOf(fields))]));
  }

  /** Drops entries that are sealed and older than `before`, epoch ms. Answers how many went. Throws Fault. */
  async trim(src: string, sealed: Position, before: number): Promise<number> {
    const cut = Math.min(Number(sealed.sid.split('-')[0]), before);
    if (cut <= 0) return 0;
    return Number(await this.#port.command('XTRIM', this.keyOf(src), 'MINID', `${cut}-0`));
  }

  /** A board whose day is long over and whose entries are all sealed and trimmed is asked no more. */
  async retire(src: string, sealed: Position): Promise<boolean> {
    const info = await this.#info(src);
    if (src === securitySource || !info || info.length > 0 || info.lastId !== sealed.sid) return false;
    await this.#port.command('ZREM', auditKeys(this.#log).boards, src.slice('board:'.length));
    return true;
  }

  async #info(src: string): Promise<StreamInfo | null> {
    const key = this.keyOf(src);
    if (Number(await this.#port.command('EXISTS', key)) === 0) return null;
    const flat = (await this.#port.command('XINFO', 'STREAM', key)) as string[];
    const info = new Map(pairsOf(flat));
    return {
      added: Number(info.get('entries-added')),
      lastId: String(info.get('last-generated-id')),
      length: Number(info.get('length')),
    };
  }

  /** Boards that were written before they were registered when opened: looked for once. */
  async #sweep(): Promise<void> {
    const clinic = clinicOf(this.#log);
    if (clinic === null || this.#port.mode === 'cluster') return;
    const known = auditKeys(this.#log).boards;
    let cursor = '0';
    do {
      const answer = await this.#port.command('SCAN', cursor, 'MATCH', `{b:${clinic}:*}:aud`, 'COUNT', 1_000);
      const [next, keys] = answer as [string, string[]];
      cursor = next;
      for (const key of keys) {
        const [, y, m, d] = /:(\d{4})(\d{2})(\d{2})\}:aud$/.exec(key) ?? [];
        if (d !== undefined) await this.#port.command('ZADD', known, 'NX', 0, `${y}-${m}-${d}`);
      }
    } while (cursor !== '0');
  }
}

/** A stream that was sealed in part is gone: what it held since nobody can know. Told once. */
function vanished(src: string, position: Position): Fresh | null {
  if (position.added < 0) return null;
  const gaps = [{ src, why: 'stream_count', count: 0 }];
  return { src, entries: [], position: { ...position, added: -1 }, gaps };
}

type Reading = { position: Position; info: StreamInfo; entries: RawEntry[]; isDrained: boolean };

/** Redis counts every entry a stream ever got: what was added and is neither sealed nor here was taken away. */
function settled(src: string, { position, info, entries, isDrained }: Reading): Fresh {
  const gaps: Gap[] = [];
  const sid = isDrained ? info.lastId : (entries.at(-1)?.sid ?? position.sid);
  const known = position.added + entries.length;
  if (info.added < known) gaps.push({ src, why: 'stream_rewound', count: known - info.added });
  else if (isDrained && info.added > known)
    gaps.push({ src, why: 'stream_count', count: info.added - known });
  const added = isDrained || gaps.length > 0 ? info.added : known;
  return { src, entries, position: { sid, sn: position.sn + entries.length, added }, gaps };
}
