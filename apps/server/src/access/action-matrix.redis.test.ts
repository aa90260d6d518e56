/** [H-01] Every route × every kind of caller, over HTTP, against the matrix; generated, so a new route is in it. */
import {
  type Command,
  commandExamples,
  commandSchemas,
  type Role,
  type RouteId,
  routeActions,
  routeIds,
  routeOf,
} from '@workflow-bolt/contracts';
import { type Action, actionMatrix, actionOf, correctors, personWriters } from '@workflow-bolt/domain';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everyone, oneOfEach } from '../test/known-board.ts';
import { type ServerFixture, startServer, today } from '../test/server-fixture.ts';

let redis: RedisServer;
let fixture: ServerFixture;
let displayToken = '';

beforeAll(async () => {
  redis = await startRedis();
  fixture = await startServer(redis.url, { developmentUsers: oneOfEach() });
  displayToken = await enrolDisplay();
});
afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]();
  await redis?.stop();
});

async function enrolDisplay(): Promise<string> {
  const manager = await fixture.login('manager');
  await manager.prove('workstation-admin');
  const answer = await manager.post(`${fixture.url}/api/v1/clinics/north/displays`, { name: 'Lobby' });
  return String(answer.json.token);
}

/** A value that fits each parameter of an address; what it names need not exist. */
const candidates = [
  'nobody',
  'activity',
  '00000000-0000-4000-8000-000000000000',
  '01890a5d-ac96-774b-bcce-b302099a8057',
  '7',
  '2026-W10',
  '2026-03',
  '2026-03-10',
  ...Array.from({ length: 64 }, (_, i) => 'a'.repeat(i + 1)),
];

function addressOf(id: RouteId, clinic: string): string {
  const { path, params, query } = routeOf(id);
  const fits = (name: string, value: string) => params?.shape[name]?.safeParse(value).success ?? false;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
    if (name === 'clinic') return clinic;
    if (name === 'date') return today();
    const value = candidates.find((each) => fits(name, each));
    if (value === undefined) throw new Error(`nothing fits {${name}} of ${id}: add a candidate`);
    return value;
  });
  return `${fixture.url}${filled}${query && 'at' in query.shape ? `?at=${Date.now()}` : ''}`;
}

type Caller = Role | 'nobody';
type Answer = { status: number; code: string };

/**
 * Asks without a body that anything could be done with: who is let in hears that the form is wrong (415), or what the
 * address holds; nothing is changed.
 */
async function ask(id: RouteId, clinic: string, headers: Record<string, string>): Promise<Answer> {
  const isPost = routeOf(id).method === 'post';
  const response = await fetch(addressOf(id, clinic), {
    method: isPost ? 'POST' : 'GET',
    headers: { ...headers, ...(isPost ? { 'content-type': 'text/plain' } : {}) },
    ...(isPost ? { body: 'x' } : {}),
  });
  const isProblem = response.headers.get('content-type')?.includes('problem') ?? false;
  const code = isProblem ? ((await response.json()) as { code: string }).code : '';
  if (!isProblem) await response.body?.cancel();
  return { status: response.status, code };
}

async function headersOf(caller: Caller): Promise<Record<string, string>> {
  if (caller === 'nobody') return {};
  if (caller === 'display') return { authorization: `Bearer ${displayToken}` };
  return (await fixture.login(caller)).headers;
}

const actionOfRoute = (id: RouteId): Action | null => {
  const { access } = routeOf(id);
  return access === 'public' ? null : access === 'session' ? 'self' : access;
};

/** From the data alone: who stands in the cell, and with what conditions. */
function expected(action: Action, caller: Caller): string {
  if (caller === 'nobody') return 'not_authenticated';
  const grant = actionMatrix[action].who[caller];
  // Nobody named these agents a person to act for.
  if (!grant || caller === 'agent') return 'permission_denied';
  if (grant.includes('listed')) return 'permission_denied';
  return grant.includes('proof') ? 'step_up_required' : 'let in';
}

const said = ({ status, code }: Answer): string => (status === 401 || status === 403 ? code : 'let in');
/** Those that end sessions when they are called come last, each with a session of its own. */
const isOneShot = (id: RouteId): boolean => routeOf(id).method === 'post' && !routeOf(id).request;
const ruled = routeIds
  .filter((id) => routeOf(id).access !== 'public')
  .toSorted((a, b) => Number(isOneShot(a)) - Number(isOneShot(b)));
describe('[H-01] [H-04] [ONC-d-1] [authz] every cell over HTTP', () => {
  test.each<Caller>([...everyone, 'display', 'nobody'])('%s', async (caller) => {
    const shared = await headersOf(caller);
    const answers: string[] = [];
    const wanted: string[] = [];
    for (const id of ruled) {
      const action = actionOfRoute(id);
      if (!action) continue;
      const headers = isOneShot(id) ? await headersOf(caller) : shared;
      answers.push(`${id}: ${said(await ask(id, 'north', headers))}`);
      // A route may ask for a fresh proof beyond what the matrix asks for.
      const cell = expected(action, caller);
      const isProved = cell === 'let in' && routeOf(id).stepUp !== undefined;
      wanted.push(`${id}: ${isProved ? 'step_up_required' : cell}`);
    }
    expect(answers).toEqual(wanted);
    expect(answers.length).toBeGreaterThan(25);
  });

  test('[authz] nobody reaches another clinic, whatever the role', async () => {
    const inClinics = ruled.filter((id) => routeOf(id).path.includes('{clinic}'));
    const reached: string[] = [];
    for (const caller of [...everyone, 'display' as const]) {
      const headers = await headersOf(caller);
      for (const id of inClinics) {
        const { status, code } = await ask(id, 'south', headers);
        if (status !== 403 || code !== 'permission_denied') reached.push(`${caller} ${id} ${status} ${code}`);
      }
    }
    expect(reached).toEqual([]);
  });

  test('[authz] every denial is on the record, with who, what and why', async () => {
    const client = new Redis(redis.url);
    const keys = await client.keys('*');
    const streams = await Promise.all(
      keys.map(async (key) => ((await client.type(key)) === 'stream' ? client.xrange(key, '-', '+') : [])),
    );
    await client.quit();
    const texts = streams.flat().map(([, fields]) => fields.join(' '));
    const of = (...words: string[]) =>
      texts.filter((text) => words.every((word) => text.includes(word))).length;
    expect(of('"sub":"deny"', '"uid":"front-desk"', 'DENY_ROLE', 'account.manage')).toBeGreaterThan(0);
    expect(of('"sub":"deny"', '"uid":"manager"', 'DENY_SCOPE', '"id":"south"')).toBeGreaterThan(0);
    expect(of('"sub":"deny"', '"uid":"manager"', 'DENY_PROOF', 'display.manage')).toBeGreaterThan(0);
    expect(of('"sub":"deny"', '"uid":"agent"', 'DENY_ON_BEHALF', '/stream')).toBeGreaterThan(0);
    expect(of('"sub":"deny"', 'display-', 'DENY_ROLE', '/history')).toBeGreaterThan(0);
  });
});

/** One command of every row of the matrix, and of every row that one is narrowed into, about a visit that is not there. */
const commands: readonly Command[] = [
  ...Object.values(commandExamples).filter(({ type }) => type !== 'updatePerson' && type !== 'correctTime'),
  {
    type: 'createVisit',
    visitId: 'booked-one',
    kind: 'booked',
    fullName: 'Bo',
    providerId: 'dr-okafor',
    startAt: Date.now(),
    durationMin: 20,
  },
  ...(['fhir', 'import'] as const).map((system) => ({
    ...commandExamples.applyScheduleRow,
    system,
    startAt: Date.now(),
  })),
  ...(Object.keys(correctors) as (keyof typeof correctors)[]).map((milestone) => ({
    ...{ ...commandExamples.correctTime, milestone },
  })),
  ...[{ fullName: 'Bo' }, { dob: null }, { phone: null }, { reason: null }].map((detail) => ({
    ...{ type: 'updatePerson' as const, visitId: 'nobody', ...detail },
  })),
];

/** From the data alone: the row, and where it is narrowed, the cell of the narrower table. */
function mayCommand(role: Role, command: Command): boolean {
  const isIn = (action: Action) => actionMatrix[action].who[role] !== undefined;
  if (!isIn('command') || !isIn(actionOf(command))) return false;
  if (command.type === 'correctTime') return correctors[command.milestone].includes(role);
  if (command.type !== 'updatePerson') return true;
  const detail = (Object.keys(personWriters) as (keyof typeof personWriters)[]).find(
    (each) => each in command,
  );
  return detail !== undefined && personWriters[detail].includes(role);
}

describe('[H-01] [H-16] [authz] every command of every role over HTTP', () => {
  test('no row of the matrix is left out', () => {
    const rows = Object.keys(actionMatrix).filter(
      (row) => !(routeActions as readonly string[]).includes(row),
    );
    // Refused for its form, a command would say nothing about who may.
    expect(commands.filter((each) => !commandSchemas[each.type].safeParse(each).success)).toEqual([]);
    expect([...new Set(commands.map(actionOf))].toSorted()).toEqual(rows.toSorted());
  });

  test.each<Caller>([...everyone, 'display', 'nobody'])('%s', async (caller) => {
    // Whoever may is let in to the rules: most of what they ask for is not there, some is done.
    const headers = { ...(await headersOf(caller)), 'content-type': 'application/json' };
    const [answers, wanted]: [string[], string[]] = [[], []];
    for (const [i, command] of commands.entries()) {
      const response = await fetch(`${fixture.url}/api/v1/boards/north/${today()}/commands`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ clientId: `matrix-${caller}`, n: i + 1, command }),
      });
      const { code = 'applied' } = (await response.json()) as { code?: string };
      const row = `${i} ${actionOf(command)}`;
      const isDenied = code === 'permission_denied' || code === 'not_authenticated';
      answers.push(`${row}: ${isDenied ? code : 'let in'}`);
      const denial = caller === 'nobody' ? 'not_authenticated' : 'permission_denied';
      wanted.push(`${row}: ${caller !== 'nobody' && mayCommand(caller, command) ? 'let in' : denial}`);
    }
    expect(answers).toEqual(wanted);
  });
});

describe('[P02] what anybody may ask', () => {
  test('is this list, and nothing else', () => {
    const open = routeIds.filter((id) => routeOf(id).access === 'public');
    expect(open.filter((id) => !publicRoutes.includes(id))).toEqual([]);
    for (const id of open) expect(`${routeOf(id).path}`).not.toMatch(/\/boards\/|\/clinics\/|\/audit/);
  });
});

/** Health, documents, and the ways to sign in. A route is added here by decision, never by accident. */
const publicRoutes: readonly string[] = [
  'getHealth',
  'getReady',
  'getSystemState',
  'getMetrics',
  'getOpenApi',
  'getAsyncApi',
  'getDocs',
  'getDevUsers',
  'postDevLogin',
  'postDisplayHere',
  'postCspReport',
  'getSignInMethods',
  'postPasswordSignIn',
  'postTotpSignIn',
  'postRecoveryCodeSignIn',
  'postPasskeySignInOptions',
  'postPasskeySignIn',
  'postOidcDeparture',
  'postOidcReturn',
  'postEnrolmentLookup',
  'postEnrolmentPassword',
  'postEnrolTotp',
  'postConfirmEnrolTotp',
  'postEnrolPasskeyOptions',
  'postEnrolPasskey',
  'postResetRequest',
  'postWorkstationChallenge',
  'postWorkstationParked',
  'postUnlock',
];
