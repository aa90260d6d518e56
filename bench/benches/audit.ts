/** The record of accesses: what it costs a commit, how fast it is sealed and checked, how soon it answers. */
import { join } from 'node:path';
import { type VerifyReport, verifyLog } from '@workflow-bolt/audit-verifier';
import type { AuditEvent } from '@workflow-bolt/contracts';
import {
  AuditIndex,
  AuditSealer,
  AuditSigner,
  auditLogOf,
  createRedisPort,
  ensureFunctions,
  FolderObjectStore,
  fromUrl,
  functionLibrary,
  LocalKeyFile,
  LogArchive,
  leafBytes,
  originOf,
  SecurityAudit,
} from '@workflow-bolt/store';
import { startRedis } from '@workflow-bolt/testkit';
import type { Redis } from 'ioredis';
import { makeBenchDay } from '../day/bench-day.ts';
import {
  type BoardRecording,
  bookBoard,
  recordBoard,
  replay,
  replayCommand,
} from '../day/recorded-commit.ts';
import { dayCommands } from '../day/staff-commands.ts';
import { ownDir, releaseDir } from '../processes/owned-dir.ts';
import { alternate } from '../report/alternate.ts';
import {
  type Bench,
  type BenchReport,
  type BenchSetting,
  type Figure,
  figure,
} from '../report/bench-report.ts';

const clinic = 'bench';
const log = auditLogOf(clinic);
const installation = 'bench.example.org';
const startAt = Date.parse('2026-01-05T08:00:00Z');
const dayMs = 86_400_000;

const withAudit = `b${functionLibrary.abi}_commit`;
const withoutAudit = 'bare_b_commit';

/** The same library whose commit leaves its entry out, under other names. */
function libraryWithoutAudit(): string {
  const append = /redis\.pcall\('XADD', aud, '\*', 'q', q, 'o', code, 'f', args\[\d+\]\)/;
  const bare = functionLibrary.source.replace(append, "''");
  if (bare === functionLibrary.source)
    throw new Error('commit no longer appends its entry as this bench knows it');
  return bare
    .replace(`name=${functionLibrary.name}`, 'name=without_audit')
    .replaceAll(`'b${functionLibrary.abi}_`, "'bare_b_");
}

/** Microseconds of one call of the function in the middle of a day. */
async function medianUsec(client: Redis, recording: BoardRecording, name: string): Promise<number> {
  await client.flushall();
  const { board } = recording;
  await bookBoard(client, recording, board);
  const commands = recording.work.map((commit) => replayCommand(commit, board, board));
  for (const command of commands) command[1] = name;
  await client.config('RESETSTAT');
  await replay(client, commands);
  const info = await client.info('commandstats');
  return Number(/cmdstat_fcall:.*?usec_per_call=([\d.]+)/.exec(info)?.[1] ?? Number.NaN);
}

async function measureAppend({ isQuick, rounds, log: tell }: BenchSetting): Promise<Figure> {
  const day = makeBenchDay(isQuick ? 100 : 400);
  await using redis = await startRedis({ persist: 'aof-always' });
  const recording = await recordBoard(redis, day, dayCommands(day));
  const client = redis.client();
  await client.call('FUNCTION', 'LOAD', libraryWithoutAudit());
  const usec: Record<string, number[]> = { [withAudit]: [], [withoutAudit]: [] };
  for (const name of Object.keys(usec)) await medianUsec(client, recording, name);
  await alternate(rounds * 2, Object.keys(usec), async (name) => {
    usec[name]?.push(await medianUsec(client, recording, name));
  });
  client.disconnect();
  const added = (usec[withAudit] ?? []).map((value, i) => (value - (usec[withoutAudit]?.[i] ?? 0)) / 1_000);
  tell(`audit: an entry adds ${added.map((ms) => ms.toFixed(4)).join(', ')} ms to a commit`);
  return figure('an entry adds to a commit', 'ms', added, { op: '<=', value: 0.1 });
}

async function measureSealing({ isQuick, rounds, log: tell }: BenchSetting): Promise<Figure> {
  const count = isQuick ? 10_000 : 40_000;
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await using redis = await startRedis({ persist: 'aof-always' });
    const dir = ownDir();
    const port = createRedisPort(fromUrl(redis.url), 'bench');
    await port.connect();
    await ensureFunctions(port);
    const keys = await LocalKeyFile.open(join(dir, 'keys.json'));
    await appendMany(new SecurityAudit({ port, keys }), count);
    const archive = new FolderObjectStore(join(dir, 'archive'));
    const sealer = new AuditSealer(log, { port, archive, signer: new AuditSigner(keys), keys, installation });
    const at = performance.now();
    await sealer.sealAll();
    const rate = count / ((performance.now() - at) / 1_000);
    tell(`audit: sealed ${rate.toFixed(0)} entries/s`);
    rates.push(rate);
    await port.close();
    releaseDir(dir);
  }
  return figure('sealed', 'entries/s', rates, { op: '>=', value: 5_000 });
}

async function appendMany(audit: SecurityAudit, count: number): Promise<void> {
  for (let at = 0; at < count; at += 2_000) {
    const some = Array.from({ length: Math.min(2_000, count - at) }, (_, i) =>
      audit.append({
        ...{ cid: clinic, type: 'rest', sub: 'vread', act: 'R', out: 0, pou: 'TREAT', rid: `rid-${at + i}` },
        agent: { uid: `user-${i % 40}`, kind: 'human', role: 'medical-assistant', ws: `station-${i % 12}` },
        pat: [`patient-${i % 5_000}`],
        ent: [{ t: 'Visit', id: `v:${at + i}`, fields: ['status', 'roomId'] }],
      }),
    );
    await Promise.all(some);
  }
}

/** A leaf as a working clinic makes it: about 450 bytes. */
function sampleEvent(n: number): AuditEvent {
  const ts = startAt + n * 500;
  return {
    ...{ v: 1, id: `security/${ts}-0`, src: 'security', sn: n + 1, ts, sat: ts + 30_000, cid: clinic },
    ...{
      type: 'rest',
      sub: 'vread',
      act: 'R',
      out: 0,
      pou: 'TREAT',
      rid: `rid-${n}`,
      inst: 'p-1',
      iseq: n + 1,
    },
    imac: 'a'.repeat(32),
    agent: { uid: `user-${n % 40}`, kind: 'human', role: 'medical-assistant', ws: `station-${n % 12}` },
    pat: [`patient-${n % 5_000}`],
    ent: [{ t: 'Visit', id: `v:${n}` }],
  };
}

async function measureVerify({ isQuick, rounds, log: tell }: BenchSetting): Promise<Figure> {
  const count = isQuick ? 100_000 : 1_000_000;
  const dir = ownDir();
  const archive = new LogArchive(new FolderObjectStore(dir), log);
  const signer = new AuditSigner(await LocalKeyFile.open(join(dir, 'keys.json')));
  const origin = originOf(installation, log);
  for (let size = 0; size < count; size += 20_480) {
    const batch = Array.from({ length: Math.min(20_480, count - size) }, (_, i) =>
      leafBytes(sampleEvent(size + i)),
    );
    const range = await archive.append(size, batch);
    const note = await signer.sign({ origin, size: range.size, root: range.root() });
    await archive.putCheckpoint(range.size, note);
  }
  const key = await signer.verifierKey(origin);
  const seconds: number[] = [];
  for (let round = 0; round < Math.min(2, rounds); round += 1) {
    const at = performance.now();
    mustBeSound(await verifyLog(archive, { ...plain, key }));
    seconds.push(((performance.now() - at) / 1_000) * (1_000_000 / count));
    tell(`audit: verified ${count} entries, ${seconds.at(-1)?.toFixed(1)} s for a million`);
  }
  releaseDir(dir);
  return figure('verify of 1,000,000 entries', 's', seconds, { op: '<=', value: 60 });
}

const plain = {
  ...{ witnesses: [], witnessMaxMs: null, since: null, isIncremental: false, retainFrom: null },
  ...{ ageMaxMs: null, backlogMaxMs: null, silenceMaxMs: null, skewMs: 300_000, now: startAt },
};

function mustBeSound({ exitCode, findings }: VerifyReport): void {
  if (exitCode !== 0) throw new Error(`the log is not sound: ${findings[0]?.detail}`);
}

/** A patient on every board of a year, each seen by sixty people. */
async function measureOpened({ rounds, log: tell }: BenchSetting): Promise<Figure> {
  await using redis = await startRedis();
  const port = createRedisPort(fromUrl(redis.url), 'bench');
  await port.connect();
  const index = new AuditIndex(port, log);
  for (let day = 0; day < 365; day += 1) await index.add(boardDay(day));
  const ms: number[] = [];
  let rows = 0;
  for (let round = 0; round < rounds * 2; round += 1) {
    const at = performance.now();
    rows = (await index.openedBy('patient-1', 0, startAt + 400 * dayMs)).length;
    ms.push(performance.now() - at);
  }
  await port.close();
  if (rows !== 365 * 61) throw new Error(`${rows} rows where ${365 * 61} should be`);
  tell(`audit: who opened a record, ${rows} rows: ${ms.map((value) => value.toFixed(0)).join(', ')} ms`);
  return figure('who opened a record, a year', 'ms', ms, { op: '<=', value: 1_000 });
}

function boardDay(day: number): AuditEvent[] {
  const ts = startAt + day * dayMs;
  const src = `board:${new Date(ts).toISOString().slice(0, 10)}`;
  const common = { ...sampleEvent(day), src, ts, sat: ts + 1_000 };
  const change: AuditEvent = {
    ...common,
    sub: 'update',
    act: 'U',
    pat: ['patient-1'],
    ent: [{ t: 'Visit', id: 'v:1' }],
  };
  const readers = Array.from({ length: 60 }, (_, i) => ({
    ...{ ...common, ts: ts + 60_000 + i, pat: [], ent: [{ t: 'Board', id: '*' }], job: 'board.stream.staff' },
    agent: { uid: `user-${i}`, kind: 'human' as const, role: 'nurse' },
  }));
  return [change, ...readers];
}

async function run(setting: BenchSetting): Promise<BenchReport> {
  const figures = [
    await measureAppend(setting),
    await measureSealing(setting),
    await measureVerify(setting),
    await measureOpened(setting),
  ];
  return {
    name: 'audit',
    claim:
      'An entry adds at most 0.1 ms to a commit; sealing, checking and asking keep up with ten years of it.',
    tables: [
      {
        title: 'The record of accesses',
        rows: figures.map(({ name, unit, median, min, max }) => ({ what: name, unit, median, min, max })),
      },
    ],
    figures,
    notes: [
      'The cost to a commit is the time in Redis of the function with and without its entry; the entry’s text is made in the same turn of the event loop, in some microseconds.',
      'Sealing counts reading from Redis, checking MACs, hashing, writing tiles to a folder with fsync, signing and indexing.',
      'With --quick a tenth of the entries is verified and the time multiplied.',
    ],
  };
}

export const audit: Bench = { name: 'audit', run };
