/** The search for patients over HTTP: counted, judged, carried out, kept on the record, and only then answered. */
import {
  type FoundVisit,
  type PatientIdentifier,
  type PatientSearchRequest,
  type Principal,
  patientSearchRequestSchema,
  type SecurityEvent,
} from '@workflow-bolt/contracts';
import { planSearch, rolesOfAction, type SearchPlan, searchableBy } from '@workflow-bolt/domain';
import type { SearchLimit } from '@workflow-bolt/store';
import { AccessDenied, agentOf, demand } from '../access/access-denied.ts';
import { mustTake } from '../accounts/throttle-answer.ts';
import type { BoardAccess } from '../boards/board-access.ts';
import type { Detection } from '../detection/detection.ts';
import { type Call, type Handler, mustPrincipal, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { type Found, type Lookout, lookForPatients, type Sighting } from './look-for-patients.ts';

export type PatientSearchParts = Lookout & {
  boards: Pick<BoardAccess, 'find' | 'presentDate'>;
  limit: Pick<SearchLimit, 'take'>;
  detection: Pick<Detection, 'found'>;
  /** Keeps an event before the answer. Throws Fault. */
  record: (event: SecurityEvent) => Promise<void>;
  /** Clock of sessions, epoch ms. */
  now: () => number;
};

const action = 'patient.search-days';
const route = 'POST /api/v1/clinics/{clinic}/patient-search';

function postPatientSearch(parts: PatientSearchParts): Handler {
  return async (call) => {
    const principal = mustPrincipal(call);
    const clinic = call.params.clinic ?? '';
    const request = parseInput(patientSearchRequestSchema, call.body, 'body');
    const today = parts.boards.presentDate(clinic);
    const isToday = request.in === 'days' && request.from === today && request.to === today;
    if (!isToday) demand(principal, action, { clinic }, parts.now());
    mustTake(await parts.limit.take(principal.uid));
    const plan = planOf(request, principal, { clinic, today });
    const sighting = await lookForPatients(parts, { clinic, request, plan, principal });
    await parts.record(searchEvent(call, { clinic, request, plan, sighting }));
    const { req } = call;
    await parts.detection.found({ req, session: mustSession(call), clinic, today }, sighting.found);
    return ok({ rows: sighting.found.map(shown), isCut: sighting.isCut });
  };
}

type Where = { clinic: string; today: string };

function planOf(request: PatientSearchRequest, principal: Principal, { clinic, today }: Where): SearchPlan {
  const verdict = planSearch(request, principal.roles, today);
  if (verdict.ok) return verdict.plan;
  if ('needed' in verdict) throw new ProblemError('search_too_wide', { needed: verdict.needed });
  throw unseenDenial(verdict.unseen, principal, clinic);
}

/** Nobody searches by what they do not see: the answers would tell it. On the record like every denial. */
function unseenDenial(identifier: PatientIdentifier, principal: Principal, clinic: string): AccessDenied {
  const required = rolesOfAction(action).filter((role) => searchableBy([role]).includes(identifier));
  return new AccessDenied(
    { allowed: false, code: 'permission_denied', why: 'DENY_ROLE', details: { required } },
    { principal, action, resource: { clinic } },
  );
}

type Told = { clinic: string; request: PatientSearchRequest; plan: SearchPlan; sighting: Sighting };

/** Who searched by which kind of thing, and whom they were shown: opaque ids, never what was typed. */
function searchEvent(call: Call, { clinic, request, plan, sighting }: Told): SecurityEvent {
  const principal = mustPrincipal(call);
  const { found } = sighting;
  const isInEmergency = found.some((each) => isOpened(principal, clinic, each));
  return {
    ...{ cid: clinic, type: 'rest', sub: 'search', act: 'E', out: 0, agent: agentOf(principal) },
    ...(isInEmergency ? { pou: 'BTG' as const } : {}),
    pat: [...new Set(found.map(({ patient }) => patient))],
    ent: [
      { t: 'PatientSearch', id: request.in, fields: plan.identifiers, n: found.length },
      ...found.map(({ date, visitId }) => ({ t: 'Visit', id: `${date}/${visitId}` })),
    ],
    ...{ rid: call.requestId, route },
  };
}

const isOpened = ({ openGlass }: Principal, clinic: string, { date, visitId }: FoundVisit): boolean =>
  openGlass.some((each) => each.clinic === clinic && each.date === date && each.visitId === visitId);

const shown = ({ patient: _, patientKey: _key, ...row }: Found): FoundVisit => row;

/** The handler of the search, by its route. */
export const patientSearchHandlers = (parts: PatientSearchParts) => ({
  postPatientSearch: postPatientSearch(parts),
});
