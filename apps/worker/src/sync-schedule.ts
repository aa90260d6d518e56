/**
 * One pull of a clinic day from the EHR (design: snapshot, dedupe, difference, two-absence deletes).
 * Cards come first, from the list answer alone; the patients' details follow at the EHR's pace in a job of
 * their own. Only a complete answer is used, and only real changes become commands.
 */
import type { ClinicSettings, Command, ScheduleSyncJob, Sync, Visit } from '@workflow-bolt/contracts';
import { commandBatchMax } from '@workflow-bolt/contracts';
import { needsOpening, openDayCommand } from '@workflow-bolt/domain';
import {
  type ClinicDaySchedule,
  describeFailure,
  type EhrAppointment,
  type EhrFailure,
  type EhrPort,
  type EhrProvider,
  quarantineCounts,
  readClinicDay,
} from '@workflow-bolt/ehr';
import { type BoardPort, type JobBoard, readJobBoard } from './board-port.ts';
import { bookedProviders, listedProviders, type NamedProvider, withProviders } from './board-providers.ts';
import { diffSchedule } from './schedule-commands.ts';
import { isOfEhr } from './visit-identity.ts';

export type SyncDependencies = {
  board: BoardPort;
  ehr: EhrPort;
  settings: ClinicSettings;
  /** Epoch ms. */
  now: () => number;
  /** Read at most once a day per process. */
  providers: () => Promise<readonly EhrProvider[]>;
  /** Visits for which write-back may have made an appointment that the board does not show; nobody's when absent. */
  beingMade?: () => Promise<ReadonlySet<string>>;
  signal?: AbortSignal;
};

export type SyncRequest = { jobId: string; trigger: ScheduleSyncJob['trigger'] };

export type SyncResult =
  | { ok: true; changed: number; unchanged: number; detailsMissing: number }
  | { ok: false; code: string; message: string };

const neverSynced: Omit<Sync, 'type'> = {
  jobId: null,
  phase: 'never',
  startedAt: null,
  finishedAt: null,
  lastGoodAt: null,
  cards: 0,
  detailsDone: 0,
  detailsTotal: 0,
  quarantined: [],
  failure: null,
};

/** Sends commands in batches; returns how many took effect. Throws Fault when the store is away. */
async function submitAll(board: BoardPort, commands: readonly Command[]): Promise<number> {
  let applied = 0;
  for (let i = 0; i < commands.length; i += commandBatchMax) {
    const outcomes = await board.submit(commands.slice(i, i + commandBatchMax));
    applied += outcomes.filter((o) => o.outcome === 'applied').length;
  }
  return applied;
}

async function report(board: BoardPort, known: JobBoard, patch: Partial<Omit<Sync, 'type'>>): Promise<void> {
  const { type: _, ...present } = known.sync ?? { type: 'sync' as const, ...neverSynced };
  const sync = { ...present, ...patch };
  known.sync = { type: 'sync', ...sync };
  await board.submit([{ type: 'reportSync', sync }]);
}

/** A drop to nothing, or by more than half, is more often a fault of the answer than an empty clinic. */
export function isSuspect(rows: number, visits: readonly Visit[]): boolean {
  const known = visits.filter((v) => isOfEhr(v) && !v.external?.isRemoved).length;
  return known >= 4 && rows < known / 2;
}

async function readSchedule(deps: SyncDependencies, visits: readonly Visit[]) {
  const { ehr, settings, board, signal } = deps;
  const question = {
    practiceName: settings.ehr?.practiceName ?? '',
    zone: settings.zone,
    date: board.date,
    ...(settings.ehr?.serviceLocationName ? { serviceLocationName: settings.ehr.serviceLocationName } : {}),
  };
  const first = await readClinicDay(ehr, question, signal);
  if (!first.ok || !isSuspect(first.value.appointments.length, visits))
    return { result: first, isDoubtful: false };
  const second = await readClinicDay(ehr, question, signal);
  const isDoubtful = second.ok && isSuspect(second.value.appointments.length, visits);
  return { result: second, isDoubtful };
}

/** Opens the day, or adds providers that the EHR has and the board lacks. */
async function openDay(
  { board, settings }: SyncDependencies,
  providers: readonly NamedProvider[],
  known: JobBoard,
): Promise<void> {
  const command = openDayCommand(settings, withProviders(known.day?.providers ?? [], providers));
  if (needsOpening(known.day, command)) await board.submit([command]);
}

type Taken = { changed: number; unchanged: number; absent: readonly Visit[]; beingMade: number };

/** Makes the board say what the rows say, but for rows that are absent. */
async function takeRows(
  deps: SyncDependencies,
  rows: readonly EhrAppointment[],
  providers: readonly NamedProvider[],
): Promise<Taken> {
  const { board } = deps;
  await openDay(deps, providers, await readJobBoard(board));
  // Before the board: what is not being made any more is on the board by then.
  const beingMade = await deps.beingMade?.();
  const known = await readJobBoard(board);
  if (!known.day) throw new Error('the day could not be opened');
  const diff = diffSchedule(rows, {
    system: deps.settings.ehr?.system ?? 'tebra',
    ...known,
    day: known.day,
    beingMade,
    opaqueId: await deps.board.idMaker?.(),
  });
  const changed = await submitAll(board, diff.commands);
  const unchanged = rows.length - diff.commands.length;
  return { changed, unchanged, absent: diff.absent, beingMade: diff.beingMade };
}

/** Takes the rows at once, with the providers they name, and again should the list of providers come later. */
async function takeProgressively(
  deps: SyncDependencies,
  rows: readonly EhrAppointment[],
  listing: Promise<readonly EhrProvider[]>,
): Promise<Taken> {
  const listed = await Promise.race([listing, Promise.resolve(null)]);
  if (listed) return takeRows(deps, rows, listedProviders(listed));
  const first = await takeRows(deps, rows, bookedProviders(rows));
  const second = await takeRows(deps, rows, listedProviders(await listing));
  return { ...second, changed: first.changed + second.changed, unchanged: first.unchanged };
}

/** What to say of an absent row: noted once, and after a second absence the EHR is asked by id. */
async function absenceCommand(ehr: EhrPort, visit: Visit, signal?: AbortSignal): Promise<Command | null> {
  const note = { type: 'noteAbsence', visitId: visit.id } as const;
  if (visit.external?.absences === 0) return { ...note, isConfirmed: false };
  const found = await ehr.appointment(visit.external?.appointmentId ?? '', signal);
  if (!found.ok) return null;
  const isGone = found.value === null || found.value.isDeleted === true;
  const start = found.value?.start;
  // A walk-in has no booked start, so its appointment cannot have been moved away from one.
  const isMoved = visit.startAt !== null && start?.kind === 'instant' && start.at !== visit.startAt;
  return isGone || isMoved ? { ...note, isConfirmed: true } : null;
}

async function absenceCommands(
  ehr: EhrPort,
  absent: readonly Visit[],
  signal?: AbortSignal,
): Promise<Command[]> {
  const commands: Command[] = [];
  for (const visit of absent) {
    const command = await absenceCommand(ehr, visit, signal);
    if (command) commands.push(command);
  }
  return commands;
}

function quarantineList(schedule: ClinicDaySchedule, beingMade: number): Sync['quarantined'] {
  const unread = Object.entries(quarantineCounts(schedule.quarantined));
  const asked: [string, number][] = beingMade > 0 ? [['being-written', beingMade]] : [];
  return [...unread, ...asked].map(([reason, count]) => ({ reason, count }));
}

async function reportFailure(
  deps: SyncDependencies,
  known: JobBoard,
  request: SyncRequest,
  failure: EhrFailure,
) {
  const told = { code: failure.kind, message: describeFailure(failure).slice(0, 300) };
  const isNews = known.sync?.phase !== 'failed' || known.sync.failure?.code !== told.code;
  if (isNews || request.trigger === 'manual') {
    await report(deps.board, known, {
      jobId: request.jobId,
      phase: 'failed',
      finishedAt: deps.now(),
      failure: told,
    });
  }
  return { ok: false, ...told } as const;
}

/**
 * Pulls the board's day once. Never throws for what the EHR does; throws Fault when the store is away.
 * A pull by timer that changes nothing says nothing, so that an unchanged day appends no event.
 */
export async function syncSchedule(deps: SyncDependencies, request: SyncRequest): Promise<SyncResult> {
  const { board, ehr, now, signal } = deps;
  const startedAt = now();
  const before = await readJobBoard(board);
  // A worker that died left its announcement behind: whoever reads next tells its end.
  const isUnfinished = before.sync?.phase === 'queued' || before.sync?.phase === 'listing';
  const isLoud = request.trigger === 'manual' || before.sync === null || isUnfinished;
  if (isLoud)
    await report(board, before, {
      jobId: request.jobId,
      phase: 'listing',
      startedAt,
      finishedAt: null,
      failure: null,
    });
  // Both at once, and neither waits for the other: cards are on screen as soon as the schedule is here.
  const listing = deps.providers();
  const { result, isDoubtful } = await readSchedule(deps, before.visits);
  if (!result.ok) return reportFailure(deps, before, request, result.failure);
  const taken = await takeProgressively(deps, result.value.appointments, listing);
  const absences = isDoubtful ? [] : await absenceCommands(ehr, taken.absent, signal);
  const changed = taken.changed + (await submitAll(board, absences));
  const after = await readJobBoard(board);
  const detailsMissing = [...after.persons.values()].filter((p) => p.isPartial).length;
  const quarantined = quarantineList(result.value, taken.beingMade);
  const isNews =
    changed > 0 || after.sync?.phase === 'failed' || !sameList(after.sync?.quarantined ?? [], quarantined);
  if (isLoud || isNews || isDoubtful) {
    const people = after.visits.filter((v) => isOfEhr(v)).length;
    await report(board, after, {
      jobId: request.jobId,
      phase: detailsMissing > 0 ? 'details' : 'done',
      startedAt,
      finishedAt: detailsMissing > 0 ? null : now(),
      lastGoodAt: isDoubtful ? (after.sync?.lastGoodAt ?? null) : now(),
      cards: result.value.appointments.length,
      detailsDone: people - detailsMissing,
      detailsTotal: people,
      quarantined,
      failure: isDoubtful
        ? {
            code: 'suspect-answer',
            message: 'The EHR suddenly lists less than half of the day. Nothing was removed.',
          }
        : null,
    });
  }
  return {
    ok: true,
    changed,
    unchanged: taken.unchanged,
    detailsMissing,
  };
}

function sameList(a: Sync['quarantined'], b: Sync['quarantined']): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
