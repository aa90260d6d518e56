/** [H-16] What each role gets of each field, over HTTP and on the stream, against the matrix and against raw text. */
import {
  type Command,
  commandExamples,
  type Entity,
  type Entry,
  entitySchema,
  type Frame,
  type Role,
} from '@workflow-bolt/contracts';
import { type FieldRow, fieldMatrix, type Shown } from '@workflow-bolt/domain';
import { canonicalJson, type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  everyone,
  oneOfEach,
  rowOf,
  type SystemBoard,
  secrets,
  systemBoard,
  untilSeen,
} from '../test/known-board.ts';
import {
  Client,
  clinics,
  eventually,
  type ServerFixture,
  startServer,
  today,
} from '../test/server-fixture.ts';

let redis: RedisServer;
let fixture: ServerFixture;
let system: SystemBoard;
let wall: Client;

/** Those who may read a board at all, over HTTP and on the stream. */
const readers = everyone.filter((role) => !['admin', 'auditor', 'agent'].includes(role));
/** Those who may also read what was. */
const historians: readonly Role[] = [
  'front-desk',
  'medical-assistant',
  'nurse',
  'provider',
  'billing',
  'manager',
];

beforeAll(async () => {
  redis = await startRedis();
  fixture = await startServer(redis.url, { developmentUsers: oneOfEach(), clinics: clinics.map(withRooms) });
  const desk = await fixture.login('front-desk');
  expect((await desk.get(desk.board())).status).toBe(200);
  system = await systemBoard(redis.url, { clinic: 'north', date: today() });
  await fillBoard(desk);
  await fillTheRest();
  wall = await enrolWall();
});
afterAll(async () => {
  await system?.[Symbol.asyncDispose]();
  await fixture?.[Symbol.asyncDispose]();
  await redis?.stop();
});

/** One open patient and one who asked for privacy, both in the office, each with a value in every field. */
async function fillBoard(desk: Client): Promise<void> {
  for (const visitId of ['open', 'private']) {
    await system.must(rowOf(visitId, Date.now()));
    const { dob, phone, alert } = secrets;
    await system.must({ type: 'applyPersonDetails', visitId, dob, phone, alert });
    await untilSeen(desk, visitId);
    expect((await desk.command({ type: 'moveVisit', visitId, to: 'arrived' })).json).toMatchObject({});
    await desk.command({ type: 'setNote', visitId, note: secrets.note });
    await desk.command({ type: 'reserveRoom', visitId, roomId: 'exam-1', minutes: 20 });
    await desk.command({ type: 'stepOut', visitId, where: 'car' });
  }
  await desk.command({ type: 'setFlags', visitId: 'private', privacy: true, mobility: true });
  // What everybody is compared with has heard of all of it.
  await eventually(() =>
    expect(system.entities().get('v:private')).toMatchObject({ flags: { privacy: true } }),
  );
}

const withRooms = (clinic: (typeof clinics)[number]): (typeof clinics)[number] => ({
  ...clinic,
  rooms: ['exam-1', 'exam-2', 'exam-3', 'exam-4', 'exam-5'].map((id, i) => ({
    ...{ id, name: id, kind: 'exam' as const, capacity: 1, position: i + 1 },
  })),
});

type ScheduleRow = Extract<Command, { type: 'applyScheduleRow' }>;
const rowAs = (
  visitId: string,
  said: Pick<ScheduleRow, 'status' | 'rawStatus' | 'fingerprint'>,
): ScheduleRow => ({ ...(rowOf(visitId, Date.now()) as ScheduleRow), ...said });

/** Everything that a day can leave on a visit, a room and the board: nothing is compared with an empty value alone. */
async function fillTheRest(): Promise<void> {
  const [desk, nurse, doctor, manager] = await Promise.all(
    ['front-desk', 'nurse', 'provider', 'manager'].map((role) => fixture.login(role)),
  );
  if (!desk || !nurse || !doctor || !manager) throw new Error('nobody came');
  const must = async (by: Client, command: Command): Promise<void> => {
    const { status, text } = await by.command(command);
    if (status !== 200) throw new Error(`${command.type}: ${text}`);
  };
  await system.must({ type: 'setWriteBack', mode: 'on' });
  const { sync } = commandExamples.reportSync;
  const failure = { code: 'ehr_unavailable', message: 'It did not answer' };
  await system.must({
    type: 'reportSync',
    sync: { ...sync, phase: 'failed', finishedAt: Date.now(), failure },
  });
  for (const visitId of ['seen', 'through', 'torn']) {
    await system.must(rowOf(visitId, Date.now()));
    await untilSeen(desk, visitId);
    await must(desk, { type: 'moveVisit', visitId, to: 'arrived' });
  }
  for (const [visitId, roomId] of [
    ['seen', 'exam-2'],
    ['through', 'exam-4'],
  ] as const)
    await must(nurse, { type: 'moveVisit', visitId, to: 'appt-prep', roomId });
  await must(doctor, { type: 'moveVisit', visitId: 'seen', to: 'with-doctor' });
  for (const to of ['ready-for-md', 'with-doctor', 'seen-by-md', 'completed'] as const)
    await must(nurse, { type: 'moveVisit', visitId: 'through', to });
  await must(nurse, { type: 'deferRoomCleaning', roomId: 'exam-4', minutes: 5 });
  for (const to of ['left', 'arrived', 'left'] as const)
    await must(desk, { type: 'moveVisit', visitId: 'torn', to, reason: 'could not wait' });
  await system.must(rowAs('guessed', { status: 'CheckedIn', rawStatus: 'CheckedIn', fingerprint: 'f1' }));
  await system.must(rowAs('guessed', { status: 'Unrecognised', rawStatus: 'Teleported', fingerprint: 'f2' }));
  await system.must({ ...commandExamples.settleWrite, visitId: 'seen' });
  await must(manager, {
    type: 'correctTime',
    visitId: 'seen',
    milestone: 'arrivedAt',
    at: Date.now() - 1_000,
  });
  await must(manager, { type: 'setRoomService', roomId: 'exam-3', isInService: false, reason: 'lamp' });
}

async function enrolWall(): Promise<Client> {
  const manager = await fixture.login('manager');
  await manager.prove('workstation-admin');
  const answer = await manager.post(`${fixture.url}/api/v1/clinics/north/displays`, { name: 'Lobby' });
  return new Client(fixture.url, { authorization: `Bearer ${answer.json.token}` });
}

const emptyLike = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '?' ||
  (typeof value === 'object' && Object.values(value).every((each) => each === false));

/** Made when it is read; noted by a write-back in turn; named by a clinic that has an EHR. `field-matrix.test.ts` has them. */
const withoutValue = ['visit steadySince', 'person ageBand', 'day leftMeans'];

/** A value that looks the same whether it is withheld or not. */
const isNothing = (value: unknown): boolean =>
  emptyLike(value) || (typeof value === 'object' && Object.keys(value ?? {}).length === 0);

/** What the row of a field says that this role gets, as text; `empty` for what it does not. */
function wantedText(
  row: FieldRow,
  role: Role,
  { full, isWithheld }: { full: unknown; isWithheld: boolean },
): string {
  const shown = isWithheld && row.isSensitive ? undefined : row.shown[role];
  if (shown === undefined) return 'empty';
  const words: Record<Exclude<Shown, 'as-is'>, string> = {
    'short-name': '"Zuleika Q."',
    initials: '"Z. Q."',
    pseudonym: '"Patient"',
    'age-band': '"40-49"',
  };
  return shown === 'as-is' ? canonicalJson(full) : words[shown];
}

const cared: readonly Role[] = ['medical-assistant', 'nurse', 'provider'];

type Cells = Record<string, string | boolean>;

/** Whether this reader is sent the entity at all: one of which the matrix shows something, and who is there for them. */
function isThere(role: Role, entity: Entity): boolean {
  const rows = Object.values(fieldMatrix[entity.type] as Record<string, FieldRow>);
  if (!rows.some(({ shown }) => shown[role] !== undefined)) return false;
  if (isPrivate(entity) && ['display', 'service', 'agent'].includes(role)) return false;
  return role !== 'display' || isInClinic(entity);
}

/** Patients who have not come, or have gone, are on no wall. */
function isInClinic(entity: Entity): boolean {
  if (entity.type !== 'visit' && entity.type !== 'person') return true;
  const visitId = entity.type === 'visit' ? entity.id : entity.visitId;
  const visit = system.entities().get(`v:${visitId}`);
  return visit?.type === 'visit' && !['completed', 'left', 'scheduled', 'confirmed'].includes(visit.status);
}

/** All cells of one reader: what the matrix says, and what arrived. */
function compare(role: Role, entries: readonly Entry[]) {
  const seen = new Map(entries.map(({ id, d }) => [id as string, d as unknown as Record<string, unknown>]));
  const [wanted, got]: [Cells, Cells] = [{}, {}];
  for (const [id, entity] of system.entities()) {
    const arrived = seen.get(id);
    [wanted[id], got[id]] = [isThere(role, entity), arrived !== undefined];
    if (!arrived) continue;
    const isWithheld = isPrivate(entity) && !cared.includes(role);
    for (const [field, row] of Object.entries(fieldMatrix[entity.type] as Record<string, FieldRow>)) {
      const full = (entity as unknown as Record<string, unknown>)[field];
      const cell = wantedText(row, role, { full, isWithheld });
      const value = arrived[field];
      wanted[`${id} ${field}`] = full === undefined && field !== 'ageBand' ? 'empty' : cell;
      got[`${id} ${field}`] =
        wanted[`${id} ${field}`] === 'empty' && emptyLike(value)
          ? 'empty'
          : value === undefined
            ? 'empty'
            : canonicalJson(value);
    }
  }
  return { wanted, got };
}

const isPrivate = (entity: Entity): boolean =>
  entity.type === 'visit' ? entity.flags.privacy : entity.type === 'person' && entity.isPrivate === true;

async function snapshotOf(client: Client, query = ''): Promise<Entry[]> {
  const stream = await client.stream(query);
  const parts: Frame<'snap'>[] = [];
  await stream.until(({ name, data }) => {
    if (name !== 'snap') return false;
    parts.push(data);
    return data.part === data.parts;
  });
  stream.close();
  return parts.flatMap(({ ents }) => ents);
}

const boardOf = async (client: Client): Promise<Entry[]> =>
  (await client.get(client.board())).json.entities as Entry[];

describe('[H-16] every cell of the field matrix', () => {
  test('no cell is compared with nothing: the board has a value in every field of the matrix', () => {
    const known = [...system.entities().values()];
    const without = Object.entries(fieldMatrix).flatMap(([type, fields]) =>
      Object.keys(fields).flatMap((field) => {
        const values = known
          .filter((entity) => entity.type === type)
          .map((entity) => (entity as unknown as Record<string, unknown>)[field]);
        return values.every(isNothing) ? [`${type} ${field}`] : [];
      }),
    );
    expect(without).toEqual(withoutValue);
  });

  test.each(readers)('%s, in the snapshot', async (role) => {
    const entries = await boardOf(await fixture.login(role));
    const { wanted, got } = compare(role, entries);
    expect(got).toEqual(wanted);
    expect(Object.keys(got).length).toBeGreaterThan(60);
    expect(entries.flatMap(({ d }) => entitySchema.safeParse(d).error?.issues ?? [])).toEqual([]);
  });

  test.each(readers)('%s, on the stream, exactly what the snapshot holds', async (role) => {
    const client = await fixture.login(role);
    const byId = (entries: Entry[]) => entries.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(byId(await snapshotOf(client))).toEqual(byId(await boardOf(client)));
  });

  test.each<Role>(['front-desk', 'viewer'])(
    '%s may look through the eyes of a wall, and sees no more',
    async (role) => {
      const entries = await snapshotOf(await fixture.login(role), '?view=wall');
      const { wanted, got } = compare('display', entries);
      expect(got).toEqual(wanted);
      expect(entries).toEqual(await snapshotOf(wall));
    },
  );

  test('display', async () => {
    const entries = await snapshotOf(wall, '?view=staff');
    const { wanted, got } = compare('display', entries);
    expect(got).toEqual(wanted);
    expect(entries.map(({ id }) => id)).not.toContain('v:private');
    expect(entries.map(({ id }) => id)).not.toContain('p:private');
  });
});

/** Who may find which word anywhere in what they are sent: of the patient who did not ask for privacy. */
const finders: Record<keyof typeof secrets, readonly Role[]> = {
  fullName: ['front-desk', 'medical-assistant', 'nurse', 'provider', 'billing', 'manager', 'service'],
  dob: ['front-desk', 'medical-assistant', 'nurse', 'provider', 'billing', 'service'],
  phone: ['front-desk', 'nurse', 'billing', 'manager', 'service'],
  reason: ['medical-assistant', 'nurse', 'provider', 'service'],
  note: ['front-desk', 'medical-assistant', 'nurse', 'provider', 'manager'],
  alert: ['medical-assistant', 'nurse', 'provider'],
  recordNumber: ['front-desk', 'medical-assistant', 'nurse', 'provider', 'billing', 'manager', 'service'],
};

function found(text: string): string[] {
  return Object.entries(secrets).flatMap(([field, word]) => (text.includes(word) ? [field] : []));
}
const expectedFinds = (role: Role): string[] =>
  Object.entries(finders).flatMap(([field, roles]) => (roles.includes(role) ? [field] : []));

describe('[H-16] [privacy] no word reaches a role that may not have it, wherever it is asked for', () => {
  test.each(readers)('%s, in the board and in changes of it', async (role) => {
    const client = await fixture.login(role);
    expect(found((await client.get(client.board())).text)).toEqual(expectedFinds(role));
    const stream = await client.stream();
    await stream.ofName('hb');
    const manager = await fixture.login('nurse');
    const pinned = await manager.command({ type: 'setPinned', visitId: 'open', isPinned: true });
    await manager.command({ type: 'setPinned', visitId: 'open', isPinned: false });
    expect(pinned.status).toBe(200);
    await manager.command({ type: 'setNote', visitId: 'open', note: `${secrets.note} ${role}` });
    await stream.ofName('ev', ({ ch }) => ch.some(({ id }) => id === 'p:open'));
    stream.close();
    expect(found(JSON.stringify(stream.frames))).toEqual(expectedFinds(role));
  });

  test.each(historians)('%s, in what was', async (role) => {
    const client = await fixture.login(role);
    const history = await client.get(`${client.board()}/history?at=${Date.now()}`);
    expect(found(history.text)).toEqual(expectedFinds(role));
    const visit = await client.get(`${client.board()}/visits/open/history`);
    expect(visit.status).toBe(200);
    expect(found(visit.text)).toEqual(expectedFinds(role));
  });

  test('[authz] a cursor of somebody who may see more is answered with a snapshot, not with what came since', async () => {
    const nurse = await fixture.login('nurse');
    const { cursor } = (await nurse.get(nurse.board())).json;
    const viewer = await fixture.login('viewer');
    const stream = await viewer.stream(`?cursor=${cursor}`);
    const snap = await stream.ofName('snap');
    stream.close();
    expect(snap).toMatchObject({ reason: 'view', view: 'staff-viewer' });
  });

  test('[authz] a name of a view that is not one’s own is not believed', async () => {
    const viewer = await fixture.login('viewer');
    const stream = await viewer.stream('?view=staff-nurse');
    const snap = await stream.ofName('snap');
    stream.close();
    expect(snap.view).toBe('staff-viewer');
    expect(found(JSON.stringify(snap))).toEqual([]);
    expect((await viewer.get(`${viewer.board()}/stream?view=everything`)).status).toBe(400);
  });

  test('[authz] a conflict shows the present state as far as its reader may see it', async () => {
    const desk = await fixture.login('front-desk');
    const answer = await desk.command(
      { type: 'setFlags', visitId: 'private', interpreter: true },
      { expectedVersion: 1 },
    );
    expect(answer.json).toMatchObject({ code: 'version_conflict', current: { id: 'v:private' } });
    expect(answer.json.current).toMatchObject({ d: { visitTypeId: null } });
  });
});
