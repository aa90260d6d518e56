/**
 * The whole way of a downtime roster: a worker's keeper seals it, everything goes away, and the real command opens it
 * with the clinic's offline key alone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  type ClinicSettings,
  clinicSettingsSchema,
  rosterName,
  type SecurityEvent,
  serverOptions,
} from '@workflow-bolt/contracts';
import {
  BoardRegistry,
  createRedisPort,
  FolderObjectStore,
  fromUrl,
  type ObjectStore,
  openVault,
  RosterNotes,
  RosterShelf,
} from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clinics, type ServerFixture, startServer, today } from '../../server/src/test/server-fixture.ts';
import { RosterKeeper, rosterEveryMs } from '../../worker/src/downtime/roster-keeper.ts';

type Ended = { code: number | null; out: string; err: string };
const main = join(import.meta.dirname, 'main.ts');

async function bolt(args: readonly string[], input = ''): Promise<Ended> {
  const { BOLT_API_URL: _url, BOLT_TOKEN_FILE: _token, BOLT_OFFLINE_KEY: _key, ...env } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    ...{ env: { ...env, NODE_OPTIONS: '' }, stdio: ['pipe', 'pipe', 'pipe'], cwd: dir },
  });
  // A command that refuses its flags reads nothing.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([
    ...([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>] as const),
  ]);
  return { code, out, err };
}
const json = ({ out }: Ended) => JSON.parse(out) as { data: Record<string, unknown>; warnings: unknown[] };

const north = clinics[0] as ClinicSettings;
let dir = '';
let redis: RedisServer;
let server: ServerFixture;
let settings: ClinicSettings;
let secret = '';
const keyFile = () => join(dir, 'north-key.pem');
const shelfDir = () => join(dir, 'rosters');

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bolt-downtime-'));
  redis = await startRedis();
  server = await startServer(redis.url);
  const made = await bolt(['downtime', 'keygen', '--out', keyFile(), '--json']);
  const { publicKey, passphrase } = json(made).data as { publicKey: string; passphrase: string };
  secret = passphrase;
  settings = clinicSettingsSchema.parse({ ...north, downtime: { publicKey, keepCount: 2 } });
}, 120_000);
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await redis?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** A worker's keeper on a port of its own, as two workers have; its clock is given. */
async function startKeeper(node: string, own: ClinicSettings[], objects: ObjectStore, clock: () => number) {
  const stack = new AsyncDisposableStack();
  const port = createRedisPort(fromUrl(redis.url), node);
  const vault = openVault({ keys: serverOptions.keys.default, keyStore: serverOptions.keyStore.default });
  const registry = new BoardRegistry({ port, vault });
  await registry.start();
  stack.defer(async () => {
    await registry.stop();
    await port.close();
  });
  const events: SecurityEvent[] = [];
  const lines: Record<string, unknown>[] = [];
  const keeper = new RosterKeeper({
    ...{ clinics: own, port, objects, node },
    registry: { get: (board) => registry.get(board), now: clock },
    record: async (event) => void events.push(event),
    log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
  });
  const notes = new RosterNotes(port);
  const endTurn = (clinic: string) => port.command('DEL', `{dr:${clinic}}:turn`);
  return { stack, keeper, events, lines, notes, endTurn };
}

test('[H-03] keygen writes a key that only its owner can read, and prints the public half and a passphrase once', async () => {
  expect((await stat(keyFile())).mode & 0o777).toBe(0o600);
  expect(await readFile(keyFile(), 'utf8')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
  expect(secret).toMatch(/^([a-km-np-z2-9]{5}-){4}[a-km-np-z2-9]{5}$/);
});

test('[H-03] one of two workers makes a roster a quarter of an hour, on the record first; a failed one is told until one succeeds', async () => {
  const folder = new FolderObjectStore(shelfDir());
  let isFull = false;
  const objects: ObjectStore = {
    kind: 'folder',
    create: (...args) => folder.create(...args),
    put: async (...args) => {
      if (isFull) throw new Error(`no space for ${args[0]}`);
      return folder.put(...args);
    },
    get: (name) => folder.get(name),
    list: (prefix) => folder.list(prefix),
    delete: (name) => folder.delete(name),
  };
  const clock = { at: Date.now() };
  const now = () => clock.at;
  const own = [settings, { ...north, id: 'south' }];
  const one = await startKeeper('w1', own, objects, now);
  await using _one = one.stack;
  const two = await startKeeper('w2', own, objects, now);
  await using _two = two.stack;
  expect(one.keeper.state).toBeUndefined();
  await Promise.all([one.keeper.look(), two.keeper.look()]);
  const shelf = new RosterShelf(folder);
  const first = await shelf.list('north');
  expect(first).toHaveLength(1);
  const events = [...one.events, ...two.events];
  expect(events).toEqual([
    expect.objectContaining({
      ...{ cid: 'north', type: 'job', sub: 'backup', act: 'C', out: 0, job: 'downtime-roster' },
      ent: [expect.objectContaining({ t: 'DowntimeRoster', id: first[0] })],
    }),
  ]);
  // Not due yet, then due; the turn of a minute ends by itself, and here at once.
  clock.at += rosterEveryMs - 1;
  await one.endTurn('north');
  await Promise.all([one.keeper.look(), two.keeper.look()]);
  expect(await shelf.list('north')).toHaveLength(1);
  expect(one.keeper.state).toEqual({ lastGoodAt: clock.at - rosterEveryMs + 1, lastFailedAt: null });
  isFull = true;
  clock.at += 1;
  await Promise.all([one.keeper.look(), two.keeper.look()]);
  expect(await shelf.list('north')).toHaveLength(1);
  await one.keeper.look();
  expect(one.keeper.state).toEqual({ lastGoodAt: clock.at - rosterEveryMs, lastFailedAt: clock.at + 1 });
  const told = [...one.lines, ...two.lines].map(({ msg, clinic, code }) => ({ msg, clinic, code }));
  expect(told).toEqual([{ msg: 'downtime roster not made', clinic: 'north', code: 'internal' }]);
  expect([...one.events, ...two.events].map(({ out }) => out).sort()).toEqual([0, 0, 8]);
  isFull = false;
  clock.at += 60_000;
  for (let i = 0; i < 2; i += 1) {
    await one.endTurn('north');
    await two.keeper.look();
    clock.at += rosterEveryMs;
  }
  expect(two.keeper.state?.lastFailedAt).toBeNull();
  // The newest two are kept, as the clinic says; the clinic without a key has none.
  expect(await shelf.list('north')).toHaveLength(2);
  expect(await shelf.list('north')).not.toContain(first[0]);
  expect(await shelf.list('south')).toEqual([]);
  await one.endTurn('north');
  const without = await startKeeper('w3', [north], objects, now);
  await using _without = without.stack;
  await without.keeper.look();
  expect(await shelf.list('north')).toEqual([]);
  expect(await without.notes.read('north')).toEqual({ goodAt: null, failedAt: null });
  expect(without.keeper.state).toBeUndefined();
}, 120_000);

test('[H-03] [abuse] a file laid on the shelf from the future displaces no roster, and is told', async () => {
  const folder = new FolderObjectStore(join(dir, 'planted'));
  const clock = { at: Date.now() };
  const east = { ...settings, id: 'east' };
  const { stack, keeper, lines, endTurn } = await startKeeper('w3', [east], folder, () => clock.at);
  await using _ = stack;
  const planted = [1, 2].map((days) =>
    rosterName({ clinic: 'east', date: '2026-11-23', at: clock.at + days * 86_400_000 }),
  );
  for (const name of planted) await folder.put(name, Buffer.from('x'));
  for (let i = 0; i < 3; i++) {
    await keeper.look();
    clock.at += rosterEveryMs;
    await endTurn('east');
  }
  const kept = await new RosterShelf(folder).list('east');
  expect([kept.length, kept.slice(2)]).toEqual([4, planted]);
  const told = lines.filter(({ msg }) => msg === 'downtime roster from the future');
  expect(told.map(({ clinic, name }) => [clinic, name])).toEqual(
    Array.from({ length: 3 }, () => planted.map((name) => ['east', name])).flat(),
  );
});

test('[H-03] [ONC-d-6] Redis, server and network are gone: the offline key alone opens the roster, as a table and as a page', async () => {
  const desk = await server.login('front-desk');
  const name = "Zoë <b>O'Canary</b>";
  expect((await desk.walkIn('w-1', { fullName: name, dob: '1980-02-03', phone: '555-0100' })).status).toBe(
    200,
  );
  const objects = new FolderObjectStore(shelfDir());
  const { stack, keeper, endTurn } = await startKeeper('w4', [settings], objects, Date.now);
  await endTurn('north');
  await keeper.look();
  await stack[Symbol.asyncDispose]();
  const files = (await readdir(join(shelfDir(), 'north'))).filter((file) => file.endsWith('.jwe'));
  expect(files).toHaveLength(1);
  expect(await readFile(join(shelfDir(), 'north', files[0] ?? ''), 'utf8')).not.toMatch(/Canary|555-0100/);

  // A drill while the server is there: told to it, and found in its record.
  const token = join(dir, 'token');
  await writeFile(token, (desk.headers.cookie ?? '').split('=')[1] ?? '', { mode: 0o600 });
  const passphrase = join(dir, 'passphrase');
  await writeFile(passphrase, `${secret}\n`, { mode: 0o600 });
  const key = ['--key', keyFile()];
  const drill = await bolt([
    ...['downtime', 'open', shelfDir(), ...key, '--passphrase-file', passphrase, '--why', 'drill', '--json'],
    ...[
      '--page',
      join(dir, 'drill.html'),
      '--api-url',
      server.url,
      '--token-file',
      token,
      '--timeout',
      '60s',
    ],
  ]);
  expect([drill.code, drill.err, json(drill).data.isTold, json(drill).warnings]).toEqual([0, '', true, []]);
  const log = (await redis.call('XRANGE', '{a:c.north}:ev', '-', '+')) as unknown;
  const found = JSON.stringify(log);
  expect(found).toMatch(/\\"sub\\":\\"backup\\",\\"act\\":\\"R\\",\\"out\\":0,\\"why\\":\\"drill\\"/);
  expect(found).not.toContain('Canary');

  await server[Symbol.asyncDispose]();
  await redis.kill9();
  const opened = await bolt(
    [
      ...['downtime', 'open', shelfDir(), ...key, '--page', join(dir, 'roster.html')],
      ...['--token-file', token, '--api-url', server.url],
    ],
    `${secret}\n`,
  );
  expect(opened.code).toBe(0);
  // Without a server it opens all the same.
  expect(opened.err).toMatch(/^Passphrase: \n! Not told to the server: .+\n$/);
  expect(opened.out).toMatch(new RegExp(`^Clinic north, ${today()}: \\d+ MINUTES? OLD\\n`));
  expect(opened.out).toMatch(/Zoë <b>O'Canary<\/b>\s+1980-02-03\s+.*Arrived/);
  expect(opened.out).not.toContain('555-0100');
  const page = await readFile(join(dir, 'roster.html'), 'utf8');
  expect((await stat(join(dir, 'roster.html'))).mode & 0o777).toBe(0o600);
  expect(page).toContain('Zoë &lt;b&gt;O&#39;Canary&lt;/b&gt;');
  expect(page).toMatch(/<p class="age">\d+ MINUTES? OLD<\/p>/);
  // Nothing runs in it, and it fetches nothing.
  expect(page).not.toMatch(/<script|<link|<img|src=|href=|https?:/i);
  const noted = (await readFile(join(dir, 'roster-openings.ndjson'), 'utf8')).trim().split('\n');
  expect(noted.map((line) => JSON.parse(line).why)).toEqual(['drill', 'downtime']);
  expect(noted.join()).not.toMatch(/Canary|1980-02-03/);
}, 240_000);
