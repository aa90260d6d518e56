import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { dayTrace, generateDay } from '@workflow-bolt/testkit/generate';
import { z } from 'zod';
import {
  type AssertionResult,
  assertCount,
  assertMinGap,
  assertNothingDropped,
  assertOutcome,
  assertStopsAfterAuthFailure,
} from '../assertions.ts';
import { defaultConfig, patchConfig } from '../config.ts';
import { resetState, type SimulatorState } from '../state.ts';
import type { AppointmentRecord } from '../world/world.ts';
import { ActionRefused, actionSchema, applyAction } from './actions.ts';
import type { ScenarioPlayer } from './scenario.ts';

const BODY_MAX_BYTES = 1024 * 1024;

interface Visit {
  state: SimulatorState;
  scenario: ScenarioPlayer;
  url: URL;
  /** The number at the end of the path, where there is one. */
  id: number;
  body: unknown;
}

type Route = (visit: Visit) => unknown;

/** The control plane: JSON in, JSON out, loopback only. It knows patients by id, never by name. */
export function createControlServer(state: SimulatorState, scenario: ScenarioPlayer): Server {
  return createServer((request, response) => {
    control({ state, scenario }, request, response).catch(() => response.destroy());
  });
}

async function control(
  machine: { state: SimulatorState; scenario: ScenarioPlayer },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://control.invalid');
  const path = url.pathname.replace(/\/\d+$/, '/:id');
  const route = ROUTES[`${request.method} ${path}`];
  if (!route) return reply(response, 404, { error: `nothing at ${request.method} ${url.pathname}` });
  try {
    const body = await readJson(request);
    reply(response, 200, route({ ...machine, url, id: Number(url.pathname.split('/').at(-1)), body }));
  } catch (error) {
    reply(response, statusOf(error), { error: messageOf(error) });
  }
}

function statusOf(error: unknown): number {
  if (error instanceof ActionRefused) return 404;
  return error instanceof z.ZodError || error instanceof SyntaxError || error instanceof RangeError
    ? 400
    : 500;
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += (piece as Buffer).length;
    if (size > BODY_MAX_BYTES) throw new RangeError('body larger than a megabyte');
    pieces.push(piece as Buffer);
  }
  const text = Buffer.concat(pieces).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(`${JSON.stringify(value)}\n`);
}

/** An appointment as the control plane shows it. */
export function controlView(record: AppointmentRecord): Record<string, unknown> {
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

const ROUTES: Readonly<Record<string, Route>> = {
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
  const { status, startTime, minutes, ...edit } = visit.body as Record<string, unknown>;
  const { id } = visit;
  const actions: object[] = [{ do: 'edit', id, ...edit }];
  if (status !== undefined) actions.push({ do: 'status', id, status });
  if (startTime !== undefined) actions.push({ do: 'move', id, startTime, ...(minutes ? { minutes } : {}) });
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
