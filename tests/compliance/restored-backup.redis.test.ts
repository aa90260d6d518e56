/**
 * I8 after shredding: a backup of Redis, taken while everybody was readable and started again as a real server, shows
 * nobody of the month that was destroyed since - in no answer, in no file, in no form. The same backup read with the keys
 * of its time shows all of them: what is searched for was really there.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '@workflow-bolt/contracts';
import { openDayCommand } from '@workflow-bolt/domain';
import {
  BoardArchive,
  BoardRegistry,
  createRedisPort,
  FolderObjectStore,
  fromUrl,
  openVault,
} from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canariesIn, canaryDob, canaryNames, canaryPhone, canaryStem, filesIn } from './canary-search.ts';

const clinic = 'north';
/** Destroyed as a month; destroyed one patient alone; kept. */
const [gone, thinned, kept] = ['2026-03-10', '2026-04-10', '2026-05-11'];
const forgotten = 'v3';
const numPatients = 40;
const order = { by: 'mia', reason: 'retention' };
const rosa = { id: 'rosa', name: 'Rosa', role: 'front-desk', station: null } as const;
const system = { id: 'system', name: 'System', role: 'system', station: null } as const;
const settings = {
  ...{ id: clinic, name: 'North', zone: 'UTC', rooms: [], providers: [], visitTypes: [] },
  ...{ isRoomRequired: false, readyToBeSeenMeans: 'check-in-completed' as const, ehr: null },
};
/** Compressed, a name could hide from the search. */
const conf = ['rdbcompression no'];

let redis: RedisServer;
let root: string;
beforeAll(async () => {
  redis = await startRedis({ persist: 'aof-always', conf });
  root = await mkdtemp(join(tmpdir(), 'bolt-backup-'));
  for (const date of [gone, thinned, kept]) await writeDay(date);
  await archiveDays();
  await redis.call('SAVE');
  // Two backups of Redis, and, beside it, one of the keys.
  await cp(join(redis.dir, 'dump.rdb'), join(root, 'dump.rdb'));
  await cp(join(redis.dir, 'appendonlydir'), join(root, 'appendonlydir'), { recursive: true });
  await cp(keysDir('now'), keysDir('then'), { recursive: true });
  await shred();
}, 60_000);
afterAll(async () => {
  await redis?.stop();
  await rm(root, { recursive: true, force: true });
});

const keysDir = (which: 'now' | 'then') => join(root, `keys-${which}`);
const vaultOf = (which: 'now' | 'then') =>
  openVault({ keys: join(keysDir(which), 'top-keys.json'), keyStore: join(keysDir(which), 'store') });

/** A process that starts on that Redis, with those keys. */
async function processOn<T>(
  { url }: RedisServer,
  which: 'now' | 'then',
  work: (registry: BoardRegistry) => Promise<T>,
): Promise<T> {
  const port = createRedisPort(fromUrl(url), 'restored');
  const registry = new BoardRegistry({ port, vault: vaultOf(which) });
  await registry.start();
  try {
    return await work(registry);
  } finally {
    await registry.stop();
    await port.close();
  }
}

function commandsOf(date: string): Command[] {
  const at = Date.parse(`${date}T09:00:00Z`);
  return canaryNames.slice(0, numPatients).flatMap((fullName, i): Command[] => [
    {
      ...{ type: 'createVisit', visitId: `v${i}`, kind: 'booked', startAt: at, fullName },
      ...{ dob: canaryDob, phone: canaryPhone, reason: `${fullName} has a cough` },
    },
    { type: 'setNote', visitId: `v${i}`, note: `${fullName} asked for water` },
  ]);
}

function writeDay(date: string): Promise<void> {
  return processOn(redis, 'now', async (registry) => {
    const host = await registry.get({ clinic, date });
    const open = { clientId: `open-${date}`, n: 1, command: openDayCommand(settings) };
    expect(await host.submit(open, system, 'ui')).toMatchObject({ outcome: 'applied' });
    const envelopes = commandsOf(date).map((command, i) => ({ clientId: `desk-${date}`, n: i + 1, command }));
    const outcomes = await host.submitMany(envelopes, rosa, 'ui');
    expect(outcomes.filter(({ outcome }) => outcome !== 'applied')).toEqual([]);
  });
}

const archiveDir = () => join(root, 'archive');
/** As the sweep does it: the archive is a copy that Redis does not hold. */
async function archiveDays(): Promise<void> {
  const port = createRedisPort(fromUrl(redis.url), 'archive');
  await port.connect();
  const archive = new BoardArchive(new FolderObjectStore(archiveDir()));
  for (const date of [gone, thinned, kept])
    expect(await archive.write(port, { clinic, date })).toMatchObject({
      object: expect.stringContaining(date),
    });
  await port.close();
}

async function shred(): Promise<void> {
  const vault = vaultOf('now');
  await vault.destroyPeriod({ clinic, period: '2026-03' }, order);
  const port = createRedisPort(fromUrl(redis.url), 'shred');
  await port.connect();
  await vault.destroyVisit(port, { clinic, date: thinned }, { visitId: forgotten, ...order });
  await port.close();
}

/** A real server on a copy of the backup. */
async function restored(form: 'rdb' | 'aof'): Promise<RedisServer> {
  const server = await startRedis({ persist: form === 'rdb' ? 'rdb' : 'aof-always', conf });
  await server.kill9();
  const name = form === 'rdb' ? 'dump.rdb' : 'appendonlydir';
  await rm(join(server.dir, name), { recursive: true, force: true });
  await cp(join(root, name), join(server.dir, name), { recursive: true });
  await server.start();
  return server;
}

/** Everything that can be asked of a day: as it stands, each visit's history, and how it once was. */
function allOf(server: RedisServer, which: 'now' | 'then', date: string): Promise<Map<string, string>> {
  return processOn(server, which, async (registry) => {
    const host = await registry.get({ clinic, date });
    const told = new Map([['board', JSON.stringify(host.snapshot().entries)]]);
    for (let i = 0; i < numPatients; i += 1)
      told.set(`v${i}`, JSON.stringify(await host.visitHistory(`v${i}`)));
    const past = await host.historyAt(Date.now());
    told.set('past', JSON.stringify([...past.state.entries()]));
    return told;
  });
}

const namesIn = (text: string | undefined) => (text ?? '').split(canaryStem).length - 1;

test.each(['rdb', 'aof'] as const)(
  '[I8] [H-23] [privacy] a backup (%s) restored after its month was destroyed shows nobody',
  async (form) => {
    await using server = await restored(form);
    // The days are there, with everybody's visit: it is a whole backup.
    const told = await allOf(server, 'now', gone);
    expect(told.get('board')?.match(/"type":"visit"/g)).toHaveLength(numPatients);
    expect(canariesIn(told)).toEqual([]);
    expect(told.get('board')).toContain('Erased');
    // Nor does the server write out anything of them, whatever it is made to write.
    await server.call('SAVE');
    if (form === 'aof') await server.call('BGREWRITEAOF');
    const files = filesIn(server.dir);
    expect([...files.keys()].filter((name) => /\.(rdb|aof)$/.test(name)).length).toBeGreaterThan(0);
    expect(canariesIn(files)).toEqual([]);
  },
);

test.each(['rdb', 'aof'] as const)(
  '[I8] [H-23] [privacy] one patient who was deleted is in no restored backup (%s); the others are',
  async (form) => {
    await using server = await restored(form);
    const told = await allOf(server, 'now', thinned);
    const name = canaryNames[Number(forgotten.slice(1))] ?? '';
    expect([...told].filter(([, text]) => text.includes(name)).map(([place]) => place)).toEqual([]);
    expect(canariesIn(new Map([[forgotten, told.get(forgotten) ?? '']]))).toEqual([]);
    // Name, reason and note of everybody else.
    expect(namesIn(told.get('board'))).toBe(3 * (numPatients - 1));
    expect(namesIn((await allOf(server, 'now', kept)).get('board'))).toBe(3 * numPatients);
  },
);

test('[I8] [H-05] [privacy] the archive holds every visit of every day and says of nobody who it was, shredded or not', () => {
  const files = filesIn(archiveDir());
  const boards = [...files].filter(([name]) => name.startsWith('boards/'));
  expect(boards.map(([name]) => name.split('/')[3])).toEqual(expect.arrayContaining([gone, thinned, kept]));
  for (const [, text] of boards) for (let i = 0; i < numPatients; i += 1) expect(text).toContain(`v:v${i}`);
  expect(canariesIn(files)).toEqual([]);
});

test('[privacy] read with the keys of its time the backup shows everybody: that is why keys have a horizon of their own', async () => {
  await using server = await restored('rdb');
  const told = await allOf(server, 'then', gone);
  expect(namesIn(told.get('board'))).toBe(3 * numPatients);
  expect(canariesIn(told)).not.toEqual([]);
});

test('[I8] [privacy] the server that was never stopped shows nobody of that month either, to a process that starts now', async () => {
  expect(canariesIn(await allOf(redis, 'now', gone))).toEqual([]);
});
