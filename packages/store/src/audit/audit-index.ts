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
        const [first, last] = [rowOf(firsts, `${key}:f`), rowOf(lasts, key)];
        first.set(member, Math.min(ts, first.get(member) ?? ts));
        last.set(member, Math.max(ts, last.get(member) ?? ts));
      }
    }
    await Promise.all([...this.#writes(firsts, 'LT'), ...this.#writes(lasts, 'GT')]);
  }

  /** Everyone who had this patient's record before them, between two moments. Throws Fault. */
  async openedBy(patient: string, from: number, to: number): Promise<OpenedRow[]> {
    const key = this.#keys.openedBy(patient);
    const [direct, dates] = await Promise.all([this.#rows(key), this.#scores(`${key}:d:f`)]);
    const boards = await Promise.all(
      [...dates].map(async ([date, since]) =>
        (await this.#rows(this.#keys.boardReaders(date))).flatMap(({ member, firstAt, lastAt }) => {
          const [how, uid = '', role = '-'] = member.split(' ');
          // Whoever looked once before the patient was on the board has not seen them.
          if (how === 'once' && lastAt < since) return [];
          return [
            {
              uid,
              role,
              how: 'board' as const,
              date,
              firstAt: Math.max(firstAt, since),
              lastAt: Math.max(lastAt, since),
            },
          ];
        }),
      ),
    );
    const rows = [...direct.map(directRow), ...boards.flat()];
    return rows
      .map((row) => ({ ...row, role: row.role === '-' ? null : row.role }))
      .filter((row) => row.lastAt >= from && row.firstAt <= to)
      .sort((a, b) => a.firstAt - b.firstAt || a.uid.localeCompare(b.uid));
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
    return [...rows].flatMap(([key, members]) => [
      this.#port.command('ZADD', key, mode, ...[...members].flatMap(([member, ts]) => [ts, member])),
      this.#port.command('PEXPIRE', key, lifeMs),
    ]);
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
