/** The comparison of a day with the EHR, whole: asked for over HTTP, made by a worker, read as a role may see it. */
import type { DriftResponse, Visit } from '@workflow-bolt/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, problemOf } from '../../apps/server/src/test/server-fixture.ts';
import { type DriftClinic, startDriftClinic } from './drift-clinic.ts';

let clinic: DriftClinic;
beforeAll(async () => {
  clinic = await startDriftClinic(8);
}, 120_000);
afterAll(() => clinic?.[Symbol.asyncDispose]());

const entitiesOf = async (client: Client) =>
  ((await client.get(client.board())).json as { entities: { id: string; d: Visit & { fullName: string } }[] })
    .entities;

/** The visits of the day by their appointment, and what the desk sees their patients called. */
async function cards(): Promise<Map<number, { visit: Visit; name: string }>> {
  const entities = await entitiesOf(clinic.desk);
  const nameOf = new Map(
    entities.flatMap(({ id, d }) => (id.startsWith('p:') ? [[id.slice(2), d.fullName]] : [])),
  );
  return new Map(
    entities.flatMap(({ id, d }) =>
      id.startsWith('v:')
        ? [[Number(d.external?.appointmentId), { visit: d, name: nameOf.get(d.id) ?? '' }]]
        : [],
    ),
  );
}

const appointments = () => clinic.simulator.world.all().filter(({ type }) => type === 'P');
const wanted = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('the generated day is too small');
  return value;
};
const writes = () => clinic.simulator.journal().filter(({ op }) => /^(?:Update|Create|Delete)/.test(op));

test('[I6] a day that both sides agree on has nothing to report', async () => {
  const { report, failure } = await clinic.compare();
  expect(failure).toBeNull();
  expect(report).toMatchObject({
    trigger: 'manual',
    compared: 8,
    drifted: 0,
    rows: [],
    omitted: 0,
    quarantined: 0,
  });
});

test('what differs is told with ours, theirs, what was last agreed, and what to do; nothing is changed', async () => {
  const { desk, simulator } = clinic;
  const [arrives, relocated, deleted] = appointments().map(({ id }) => id);
  const known = await cards();
  const [here, elsewhere, gone] = [arrives, relocated, deleted].map((id) => wanted(known.get(wanted(id))));
  await desk.command({ type: 'moveVisit', visitId: wanted(here).visit.id, to: 'arrived' });
  const startAt = wanted(elsewhere).visit.startAt ?? 0;
  simulator.act({ do: 'move', id: wanted(relocated), startTime: new Date(startAt + 300_000).toISOString() });
  simulator.act({ do: 'delete', id: wanted(deleted) });
  simulator.act({
    do: 'add',
    patientId: wanted(appointments()[3]).patientId,
    startTime: new Date(startAt).toISOString(),
  });
  const before = await desk.get(desk.board());

  const { report } = await clinic.compare();
  const rowOf = (id: number | undefined) =>
    report?.rows.find(({ appointmentId }) => appointmentId === String(id));
  const booked = wanted(here).visit.external?.status;
  expect(rowOf(arrives)).toMatchObject({
    kind: 'both',
    name: wanted(here).name,
    status: 'arrived',
    ehrStatus: booked,
  });
  expect(rowOf(arrives)?.differences).toEqual([
    {
      field: 'status',
      ours: 'CheckedIn',
      theirs: booked,
      agreed: booked,
      side: 'ours',
      advice: 'change-in-ehr',
    },
    {
      field: 'presence',
      ours: 'here',
      theirs: 'expected',
      agreed: 'expected',
      side: 'ours',
      advice: 'change-in-ehr',
    },
  ]);
  expect(rowOf(relocated)?.differences).toEqual([
    {
      field: 'start',
      ours: startAt,
      theirs: startAt + 300_000,
      agreed: startAt,
      side: 'theirs',
      advice: 'read-again',
    },
  ]);
  expect(rowOf(deleted)).toMatchObject({ kind: 'board-only', name: wanted(gone).name });
  expect(rowOf(deleted)?.differences).toEqual([
    {
      field: 'removal',
      ours: 'listed',
      theirs: 'deleted',
      agreed: 'listed',
      side: 'theirs',
      advice: 'read-again',
    },
  ]);
  const fresh = report?.rows.filter(({ kind }) => kind === 'ehr-only') ?? [];
  expect(fresh.map(({ name, differences }) => [name, differences.map(({ advice }) => advice)])).toEqual([
    [null, ['read-again']],
  ]);
  expect(report).toMatchObject({ compared: 9, drifted: 4, omitted: 0 });

  const after = await desk.get(desk.board());
  expect([after.json.seq, after.json.entities]).toEqual([before.json.seq, before.json.entities]);
  expect(writes()).toEqual([]);
});

test('[DR-KEPT] [privacy] [I8] the report is sealed in Redis, the job holds opaque ids, and every reading is on the record', async () => {
  const client = clinic.redis.client();
  const names = [...(await cards()).values()].map(({ name }) => name);
  const key = wanted((await client.keys('*:drift')).at(0));
  const sealed = (await client.get(key)) ?? '';
  expect(sealed).toMatch(/^bolt1\.g1\./);
  expect(await client.pttl(key)).toBeGreaterThan(7 * 86_400_000);
  const jobs = await Promise.all(
    (await client.keys('{bq:ehr}:reconcile:*')).map(async (each) =>
      (await client.type(each)) === 'hash' ? JSON.stringify(await client.hgetall(each)) : '',
    ),
  );
  expect(jobs.join('')).toContain('front-desk');
  for (const name of names) expect([sealed, ...jobs].some((text) => text.includes(name))).toBe(false);
  const trail = await client.xrange(wanted((await client.keys('{b:north:*}:aud')).at(0)), '-', '+');
  const reads = trail.map(([, fields]) => fields.join(' ')).filter((text) => text.includes('board.drift'));
  expect(reads.length).toBeGreaterThan(2);
  expect(reads[0]).toContain('front-desk');
});

test('[authz] only those who work with the schedule read it or ask for it; a patient who is not theirs to see is not in it', async () => {
  const { server, desk } = clinic;
  for (const role of ['medical-assistant', 'provider', 'viewer']) {
    const other = await server.login(role);
    expect(problemOf(await other.get(`${other.board()}/drift`)).code).toBe('permission_denied');
    expect(problemOf(await other.post(`${other.board()}/reconcile`, {})).code).toBe('permission_denied');
  }
  const stranger = await server.login('both');
  expect((await stranger.get(`${stranger.board('south')}/drift`)).json).toMatchObject({
    report: null,
    failure: null,
  });
  const manager = await server.login('manager');
  const seen = (await manager.get(`${manager.board()}/drift`)).json as unknown as DriftResponse;
  expect(seen.report?.rows.length).toBe(4);
  expect(problemOf(await desk.get(`${desk.board('north', '2020-01-01')}/drift`)).code).toBe(
    'board_not_found',
  );
});

test('an EHR that is away is said beside the last report, which stands', async () => {
  const { simulator } = clinic;
  const before = (await clinic.compare()).report;
  simulator.configure({ auth: { expiresAt: '2020-01-01T00:00:00Z' } });
  const { report, failure } = await clinic.compare();
  expect(failure).toMatchObject({ code: 'auth' });
  expect(report).toEqual(before);
});
