/** Looks into the boards of a clinic for whoever was meant, as the reader sees each board. */
import {
  Fault,
  type FoundVisit,
  type PatientSearchRequest,
  type Principal,
  searchRowsMax,
} from '@workflow-bolt/contracts';
import type { Patient, SearchPlan } from '@workflow-bolt/domain';
import {
  type BoardHost,
  type Candidates,
  keptDates,
  type PatientIndex,
  type RedisPort,
} from '@workflow-bolt/store';
import type { BoardSight } from '../access/board-sight.ts';
import type { BoardAccess } from '../boards/board-access.ts';
import { ProblemError } from '../http/problem-answer.ts';

/** Days opened for one search. What shares a tag by chance is spread over few; the newest come first. */
const daysMax = 40;

export type Lookout = {
  boards: Pick<BoardAccess, 'find'>;
  sight: BoardSight;
  index: Pick<PatientIndex, 'candidates'>;
  port: RedisPort;
};
export type Asked = {
  clinic: string;
  request: PatientSearchRequest;
  plan: SearchPlan;
  principal: Principal;
};
/** `visitIds` null where everybody of the day is looked at. */
type Day = { date: string; visitIds: readonly string[] | null };
/** A visit as the reader sees it, and what the record knows its patient by. */
export type Found = FoundVisit & { patient: string; patientKey: string | null };
export type Sighting = { found: Found[]; isCut: boolean };

/** Newest day first, at most `searchRowsMax`. Throws Fault. */
export async function lookForPatients(lookout: Lookout, asked: Asked): Promise<Sighting> {
  const days = await daysToLookAt(lookout, asked);
  const found: Found[] = [];
  let isUnread = false;
  for (const day of days.slice(0, daysMax)) {
    if (found.length > searchRowsMax) break;
    const host = await boardOf(lookout, asked.clinic, day.date);
    if (host === 'unread') isUnread = true;
    else if (host) found.push(...onBoard(lookout, host, day, asked));
  }
  return {
    found: found.slice(0, searchRowsMax),
    isCut: isUnread || found.length > searchRowsMax || days.length > daysMax,
  };
}

async function daysToLookAt({ index, port }: Lookout, { clinic, request, plan }: Asked): Promise<Day[]> {
  if (request.in === 'all') return (await index.candidates(clinic, plan.lookups)) satisfies Candidates[];
  const kept = await keptDates(port, clinic, request);
  return kept
    .filter(({ isPurged }) => !isPurged)
    .map(({ date }) => ({ date, visitIds: null }))
    .reverse();
}

/** Trouble of one day, which keeps nobody from being found on the others; the answer says that it is not whole. */
const ofOneDay: readonly string[] = ['archive_broken', 'archive_unavailable', 'phi_unreadable'];

/** Null for a day that was deleted since it was listed. */
async function boardOf(
  { boards }: Lookout,
  clinic: string,
  date: string,
): Promise<BoardHost | 'unread' | null> {
  try {
    return await boards.find({ clinic, date });
  } catch (error) {
    const isAway =
      (error instanceof Fault && error.code === 'board_purged') ||
      (error instanceof ProblemError && error.code === 'board_not_found');
    if (isAway) return null;
    if (error instanceof Fault && ofOneDay.includes(error.code)) return 'unread';
    throw error;
  }
}

function onBoard({ sight }: Lookout, host: BoardHost, day: Day, { plan, principal }: Asked): Found[] {
  const projection = sight.of(host, principal);
  const found: Found[] = [];
  for (const visitId of day.visitIds ?? visitsOf(host)) {
    const [visit, person] = [host.state.get(`v:${visitId}`)?.d, host.state.get(`p:${visitId}`)?.d];
    const seenVisit = visit && projection.see(`v:${visitId}`, visit);
    const seenPerson = person && projection.see(`p:${visitId}`, person);
    if (seenVisit?.type !== 'visit' || seenPerson?.type !== 'person') continue;
    const patient = { visit: seenVisit, person: seenPerson };
    if (plan.isMeant(patient)) found.push(rowOf(day.date, patient, visit));
  }
  return found.sort((a, b) => (a.startAt ?? 0) - (b.startAt ?? 0) || a.visitId.localeCompare(b.visitId));
}

function* visitsOf(host: BoardHost): Generator<string> {
  for (const [, { d }] of host.state.entries()) if (d.type === 'visit') yield d.id;
}

function rowOf(date: string, { visit, person }: Patient, whole: unknown): Found {
  const { fullName, dob, ageBand } = person;
  const { patientKey } = whole as Patient['visit'];
  return {
    ...{ date, visitId: visit.id, fullName, dob, ...(ageBand === undefined ? {} : { ageBand }) },
    ...{ status: visit.status, startAt: visit.startAt, patient: patientKey ?? `visit:${visit.id}` },
    patientKey,
  };
}
