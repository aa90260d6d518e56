import { dayTrace, generateDay } from '@workflow-bolt/testkit/generate';
import { z } from 'zod';
import {
  type AssertionResult,
  assertCount,
  assertMinGap,
  assertNoBlindRepeat,
  assertNoEffect,
  assertNothingDropped,
  assertOutcome,
  assertSilentBetween,
  assertStopsAfterAuthFailure,
} from '../assertions.ts';
import { defaultConfig, patchConfig } from '../config.ts';
import { resetState, type SimulatorState } from '../state.ts';
import type { AppointmentRecord } from '../world/world.ts';
import { actionSchema } from './action-schema.ts';
import { applyAction } from './actions.ts';
import type { ScenarioPlayer } from './scenario.ts';

/** One request to the control plane, as a route sees it. */
interface Visit {
  state: SimulatorState;
  scenario: ScenarioPlayer;
  url: URL;
  /** The number at the end of the path, where there is one. */
  id: number;
  body: unknown;
}

type Route = (visit: Visit) => unknown;

/** An appointment as the control plane shows it. */
function controlView(record: AppointmentRecord): Record<string, unknown> {
  return {
    id: record.id,
    key: record.key,
    patientId: record.patientId,
    type: record.type,
    status: record.status,
    startTime: new Date(record.startMs).toISOString(),
    endTime: new Date(record.endMs).toISOString(),
    providerId: record.providerId,
    resourceIds: record.resourceIds,
    locationId: record.locationId,
    caseId: record.caseId,
    deleted: record.deleted,
    updatedAt: new Date(record.updatedMs).toISOString(),
    updatedBy: record.updatedBy,
    oddities: record.oddities,
  };
}

const resetSchema = z.strictObject({
  seed: z.number().int().min(0).max(0xffffffff).optional(),
  profile: z.enum(['calm', 'busy', 'surge', 'pathological']).optional(),
  date: z.iso.date().optional(),
  zone: z.string().optional(),
  appointments: z.number().int().min(0).max(10_000).optional(),
  canary: z.boolean().optional(),
  config: z.record(z.string(), z.unknown()).optional(),
});

/** What can be asked, by method and path; a number at the end of a path is its `:id`. */
export const CONTROL_ROUTES: Readonly<Record<string, Route>> = {
  'GET /health': ({ state }) => ({ ok: true, now: new Date(state.clock.now()).toISOString() }),
  'GET /config': ({ state }) => state.config,
  'PATCH /config': (visit) => done(visit, { do: 'config', patch: visit.body }) && visit.state.config,
  'GET /faults': ({ state }) => state.config.network.rules,
  'POST /faults': (visit) =>
    done(visit, { do: 'fault', rule: visit.body }) && visit.state.config.network.rules,
  'DELETE /faults': (visit) => done(visit, { do: 'clear-faults' }),
  'GET /clock': ({ state }) => ({ now: new Date(state.clock.now()).toISOString() }),
  'POST /clock': (visit) => {
    done(visit, { do: 'clock', ...(visit.body as object) });
    return { now: new Date(visit.state.clock.now()).toISOString() };
  },
  'GET /appointments': ({ state }) => state.world.all().map(controlView),
  'POST /appointments': (visit) => changed(visit, { do: 'add', ...(visit.body as object) }),
  'PATCH /appointments/:id': (visit) => patchAppointment(visit),
  'DELETE /appointments/:id': (visit) =>
    changed(visit, { do: 'delete', id: visit.id, mode: visit.url.searchParams.get('mode') ?? 'flag' }),
  'PATCH /patients/:id': (visit) => done(visit, { do: 'patient', id: visit.id, ...(visit.body as object) }),
  'POST /actions': (visit) => allChanged(visit, Array.isArray(visit.body) ? visit.body : [visit.body]),
  'GET /scenario': ({ scenario }) => scenario.status(),
  'POST /scenario': ({ scenario, body }) => {
    scenario.start(body);
    return scenario.status();
  },
  'DELETE /scenario': ({ scenario }) => {
    scenario.stop();
    return { ok: true };
  },
  'GET /journal': ({ state, url }) => state.journal.list(url.searchParams.get('op') ?? undefined),
  'GET /journal/actions': ({ state }) => state.journal.actions(),
  'DELETE /journal': ({ state }) => {
    state.journal.clear();
    return { ok: true };
  },
  'GET /trace': ({ state }) => dayTrace(generateDay(state.day)),
  'GET /assert/min-gap': (visit) =>
    asserted(visit, (entries, number) => assertMinGap(entries, number('ms', 0))),
  'GET /assert/count': (visit) =>
    asserted(visit, (entries, number) =>
      assertCount(entries, number('min', 0), number('max', Number.MAX_SAFE_INTEGER)),
    ),
  'GET /assert/outcome': (visit) =>
    asserted(visit, (entries) => assertOutcome(entries, visit.url.searchParams.get('outcome') ?? 'ok')),
  'GET /assert/nothing-dropped': (visit) => asserted(visit, assertNothingDropped),
  'GET /assert/stops-after-auth-failure': (visit) =>
    asserted(visit, (entries, number) => assertStopsAfterAuthFailure(entries, number('ms', 60_000))),
  'GET /assert/no-effect': (visit) =>
    asserted(visit, (entries) => assertNoEffect(entries, visit.url.searchParams.get('effect') ?? '')),
  'GET /assert/no-blind-repeat': (visit) => asserted(visit, assertNoBlindRepeat),
  'GET /assert/silent-between': (visit) =>
    asserted(visit, (entries, number) => assertSilentBetween(entries, number('from', 0), number('to', 0))),
  'POST /reset': ({ state, scenario, body }) => {
    const { config, ...day } = resetSchema.parse(body);
    scenario.stop();
    resetState(state, { ...state.day, ...day }, patchConfig(defaultConfig(), config ?? {}));
    return { day: state.day, appointments: state.world.all().length };
  },
};

function done(visit: Visit, action: object): { ok: true } {
  applyAction(visit.state, action);
  return { ok: true };
}

function changed(visit: Visit, action: object): Record<string, unknown> {
  const record = applyAction(visit.state, action);
  return record ? controlView(record) : { ok: true };
}

/** A patch of an appointment is a status, a move, an edit, or several of them: all are checked before the first is done. */
function patchAppointment(visit: Visit): Record<string, unknown> | undefined {
  const { status, startTime, minutes, by, ...edit } = visit.body as Record<string, unknown>;
  const { id } = visit;
  const user = by === undefined ? {} : { by };
  const actions: object[] = [{ do: 'edit', id, ...edit, ...user }];
  if (status !== undefined) actions.push({ do: 'status', id, status, ...user });
  if (startTime !== undefined)
    actions.push({ do: 'move', id, startTime, ...(minutes ? { minutes } : {}), ...user });
  return allChanged(visit, actions).at(-1);
}

/** Several actions, none of which is begun when one of them is not valid. */
function allChanged(visit: Visit, actions: readonly unknown[]): Record<string, unknown>[] {
  for (const action of actions) actionSchema.parse(action);
  return actions.map((action) => changed(visit, action as object));
}

type NumberOf = (name: string, fallback: number) => number;

function asserted(
  { state, url }: Visit,
  check: (entries: ReturnType<SimulatorState['journal']['list']>, number: NumberOf) => AssertionResult,
): AssertionResult {
  const number: NumberOf = (name, fallback) => {
    const value = Number(url.searchParams.get(name) ?? fallback);
    if (!Number.isFinite(value)) throw new RangeError(`${name} is not a number`);
    return value;
  };
  return check(state.journal.list(url.searchParams.get('op') ?? undefined), number);
}
