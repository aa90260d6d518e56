/**
 * I8: 200 patients who exist nowhere else go through a day on real processes, with failures injected; then everything
 * that the system leaves behind is searched for them.
 */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Command, rosterOfName } from '@workflow-bolt/contracts';
import { awaitUntil } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClinicSystem, startClinicSystem } from '../system/clinic-system.ts';
import { StaffMember } from '../system/staff-member.ts';
import {
  canariesIn,
  canaryDob,
  canaryNames,
  canaryPhone,
  canaryStem,
  filesIn,
  formsOf,
} from './canary-search.ts';

let system: ClinicSystem;
let desk: StaffMember;
let metrics = '';

beforeAll(async () => {
  const { x = '' } = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });
  const settings = { downtime: { publicKey: x, keepCount: 8, keepHours: 24 } };
  const counts = { servers: 2, workers: 1, appointments: 6 };
  system = await startClinicSystem({ ...counts, settings, env: { LOG_LEVEL: 'trace' } });
  const redis = system.redis?.client();
  await redis?.call('CONFIG', 'SET', 'slowlog-log-slower-than', '0', 'slowlog-max-len', '100000');
  // Compressed, a name could hide from the search.
  await redis?.call('CONFIG', 'SET', 'rdbcompression', 'no');
  desk = await StaffMember.signIn(system, 'dana');
}, 60_000);
afterAll(() => system?.[Symbol.asyncDispose]());

const visitIdOf = (i: number) => `c${i}`;
const walkIn = (name: string, i: number): Command => ({
  type: 'createVisit',
  visitId: visitIdOf(i),
  kind: 'walk-in',
  fullName: name,
  dob: canaryDob,
  phone: canaryPhone,
  reason: `${name} has a cough`,
});

/** Requests that fail, each with a name in a place where servers like to log. */
async function provoke(): Promise<number[]> {
  const [name = ''] = canaryNames;
  const json = { 'content-type': 'application/json' };
  const post = (path: string, body: string, headers: Record<string, string> = json) =>
    desk.request(path, { method: 'POST', headers, body });
  const find = (body: Record<string, unknown>) =>
    fetch(`${system.baseUrl}/api/v1/clinics/${system.clinic}/patient-search`, {
      ...{ method: 'POST', headers: { ...desk.headers, ...json } },
      body: JSON.stringify(body),
    });
  const answers = await Promise.all([
    find({ in: 'days', from: system.date, to: system.date, name }),
    find({ in: 'all', name, dob: canaryDob }),
    find({ in: 'all', name, phone: canaryPhone }),
    find({ in: 'everywhere', name, phone: canaryPhone }),
    post('/commands', `{"fullName":"${name}`),
    post(
      '/commands',
      JSON.stringify({ clientId: desk.clientId, n: 1, command: { type: 'createVisit', fullName: name } }),
    ),
    post('/commands', JSON.stringify({ [name]: 1 })),
    post('/commands', name, { 'content-type': 'text/plain' }),
    post('/import', `id\tname\nx\t${name}\n`, { 'content-type': 'text/tab-separated-values' }),
    post('/import', JSON.stringify({ patients: [{ id: '1', name, appointmentTime: name, status: name }] })),
    desk.request(`/visits/${encodeURIComponent(name)}/history`),
    desk.request(`?name=${encodeURIComponent(name)}`, {
      headers: { accept: 'application/json', 'x-patient': name },
    }),
    fetch(`${system.baseUrl}/api/v1/boards/${encodeURIComponent(name)}/${system.date}`, {
      headers: desk.headers,
    }),
    fetch(`${system.baseUrl}/${encodeURIComponent(name)}`),
    fetch(`${system.baseUrl}/api/v1/boards/x/y`, {
      headers: { cookie: `session=${name}`, 'user-agent': name },
    }),
  ]);
  return answers.map(({ status }) => status);
}

/** All that is kept or told anywhere, by the name of the place. */
async function everySink(): Promise<Map<string, string>> {
  const redis = system.redis?.client();
  if (!redis || !system.redis) throw new Error('this system has no Redis of its own');
  const ask = async (...call: [string, ...string[]]) => JSON.stringify(await redis.call(...call));
  const sinks = new Map<string, string>();
  sinks.set('slow log', await ask('SLOWLOG', 'GET', '100000'));
  sinks.set('keys', await ask('KEYS', '*'));
  sinks.set('clients', await ask('CLIENT', 'LIST'));
  sinks.set('channels', await ask('PUBSUB', 'CHANNELS'));
  sinks.set('access log', await ask('ACL', 'LOG'));
  sinks.set('information', await ask('INFO', 'everything'));
  sinks.set('metrics', metrics);
  await redis.call('SAVE');
  for (const [path, text] of filesIn(system.redis.dir)) sinks.set(`redis/${path}`, text);
  const [first] = system.servers;
  for (const [path, text] of filesIn(dirname(first?.process.logPath ?? '')))
    sinks.set(`system/${path}`, text);
  return sinks;
}

/** Names of the downtime rosters that were made since then; sealed with a few hundred names they are large. */
function rostersSince(at: number): string[] {
  const folder = join(dirname(system.servers[0]?.process.logPath ?? ''), 'rosters', system.clinic);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => {
    const madeAt = rosterOfName(`${system.clinic}/${name}`)?.at ?? 0;
    const bytes = statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
    // The name tells whole seconds.
    return madeAt + 1_000 > at && bytes > 20_000;
  });
}

test('the search finds a name in every form it knows', () => {
  for (const { name, text } of formsOf(canaryStem)) {
    expect(canariesIn(new Map([['somewhere', `..${text}..`]])), name).not.toEqual([]);
  }
  const aligned = ['', 'a', 'ab'].map((before) =>
    Buffer.from(`${before}${canaryNames[7]} and more`).toString('base64'),
  );
  for (const text of aligned) expect(canariesIn(new Map([['somewhere', text]]))).not.toEqual([]);
  expect(canariesIn(new Map([['somewhere', 'nothing of the kind']]))).toEqual([]);
});

test('[I8] [H-05] [ONC-d-7] [privacy] 200 patients go through a day with failures, and are found nowhere', {
  timeout: 300_000,
}, async () => {
  for (const [i, name] of canaryNames.entries()) {
    const { body } = await desk.give(walkIn(name, i));
    expect(body).toMatchObject({ outcomes: [{ outcome: 'applied' }] });
  }
  for (let i = 0; i < 15; i++) {
    const [visitId, name] = [visitIdOf(i), canaryNames[i] ?? ''];
    await desk.give({ type: 'setNote', visitId, note: `${name} asked for water` });
    await desk.give({ type: 'stepOut', visitId, where: `${name}'s car` });
    await desk.give({ type: 'moveVisit', visitId, to: 'left', reason: `${name} could not wait` });
  }
  expect(await provoke()).toEqual(expect.arrayContaining([400, 403, 415]));
  // Processes die in the middle of it, and come back.
  const [first, second] = system.servers;
  await Promise.all([system.workers[0]?.end('SIGKILL'), second?.process.end('SIGKILL')]);
  await provoke();
  // The worker that comes back has a roster for a downtime to make, with everybody in it.
  const madeAt = Date.now();
  await system.redis?.call('DEL', `{dr:${system.clinic}}:made`, `{dr:${system.clinic}}:turn`);
  second?.process.start();
  system.workers[0]?.start();
  await system.awaitServers();
  await first?.process.end('SIGKILL');
  first?.process.start();
  await system.awaitServers();
  await awaitUntil('the roster is sealed', () => rostersSince(madeAt).length > 0, 150_000);
  // The names are there for who may see them: the search would have something to find.
  const again = await StaffMember.signIn(system, 'dana');
  await awaitUntil('the board is served again', async () => (await again.request('')).ok, 20_000);
  expect((await (await again.request('')).text()).split(canaryStem).length).toBeGreaterThan(200);
  const history = await again.request(`/visits/${visitIdOf(3)}/history`);
  expect(await history.text()).toContain(`${canaryNames[3]} asked for water`);
  metrics = (
    await Promise.all(system.servers.map(async ({ baseUrl }) => (await fetch(`${baseUrl}/metrics`)).text()))
  ).join('\n');
  expect(metrics).toContain('bolt_');
  const sinks = await everySink();
  expect([...sinks.keys()].filter((name) => /\.(aof|rdb|log)$/.test(name)).length).toBeGreaterThan(4);
  expect(canariesIn(sinks)).toEqual([]);
});
