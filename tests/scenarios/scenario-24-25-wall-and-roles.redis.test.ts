/** Scenarios 24 and 25, over HTTP: what a wall shows, and what each role may do. */
import type { Command, Entity, Frame } from '@workflow-bolt/contracts';
import { addToDigest, emptyDigest, formatDigest } from '@workflow-bolt/domain';
import { createRedisPort, DisplayStore, fromUrl, type RedisPort } from '@workflow-bolt/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StreamReader } from '../../apps/server/src/test/stream-reader.ts';
import { type ReplayedDay, type StaffId, startReplayedDay } from './replayed-day.ts';

let day: ReplayedDay;
let port: RedisPort;
let displays: DisplayStore;
let screen: { authorization: string };
beforeAll(async () => {
  day = await startReplayedDay();
  port = createRedisPort(fromUrl(day.redisUrl), 'test');
  await port.connect();
  displays = new DisplayStore(port);
  const about = { clinic: day.clinic.id, name: 'Lobby', enrolledBy: 'boss', enrolledAt: day.now };
  screen = { authorization: `Bearer ${(await displays.enrol(about)).token}` };
  day.at('08:00');
  const more = { reason: 'Zzreason cough', phone: '555-0100', dob: '1980-02-29' };
  await day.book('seen', '09:00', { fullName: 'Zzann Zzmiller', ...more });
  await day.book('hidden', '09:10', { fullName: 'Zzprivate Zzperson', ...more });
  await day.book('expected', '15:00', { fullName: 'Zzlater Zzguest', ...more });
  await day.must('desk', '08:30', { type: 'setFlags', visitId: 'hidden', privacy: true });
  for (const [visitId, roomId] of [
    ['seen', 'room-1'],
    ['hidden', 'room-2'],
  ] as const) {
    await day.move('desk', '09:00', visitId, 'arrived');
    await day.move('ma-1', '09:05', visitId, 'appt-prep', { roomId });
  }
  await day.must('desk', '09:06', { type: 'setNote', visitId: 'seen', note: 'Zznote allergic' });
});
afterAll(async () => {
  await port?.close();
  await day?.[Symbol.asyncDispose]();
});

type Sent = { text: string; entities: Map<string, Entity> };

/** What the screen is sent first, whole. */
async function onWall(headers: Record<string, string> = screen): Promise<Sent> {
  const answer = await fetch(`${day.boardUrl}/stream?view=wall`, { headers });
  if (!answer.ok || !answer.body) throw new Error(`the wall got ${answer.status}`);
  let text = '';
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/event: snap[\s\S]*?\n\n/.test(text)) break;
  }
  const frame = /event: snap\n(?:id: .*\n)?data: (.*)\n/.exec(text)?.[1] ?? '{"ents":[]}';
  const { ents } = JSON.parse(frame) as { ents: { id: string; d: Entity }[] };
  const found = new Map(ents.map(({ id, d }) => [id, d]));
  return { text, entities: found };
}

test('scenario 24: the wall shows initials and room, and nothing else of a patient', async () => {
  const { text, entities } = await onWall();
  expect(entities.get('p:seen')).toMatchObject({ dob: null, phone: null, reason: null, note: null });
  expect((entities.get('p:seen') as { fullName: string }).fullName).toMatch(/^Z\. ?Z\.$/);
  expect(entities.get('v:seen')).toMatchObject({ status: 'appt-prep', roomId: 'room-1' });
  expect(text).not.toMatch(/Zzann|Zzmiller|Zzreason|Zznote|1980-02-29|555-0100/);
});

test('scenario 24: a patient who asked for privacy is an occupied room; who is not here yet is not shown', async () => {
  const { text, entities } = await onWall();
  expect(entities.get('r:room-2')).toMatchObject({ state: 'occupied' });
  for (const id of ['v:hidden', 'p:hidden', 'v:expected', 'p:expected'])
    expect([id, entities.has(id)]).toEqual([id, false]);
  expect(text).not.toMatch(/Zzprivate|Zzperson|Zzlater|Zzguest/);
});

/** The digest of what a screen holds after all that it was told, as the page counts it. */
function digestOf({ frames }: StreamReader): { n: number; dg: string } {
  const held = new Map<string, number>();
  for (const { name, data } of frames) {
    if (name === 'snap') for (const { id, v } of data.ents) held.set(id, v);
    if (name !== 'ev') continue;
    for (const { id, v, o } of data.ch) {
      if ((held.get(id) ?? -1) >= v) continue;
      if (o === 'set') held.set(id, v);
      else held.delete(id);
    }
  }
  let digest = emptyDigest;
  for (const [id, v] of held) digest = addToDigest(digest, id, v);
  return { n: digest.count, dg: formatDigest(digest) };
}

test('scenario 24: [privacy] whose visit comes and goes, comes and goes on the wall, visit and initials together', async () => {
  const stream = await StreamReader.open(`${day.boardUrl}/stream?view=wall`, screen);
  await stream.ofName('snap');
  day.at('09:20');
  await day.book('walker', '15:30', { fullName: 'Zzwalter Zzwalker' });
  await day.move('desk', '09:30', 'walker', 'arrived');
  const told = (id: string, o: 'set' | 'del') => (data: Frame<'ev'>) =>
    data.ch.some((change) => change.id === id && change.o === o);
  const came = await stream.ofName('ev', told('v:walker', 'set'));
  expect(came.ch.map(({ id, o }) => [id, o]).toSorted()).toEqual([
    ['p:walker', 'set'],
    ['v:walker', 'set'],
  ]);
  expect(JSON.stringify(came)).toMatch(/"fullName":"Z\. Z\."/);
  await day.move('desk', '09:40', 'walker', 'left', { reason: 'could not wait' });
  const left = await stream.ofName('ev', (data) => data.s > came.s && told('v:walker', 'del')(data));
  expect(told('p:walker', 'del')(left)).toBe(true);
  // What it holds now is what a screen gets that comes new: the digest of both is the same.
  const fresh = await StreamReader.open(`${day.boardUrl}/stream?view=wall`, screen);
  const { s, n, dg } = await fresh.ofName('snap');
  expect({ s, n, dg }).toEqual({ s: left.s, ...digestOf(stream) });
  expect(JSON.stringify(stream.frames)).not.toMatch(/Zzwalter|Zzwalker/);
  for (const each of [stream, fresh]) each.close();
});

test('scenario 24: [kiosk] [authz] no member of staff is signed in on it: the screen can follow its board, and nothing more', async () => {
  const asked = async (path: string, init: RequestInit = {}) =>
    (await fetch(`${day.boardUrl}${path}`, { ...init, headers: { ...screen, ...init.headers } })).status;
  expect(await asked('')).toBe(403);
  expect(await asked('/visits/seen/history')).toBe(403);
  expect(await asked('/history?at=1773151200000')).toBe(403);
  expect(await asked('/report')).toBe(403);
  expect(await asked('/metrics-summary')).toBe(403);
  const command = { type: 'setPinned', visitId: 'seen', isPinned: true };
  const body = JSON.stringify({ clientId: 'wall-screen-1', n: 1, command });
  expect(
    await asked('/commands', { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
  ).toBe(403);
  const other = day.boardUrl.replace(day.clinic.id, 'elsewhere');
  expect((await fetch(`${other}/stream?view=wall`, { headers: screen })).status).toBe(403);
});

test('scenario 24: [kiosk] a removed screen is shown nothing any more', async () => {
  const about = { clinic: day.clinic.id, name: 'Old', enrolledBy: 'boss', enrolledAt: day.now };
  const old = await displays.enrol(about);
  const headers = { authorization: `Bearer ${old.token}` };
  expect((await onWall(headers)).entities.size).toBeGreaterThan(0);
  await displays.remove(day.clinic.id, old.display.id);
  expect((await fetch(`${day.boardUrl}/stream?view=wall`, { headers })).status).toBe(401);
});

const refusals: readonly [who: StaffId, most: string, about: string, command: Command][] = [
  [
    'desk',
    'provider',
    'the front desk does not mark with-doctor',
    { type: 'moveVisit', visitId: 'seen', to: 'with-doctor' },
  ],
  [
    'ma-1',
    'manager',
    'an assistant does not void',
    { type: 'moveVisit', visitId: 'seen', to: 'entered-in-error', reason: 'x' },
  ],
  ['watcher', 'manager', 'a viewer changes nothing', { type: 'setPinned', visitId: 'seen', isPinned: true }],
  ['watcher', 'manager', 'a viewer closes no day', { type: 'startDayClose' }],
  ['dr-a', 'manager', 'a provider closes no day', { type: 'startDayClose' }],
];

test.each(refusals)(
  'scenario 25: [authz] [I5] %s is told that %s may: %s; the refusal says who may, and is on the record',
  async (who, most, _about, command) => {
    const refused = await day.refused(who, '10:00', command);
    expect(refused).toMatchObject({ status: 403, code: 'permission_denied' });
    expect(refused.required).toEqual(expect.arrayContaining([most]));
    expect(refused.required).not.toContain(who);
  },
);

test('scenario 25: the same steps by those whose they are', async () => {
  await day.move('ma-1', '10:05', 'seen', 'ready-for-md');
  await day.move('dr-a', '10:10', 'seen', 'with-doctor');
  await day.must('desk', '10:11', { type: 'setPinned', visitId: 'seen', isPinned: true });
  await day.move('boss', '10:12', 'expected', 'entered-in-error', { reason: 'booked twice' });
  expect((await day.visit('seen')).status).toBe('with-doctor');
});
