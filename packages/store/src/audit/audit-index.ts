/**
 * "Who opened this patient's record": kept beside the log, made from it, and thrown away and made again at will.
 * Whole boards are noted once for each reader, not once for each patient on them.
 */
import type { AuditEvent, OpenedRow } from '@workflow-bolt/contracts';
import type { RedisPort } from '../redis-port.ts';
import { type AuditKeys, type AuditLogId, auditKeys, isPatientKey } from './audit-keys.ts';
import { pairsOf } from './seal-state.ts';

/** A year and a little: what is older is found by searching the archive. */
const lifeMs = 400 * 86_400_000;

/** Keys and members remembered, some ten megabytes; then they are written once more. */
const rememberedMax = 100_000;

/** Boards asked for at a time: a year of them at once would keep Redis from everybody else. */
const boardsAtOnce = 40;

type How = OpenedRow['how'];
type Note = { key: string; member: string; ts: number };

/** A board's day is in its source; other events happened on the day they are dated. */
function dateOf({ src, ts }: AuditEvent): string {
  return src.startsWith('board:') ? src.slice('board:'.length) : new Date(ts).toISOString().slice(0, 10);
}

function howOf({ act, out }: AuditEvent): How {
  if (out !== 0) return 'refused';
  return act === 'R' || act === 'E' ? 'record' : 'change';
}

/** A stream goes on showing who comes later; a single answer does not. */
function boardReader({ agent, job }: AuditEvent): string {
  const how = job?.includes('stream') ? 'stream' : 'once';
  return `${how} ${agent.uid} ${agent.role ?? '-'}`;
}

export class AuditIndex {
  readonly #port: RedisPort;
  readonly #keys: AuditKeys;
  readonly #written = new Set<string>();

  constructor(port: RedisPort, log: AuditLogId) {
    this.#port = port;
    this.#keys = auditKeys(log);
  }

  /** Takes sealed events in; taking them twice changes nothing. Throws Fault. */
  async add(events: readonly AuditEvent[]): Promise<void> {
    const firsts = new Map<string, Map<string, number>>();
    const lasts = new Map<string, Map<string, number>>();
    for (const event of events) {
      for (const { key, member, ts } of this.#notesOf(event)) {
        const last = rowOf(lasts, key);
        // Entries come in order of time: the first one seen is the first one there is.
        if (!last.has(member) && this.#remember(`${key} ${member}`))
          rowOf(firsts, `${key}:f`).set(member, ts);
        last.set(member, Math.max(ts, last.get(member) ?? ts));
      }
    }
    await Promise.all([...this.#writes(firsts, 'LT'), ...this.#writes(lasts, 'GT')]);
  }

  /** Everyone who had this patient's record before them, between two moments. Throws Fault. */
  async openedBy(patient: string, from: number, to: number): Promise<OpenedRow[]> {
    const key = this.#keys.openedBy(patient);
    const [direct, dates] = await Promise.all([this.#rows(key), this.#scores(`${key}:d:f`)]);
    const boards: OpenedRow[] = [];
    const days = [...dates];
    for (let at = 0; at < days.length; at += boardsAtOnce) {
      const some = days.slice(at, at + boardsAtOnce);
      boards.push(...(await Promise.all(some.map((day) => this.#boardRows(day)))).flat());
    }
    const rows = [...direct.map(directRow), ...boards];
    return rows
      .map((row) => ({ ...row, role: row.role === '-' ? null : row.role }))
      .filter((row) => row.lastAt >= from && row.firstAt <= to)
      .sort((a, b) => a.firstAt - b.firstAt || a.uid.localeCompare(b.uid));
  }

  /** Days (YYYY-MM-DD) whose boards have shown this patient, as far as they are sealed. Throws Fault. */
  async daysOf(patient: string): Promise<string[]> {
    return isPatientKey(patient) ? [...(await this.#scores(`${this.#keys.openedBy(patient)}:d`)).keys()] : [];
  }

  /** Who had a board before them on which the patient stood since then. */
  async #boardRows([date, since]: [string, number]): Promise<OpenedRow[]> {
    const rows = await this.#rows(this.#keys.boardReaders(date));
    return rows.flatMap(({ member, firstAt, lastAt }) => {
      const [how, uid = '', role = '-'] = member.split(' ');
      // Whoever looked once before the patient was on the board has not seen them.
      if (how === 'once' && lastAt < since) return [];
      const seen = { firstAt: Math.max(firstAt, since), lastAt: Math.max(lastAt, since) };
      return [{ uid, role, how: 'board' as const, date, ...seen }];
    });
  }

  #notesOf(event: AuditEvent): Note[] {
    const { ts, ent = [], agent, act, src, out } = event;
    // What is no patient's key stays in the log and gets no place here.
    const pat = (event.pat ?? []).filter(isPatientKey);
    const date = dateOf(event);
    const isBoard = src.startsWith('board:');
    const isWholeBoard = isBoard && act === 'R' && out === 0 && ent.some(({ id }) => id === '*');
    const member = `${howOf(event)} ${agent.uid} ${agent.role ?? '-'} ${date}`;
    const notes = pat.map((patient) => ({ key: this.#keys.openedBy(patient), member, ts }));
    if (isWholeBoard) notes.push({ key: this.#keys.boardReaders(date), member: boardReader(event), ts });
    if (isBoard && out === 0) {
      for (const patient of pat) notes.push({ key: `${this.#keys.openedBy(patient)}:d`, member: date, ts });
    }
    return notes;
  }

  #writes(rows: ReadonlyMap<string, ReadonlyMap<string, number>>, mode: 'LT' | 'GT'): Promise<unknown>[] {
    return [...rows].flatMap(([key, members]) => {
      const added = [...members].flatMap(([member, ts]) => [ts, member]);
      const write = this.#port.command('ZADD', key, mode, ...added);
      return this.#remember(key) ? [write, this.#port.command('PEXPIRE', key, lifeMs)] : [write];
    });
  }

  /** True the first time: what this process has written lately need not be written again. */
  #remember(what: string): boolean {
    if (this.#written.has(what)) return false;
    if (this.#written.size >= rememberedMax) this.#written.clear();
    this.#written.add(what);
    return true;
  }

  async #scores(key: string): Promise<Map<string, number>> {
    const answer = (await this.#port.command('ZRANGE', key, 0, -1, 'WITHSCORES')) as (string | string[])[];
    // RESP3 sends pairs, RESP2 a flat list.
    return new Map(pairsOf(answer.flat()).map(([member, score]) => [member, Number(score)]));
  }

  async #rows(key: string): Promise<{ member: string; firstAt: number; lastAt: number }[]> {
    const [lasts, firsts] = await Promise.all([this.#scores(key), this.#scores(`${key}:f`)]);
    return [...lasts].map(([member, lastAt]) => ({ member, lastAt, firstAt: firsts.get(member) ?? lastAt }));
  }
}

function rowOf(rows: Map<string, Map<string, number>>, key: string): Map<string, number> {
  const known = rows.get(key);
  if (known) return known;
  const row = new Map<string, number>();
  rows.set(key, row);
  return row;
}

function directRow({ member, firstAt, lastAt }: { member: string; firstAt: number; lastAt: number }) {
  const [how = 'record', uid = '', role = '-', date = ''] = member.split(' ');
  return { uid, role, how: how as How, date, firstAt, lastAt };
}
