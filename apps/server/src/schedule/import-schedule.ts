import { createHash, randomUUID } from 'node:crypto';
import type {
  Actor,
  CommandEnvelope,
  CommandOf,
  CommandOutcome,
  Day,
  Entity,
  Visit,
} from '@workflow-bolt/contracts';
import { Fault } from '@workflow-bolt/contracts';
import type { AuditMark, BoardHost } from '@workflow-bolt/store';
import { actorOf } from '../boards/board-access.ts';
import { markOf } from '../boards/read-audit.ts';
import { type Call, mustSession } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { Session } from '../session/session.ts';
import { type ImportedRow, type ImportWarning, readRow } from './import-row.ts';
import { type ImportError, type RawRow, refuseImport } from './read-import.ts';

export type ImportResult = { created: number; updated: number; unchanged: number; warnings: ImportWarning[] };
type Row = CommandOf<'applyScheduleRow'>;
type Planned = { line: number; command: Row; isNew: boolean };

/** Rows read in one turn of the event loop, so that a large file holds up nobody. */
const rowsPerTurn = 250;
/** Commands sent together. */
const batchSize = 50;
/** Tries when the store holds a batch back, and the pause between them. */
const holdsMax = 5;
const holdMs = 300;
const warningsMax = 1_000;

/** Reads, checks and plans everything before the first write; then writes row by row, repeatably. */
export async function importSchedule(
  host: BoardHost,
  call: Call,
  raws: readonly RawRow[],
): Promise<ImportResult> {
  const session = mustSession(call);
  const day = mustDay(host);
  const { rows, warnings } = await readRows(raws, day);
  const plan = planImport(host, day, rows, warnings);
  refuseImport(plan.commands.flatMap((planned) => refusalOf(host, session, planned)));
  const outcomes = await sendAll(
    host,
    { actor: actorOf(session), mark: markOf(call, false) },
    plan.commands.map(({ command }) => command),
  );
  const done = countOutcomes(plan.commands, outcomes, warnings);
  return { ...done, unchanged: done.unchanged + plan.unchanged, warnings: warnings.slice(0, warningsMax) };
}

function mustDay(host: BoardHost): Day {
  const day = host.state.get('day')?.d;
  if (day?.type !== 'day') throw new ProblemError('board_not_found');
  return day;
}

async function readRows(raws: readonly RawRow[], day: Day) {
  const rows: ImportedRow[] = [];
  const errors: ImportError[] = [];
  const warnings: ImportWarning[] = [];
  for (const [i, raw] of raws.entries()) {
    if (i % rowsPerTurn === rowsPerTurn - 1) await new Promise((resolve) => setImmediate(resolve));
    const reading = readRow(raw, day);
    errors.push(...reading.errors);
    warnings.push(...reading.warnings);
    if (reading.row) rows.push(reading.row);
  }
  errors.push(...repeatedRows(rows));
  if (rows.length === 0 && errors.length === 0) {
    errors.push({ line: 0, path: 'file', message: `No row is for ${day.date}.` });
  }
  refuseImport(errors);
  return { rows, warnings };
}

const hash = (text: string): string =>
  BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 32)}`).toString(36);
const plainName = (name: string): string => name.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();

/** The same for every appointment of one patient; reveals nothing. */
const personText = ({ fullName, dob }: Pick<ImportedRow, 'fullName' | 'dob'>): string =>
  `${plainName(fullName)}|${dob ?? ''}`;
/** The same for one appointment in every file that holds it: by its id, else by who and when. */
const rowText = (row: ImportedRow): string =>
  row.id === null ? `${personText(row)}|${row.startAt}` : `id|${row.id}`;

function repeatedRows(rows: readonly ImportedRow[]): ImportError[] {
  const first = new Map<string, number>();
  return rows.flatMap((row): ImportError[] => {
    const key = rowText(row);
    const line = first.get(key);
    if (line === undefined) {
      first.set(key, row.line);
      return [];
    }
    return [{ line: row.line, path: 'row', message: `It is the same appointment as line ${line}.` }];
  });
}

type Known = { imported: Map<string, Visit>; byPerson: Map<string, Visit[]>; fromEhr: Set<string> };

/** What the board already has, by the keys that rows are matched with. */
function knownVisits(entries: Iterable<[string, { d: Entity }]>): Known {
  const visits: Visit[] = [];
  const people = new Map<string, string>();
  for (const [, { d }] of entries) {
    if (d.type === 'visit') visits.push(d);
    if (d.type === 'person') people.set(d.visitId, plainName(d.fullName));
  }
  const known: Known = { imported: new Map(), byPerson: new Map(), fromEhr: new Set() };
  for (const visit of visits) {
    if (visit.external?.system === 'import') {
      known.imported.set(visit.external.key, visit);
      const own = known.byPerson.get(visit.patientKey ?? '') ?? [];
      known.byPerson.set(visit.patientKey ?? '', [...own, visit]);
    } else known.fromEhr.add(`${people.get(visit.id)}|${visit.startAt}`);
  }
  return known;
}

/**
 * Pairs rows with visits: first by the row's key; then a person's only other imported visit that no row of this
 * file names is the same visit moved to another time. A visit that came from the EHR is the EHR's to change.
 */
function planImport(host: BoardHost, day: Day, rows: readonly ImportedRow[], warnings: ImportWarning[]) {
  const known = knownVisits(host.state.entries());
  const keys = new Map(rows.map((row) => [row, hash(`${day.clinic}|${day.date}|${rowText(row)}`)]));
  const named = new Set([...keys.values()]);
  const used = new Set<string>();
  const commands: Planned[] = [];
  let unchanged = 0;
  for (const row of rows) {
    const key = keys.get(row) ?? '';
    const patientKey = `i${hash(`${day.clinic}|${personText(row)}`)}`;
    if (known.fromEhr.has(`${plainName(row.fullName)}|${row.startAt}`)) {
      warnings.push({ line: row.line, message: 'Left as it is: this visit is already on the board.' });
      unchanged += 1;
      continue;
    }
    const moved = (known.byPerson.get(patientKey) ?? []).filter(
      (visit) => !named.has(visit.external?.key ?? '') && !used.has(visit.id),
    );
    const visit = known.imported.get(key) ?? (moved.length === 1 ? moved[0] : undefined);
    if (visit) used.add(visit.id);
    const command = commandOf(row, {
      key,
      patientKey,
      visitId: visit?.id ?? `i${host.opaqueId(key) ?? key}`,
    });
    if (visit?.external?.fingerprint === command.fingerprint && visit.external.key === key) unchanged += 1;
    else commands.push({ line: row.line, command, isNew: !visit });
  }
  return { commands, unchanged };
}

function commandOf(row: ImportedRow, ids: { key: string; patientKey: string; visitId: string }): Row {
  const { line: _line, id: _id, ...facts } = row;
  return {
    type: 'applyScheduleRow',
    ...ids,
    system: 'import',
    appointmentId: null,
    patientId: null,
    fingerprint: createHash('sha256').update(JSON.stringify(facts)).digest('hex'),
    locationName: null,
    ...facts,
  };
}

/** What the rules say to a row, before anything is written. */
function refusalOf(host: BoardHost, session: Session, { line, command }: Planned): ImportError[] {
  const decision = host.preview(command, actorOf(session), 'import');
  if (decision.ok || decision.refusal.code === 'nothing_to_change') return [];
  if (decision.refusal.code === 'board_closed' || decision.refusal.code === 'day_closing') {
    throw new ProblemError(decision.refusal.code);
  }
  if (decision.refusal.code === 'permission_denied') throw new ProblemError('permission_denied');
  return [{ line, path: 'row', message: `The board refuses it: ${decision.refusal.code}.` }];
}

async function sendAll(
  host: BoardHost,
  { actor, mark }: { actor: Actor; mark: AuditMark },
  commands: readonly Row[],
): Promise<CommandOutcome[]> {
  const clientId = `import-${randomUUID()}`;
  const envelopes: CommandEnvelope[] = commands.map((command, i) => ({ clientId, n: i + 1, command }));
  const outcomes: CommandOutcome[] = [];
  for (let holds = 0; outcomes.length < envelopes.length; ) {
    const batch = envelopes.slice(outcomes.length, outcomes.length + batchSize);
    const answers = await host.submitMany(batch, actor, 'import', { mark });
    const held = answers.find((answer) => answer.outcome === 'hold');
    outcomes.push(...answers.filter((answer) => answer.outcome !== 'hold'));
    if (!held) continue;
    // What is written stays written; the same file sent again does the rest and repeats nothing.
    if (++holds > holdsMax) throw new Fault(held.code);
    await new Promise((resolve) => setTimeout(resolve, holdMs * holds));
  }
  return outcomes;
}

function countOutcomes(
  planned: readonly Planned[],
  outcomes: readonly CommandOutcome[],
  warnings: ImportWarning[],
) {
  const counts = { created: 0, updated: 0, unchanged: 0 };
  for (const [i, outcome] of outcomes.entries()) {
    const { line = 0, isNew = false } = planned[i] ?? {};
    const isApplied =
      outcome.outcome === 'applied' || (outcome.outcome === 'duplicate' && outcome.code === null);
    if (isApplied) counts[isNew ? 'created' : 'updated'] += 1;
    else {
      counts.unchanged += 1;
      const code = 'code' in outcome ? outcome.code : null;
      if (code !== 'nothing_to_change')
        warnings.push({ line, message: `The board changed meanwhile and refused it: ${code}.` });
    }
  }
  return counts;
}
