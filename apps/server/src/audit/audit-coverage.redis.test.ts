/**
 * [H-06] [I5] Every route that shows or changes what is about a patient, and what it puts on record: exactly that, once. Which
 * routes these are is worked out from their addresses and answers; one more, and the table does not cover it.
 */
import { type RouteId, routeIds, routeOf, type SecurityEvent } from '@workflow-bolt/contracts';
import { AuditTrail, SecurityAudit } from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { oneOfEach } from '../test/known-board.ts';
import { recordedEvents } from '../test/recorded-events.ts';
import {
  type Answered,
  type Client,
  type ServerFixture,
  startServer,
  today,
} from '../test/server-fixture.ts';

let redis: RedisServer;
let server: ServerFixture;
beforeAll(async () => {
  redis = await startRedis();
  server = await startServer(redis.url, {
    developmentUsers: oneOfEach(),
    queue: { addScheduleSync: async () => '1', addReconcile: async () => '2', close: async () => {} },
  });
  const desk = await server.login('front-desk');
  await desk.walkIn('known', { fullName: 'Zzcover Known' });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await redis?.stop();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Fields that say whose record it is. */
const telling = ['"fullName"', '"visitId"', '"patient"'];

function isAboutPatients(id: RouteId): boolean {
  const { path, responses } = routeOf(id);
  const shapes = Object.values(responses).flatMap(({ content }) => Object.values(content));
  const text = JSON.stringify(
    shapes.map((shape) => z.toJSONSchema(shape, { unrepresentable: 'any', io: 'input' })),
  );
  return path.includes('/boards/') || telling.some((field) => text.includes(field));
}

type Case = {
  as: string;
  proof?: Parameters<Client['prove']>[0];
  ask: (client: Client) => Promise<Answered | { status: number }>;
  /** In order: where, and what. Empty for what shows and changes nothing about a patient. */
  emits: readonly string[];
};

const inClinic = (path: string): string => `${server.url}/api/v1/clinics/north/${path}`;
const glass = { reasonCode: 'patient-safety', reason: 'collapsed in the lobby' };
const reveal = { reasonCode: 'complaint', reason: 'a complaint on paper of today' };
const span = (): string => `from=${Date.now() - 86_400_000}&to=${Date.now() + 60_000}`;

/** One good call of each route, and exactly what is on record after it. */
const cases: Readonly<Record<string, Case>> = {
  postCommands: {
    as: 'front-desk',
    ask: (client) => client.walkIn('covered', { fullName: 'Zzcover Fresh' }),
    emits: ['board applied createVisit'],
  },
  getBoard: { as: 'nurse', ask: (client) => client.get(client.board()), emits: ['board read board.read'] },
  getStream: {
    as: 'nurse',
    ask: async (client) => {
      const reader = await client.stream();
      await reader.ofName('hb');
      reader.close();
      return { status: 200 };
    },
    emits: ['board read board.stream.staff'],
  },
  getHistory: {
    as: 'nurse',
    ask: (client) => client.get(`${client.board()}/history?at=${Date.now()}`),
    emits: ['board read board.history'],
  },
  getVisitHistory: {
    as: 'nurse',
    ask: (client) => client.get(`${client.board()}/visits/known/history`),
    emits: ['board read visit.history'],
  },
  getMetricsSummary: {
    as: 'nurse',
    ask: (client) => client.get(`${client.board()}/metrics-summary`),
    emits: [],
  },
  getDayReport: {
    as: 'manager',
    ask: (client) => client.get(`${client.board()}/report?format=csv`),
    emits: ['board read file.report.csv'],
  },
  postImport: {
    as: 'front-desk',
    ask: (client) =>
      client.post(`${client.board()}/import`, [
        {
          id: '1',
          name: 'Zzcover Import',
          appointmentTime: '14:00',
          status: 'Scheduled',
          dob: null,
          provider: null,
        },
      ]),
    emits: ['board applied applyScheduleRow'],
  },
  postSync: { as: 'front-desk', ask: (client) => client.post(`${client.board()}/sync`, {}), emits: [] },
  postPresence: {
    as: 'nurse',
    ask: (client) =>
      client.post(`${client.board()}/presence`, { tab: crypto.randomUUID(), ackSeq: 0, visible: true }),
    emits: [],
  },
  postPrint: {
    as: 'nurse',
    ask: (client) => client.post(`${client.board()}/print`, { what: 'board' }),
    emits: ['board read print.board'],
  },
  getDrift: {
    as: 'manager',
    ask: (client) => client.get(`${client.board()}/drift`),
    emits: ['board read board.drift'],
  },
  postReconcile: {
    as: 'manager',
    ask: (client) => client.post(`${client.board()}/reconcile`, {}),
    emits: [],
  },
  postPatientSearch: {
    as: 'front-desk',
    ask: (client) =>
      client.post(inClinic('patient-search'), {
        in: 'days',
        from: today(),
        to: today(),
        name: 'zzcover known',
      }),
    emits: ['clinic rest search E'],
  },
  postBreakGlass: {
    as: 'provider',
    proof: 'break-glass',
    ask: (client) => client.post(`${client.board()}/visits/known/break-glass`, glass),
    emits: ['clinic security breakglass E'],
  },
  getOwnBreakGlass: {
    as: 'provider',
    ask: (client) => client.get(`${server.url}/api/v1/break-glass`),
    emits: [],
  },
  getBreakGlassRegister: {
    as: 'manager',
    ask: (client) => client.get(inClinic('break-glass')),
    emits: ['clinic security review R'],
  },
  getOpenedBy: {
    as: 'auditor',
    proof: 'audit-view',
    ask: (client) => client.get(`${inClinic('audit/patients/visit:known')}?${span()}`),
    emits: ['clinic security read R'],
  },
  postIdentityReveal: {
    as: 'auditor',
    proof: 'identity-reveal',
    ask: (client) => client.post(inClinic('audit/reveals'), { patients: ['visit:known'], ...reveal }),
    emits: ['clinic disclosure reveal R'],
  },
};

const ofBoard = (): Promise<unknown> =>
  redis.call('XRANGE', `{b:north:${today().replaceAll('-', '')}}:aud`, '-', '+');

async function boardEntries(): Promise<string[]> {
  return ((await ofBoard()) as [string, string[]][]).map(([, fields]) => {
    const text = JSON.parse(fields[fields.indexOf('f') + 1] ?? '{}') as { what?: string; command?: string };
    return `board ${fields[fields.indexOf('o') + 1]} ${text.what ?? text.command}`;
  });
}

const textOf = ({ type, sub, act }: SecurityEvent): string => `${type} ${sub} ${act}`;

async function recorded(): Promise<string[][]> {
  const events = async (log: string, name: string) =>
    (await recordedEvents(redis, log)).map((each) => `${name} ${textOf(each)}`);
  return [await boardEntries(), await events('c.north', 'clinic'), await events('i', 'installation')];
}

/** What one good call of a route leaves on record. */
async function emitted({ as, proof, ask }: Case): Promise<string[]> {
  const client = await server.login(as);
  if (proof) await client.prove(proof);
  const before = await recorded();
  const answer = await ask(client);
  const { status } = answer;
  expect(status, 'text' in answer ? answer.text : '').toBeLessThan(300);
  const after = await recorded();
  return after.flatMap((texts, i) => texts.slice(before[i]?.length ?? 0));
}

test('[H-06] every route about patients has its line here, and no other', () => {
  expect(routeIds.filter(isAboutPatients).toSorted()).toEqual(Object.keys(cases).toSorted());
});

describe('[H-06] [I5] [audit] exactly what is expected is on record', () => {
  test.each(Object.entries(cases))('%s', async (_id, one) => {
    expect(await emitted(one)).toEqual(one.emits);
  });
});

describe('[H-06] [audit] the check is awake: an entry left out is missed', () => {
  test('of a read, a search and an emergency', async () => {
    vi.spyOn(AuditTrail.prototype, 'append').mockResolvedValue();
    vi.spyOn(SecurityAudit.prototype, 'append').mockResolvedValue();
    for (const id of ['getBoard', 'getVisitHistory', 'postPrint', 'postPatientSearch', 'getOpenedBy']) {
      const one = cases[id];
      if (!one) throw new Error(`no case for ${id}`);
      expect(await emitted(one), id).not.toEqual(one.emits);
    }
  });
});
