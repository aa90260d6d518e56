import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkpointText,
  folderReader,
  formatAddCheckpoint,
  formatKey,
  formatNote,
  noteKey,
  parseKey,
  runWitness,
  verifyLog,
} from '@workflow-bolt/audit-verifier';
import { type ClinicSettings, Fault, readConfig, workerOptions } from '@workflow-bolt/contracts';
import {
  AccessReviews,
  AuditChecks,
  AuditReviews,
  auditLogOf,
  createRedisPort,
  ensureFunctions,
  FolderObjectStore,
  fromUrl,
  LocalKeyFile,
  LogArchive,
  SecurityAudit,
} from '@workflow-bolt/store';
import { startRedis } from '@workflow-bolt/testkit';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { AuditKeeper, checkEveryMs } from './audit-keeper.ts';
import { witnessLateMs } from './witness-desk.ts';

const clinic = 'oak';
const log = auditLogOf(clinic);
const settings = { id: clinic } as ClinicSettings;

type Options = {
  /** Makes them, given the keys of the logs: what stands in the configuration. */
  witnesses?: (keys: LocalKeyFile) => Promise<string>;
};

async function startKeeper({ witnesses }: Options = {}) {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const dir = await mkdtemp(join(tmpdir(), 'bolt-audit-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const port = createRedisPort(fromUrl(redis.url), 'keeper');
  stack.defer(() => port.close());
  await port.connect();
  await ensureFunctions(port);
  const provider = await LocalKeyFile.open(join(dir, 'keys.json'));
  const audit = new SecurityAudit({ port, keys: provider });
  const lines: Record<string, unknown>[] = [];
  /** What cannot be kept on the record now: Redis is away for whoever writes it. */
  const refusing: { about: string | null } = { about: null };
  // Behind Redis's clock, so that checks become due without entries waiting long for their seal.
  const clock = { now: Date.now() - checkEveryMs.drill };
  const config = readConfig(workerOptions, {
    BOLT_CLINICS_FILE: 'given-directly',
    BOLT_EHR_CUSTOMER_KEY: 'none',
    BOLT_EHR_USER: 'none',
    BOLT_EHR_PASSWORD: 'none',
    BOLT_ARCHIVE: join(dir, 'archive'),
    BOLT_AUDIT_WITNESSES: (await witnesses?.(provider)) ?? '',
  });
  const newKeeper = () =>
    new AuditKeeper({
      ...{ config, clinics: [settings], port, keys: () => provider, now: () => clock.now },
      audit: {
        append: async (event) => {
          if (event.ent?.[0]?.t === refusing.about) throw new Fault('store_unavailable', { reason: 'test' });
          await audit.append(event);
        },
      },
      log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    });
  const keeper = newKeeper();
  const signIn = (rid: string) =>
    audit.append({
      ...{ cid: clinic, type: 'auth', sub: 'login', act: 'E', out: 0, rid },
      agent: { uid: 'dana', kind: 'human', role: 'front-desk' },
    });
  const checks = async () =>
    Object.fromEntries(
      (await new AuditChecks(port).list(log)).map(({ kind, isOk, exitCode }) => [kind, [isOk, exitCode]]),
    );
  const reviews = new AuditReviews(port);
  const accessReviews = new AccessReviews(port);
  stack.defer(() => keeper.stop());
  /** A pass, and whatever witnesses say of it. */
  const witnessed = async () => {
    await keeper.pass();
    await keeper.witnesses.settled();
  };
  return {
    stack,
    dir,
    provider,
    redis,
    witnessed,
    refusing,
    accessReviews,
    reviews,
    keeper,
    another: newKeeper,
    signIn,
    clock,
    checks,
    lines,
    archive: join(dir, 'archive'),
  };
}

test('[H-06, H-13] a pass seals and checks; the checks come again when they are due, and are on the record', async () => {
  const { stack, keeper, signIn, clock, checks, archive } = await startKeeper();
  await using _ = stack;
  await signIn('rid-1');
  await keeper.pass();
  expect(await checks()).toEqual({ full: [true, 0], drill: [true, 0], incremental: [true, 0] });
  await signIn('rid-2');
  clock.now += checkEveryMs.drill;
  await keeper.pass();
  expect(await checks()).toEqual({ full: [true, 0], drill: [true, 0], incremental: [true, 0] });
  clock.now += 1_000;
  await keeper.pass();
  const sealed = new LogArchive(new FolderObjectStore(archive), log);
  const size = (await sealed.checkpoint())?.size ?? 0;
  const subs: string[] = [];
  for await (const { bytes } of sealed.entries(0, size, size)) {
    const event = JSON.parse(Buffer.from(bytes).toString('utf8')) as { sub: string; ent?: { id: string }[] };
    subs.push(event.sub === 'verify' ? `verify ${event.ent?.[0]?.id}` : event.sub);
  }
  expect(subs).toContain('verify full');
  expect(subs).toContain('verify drill');
});

test('[audit] [H-07] an archive that was altered on its disk is told as fatal, and told again', async () => {
  const { stack, keeper, signIn, clock, checks, lines, archive } = await startKeeper();
  await using _ = stack;
  await signIn('rid-1');
  await keeper.pass();
  await signIn('rid-2');
  clock.now += checkEveryMs.full;
  const bundle = join(archive, 'audit', log, 'tile', 'entries', '000.p', '2');
  const text = (await readFile(bundle, 'latin1')).replace('"rid-1"', '"rid-9"');
  await writeFile(bundle, text, 'latin1');
  await keeper.pass();
  const told = () =>
    lines.filter(({ msg }) => msg === 'record not sound').map(({ kind, exitCode }) => [kind, exitCode]);
  expect(told()).toContainEqual(['full', 10]);
  expect((await checks()).full).toEqual([false, 10]);
  const refusals = lines
    .filter(({ msg }) => msg === 'record not sealed')
    .map(({ log: of, reason }) => [of, reason]);
  expect(refusals).toEqual([[log, 'entries_altered']]);
  const before = told().length;
  clock.now += checkEveryMs.full;
  await keeper.pass();
  expect(told().length).toBeGreaterThan(before);
});

/** A witness of both logs of this installation, behind a door that can be shut. */
async function startWitness(stack: AsyncDisposableStack, keys: LocalKeyFile) {
  const raw = await keys.publicKey();
  const logs = ['i', log].map((each) => formatKey(noteKey(`workflow-bolt.local/${each}`, 1, raw)));
  const folder = await mkdtemp(join(tmpdir(), 'bolt-witness-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const lines: string[] = [];
  const argv = [folder, '--name', 'witness.example.net', '--listen', '127.0.0.1:0'];
  const served = await runWitness([...argv, ...logs.flatMap((key) => ['--log', key])], {
    ...{ readText: async () => '', print: (line: string) => void lines.push(line) },
  });
  if (!served) throw new Error('the witness did not start');
  stack.defer(() => served.stop());
  const door = { isShut: false, asked: 0 };
  const server = createServer((req, res) => void pass(req, res, served.url, door));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const key = (lines[0] ?? '').split(' ')[1] ?? '';
  return { door, url: served.url, key: parseKey(key), configured: `${key} http://127.0.0.1:${port}/` };
}

async function pass(
  req: IncomingMessage,
  res: ServerResponse,
  url: string,
  door: { isShut: boolean; asked: number },
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of req as AsyncIterable<Buffer>) parts.push(part);
  door.asked += 1;
  if (door.isShut) return void res.writeHead(503).end();
  const answer = await fetch(`${url}${req.url}`, { method: 'POST', body: Buffer.concat(parts) });
  res.writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? '' });
  res.end(await answer.text());
}

type Witnessed = Awaited<ReturnType<typeof startWitness>>;

/** A keeper with a witness. */
async function startWitnessed() {
  const outer = new AsyncDisposableStack();
  const found: { witness: Witnessed | null } = { witness: null };
  const started = await startKeeper({
    witnesses: async (keys) => {
      found.witness = await startWitness(outer, keys);
      return found.witness.configured;
    },
  });
  outer.use(started.stack);
  if (!found.witness) throw new Error('there is no witness');
  const { witness } = found;
  const { archive, clock, provider } = started;
  const verify = async () => {
    const key = noteKey(`workflow-bolt.local/${log}`, 1, await provider.publicKey());
    const report = await verifyLog(folderReader(join(archive, 'audit', log)), {
      ...{ key, witnesses: [witness.key], witnessMaxMs: null, since: null, isIncremental: false },
      ...{ retainFrom: null, ageMaxMs: null, backlogMaxMs: null, silenceMaxMs: null },
      ...{ skewMs: 300_000, now: Math.max(Date.now(), clock.now) },
    });
    return report.exitCode;
  };
  const told = (what: string) =>
    started.lines.filter(({ msg, log: of }) => msg === what && of === log).length;
  return { ...started, stack: outer, witness, verify, told };
}

test('[audit] [H-07] while the record is in doubt Redis lets nothing go, whichever process found it', async () => {
  const { stack, keeper, signIn, clock, redis } = await startKeeper();
  await using _ = stack;
  await signIn('rid-1');
  await signIn('rid-2');
  clock.now = Date.now();
  await keeper.pass();
  // What the checks left on the record is sealed too: nothing waits for weeks.
  await keeper.pass();
  const oldest = async () =>
    ((await redis.call('XRANGE', `{a:${log}}:ev`, '-', '+', 'COUNT', '1')) as [string][])[0]?.[0];
  const first = await oldest();
  await redis.call('SET', '{dt}:freeze', JSON.stringify({ why: 'AUD-1', since: clock.now }));
  clock.now += 36 * 86_400_000;
  // Another process found it; this one has seen nothing wrong, as one that was started again.
  await keeper.pass();
  expect(await oldest()).toBe(first);
  await redis.call('DEL', '{dt}:freeze');
  await keeper.pass();
  expect(await oldest()).not.toBe(first);
});

test('[audit] [H-06] a witness elsewhere confirms each checkpoint, and what it signed is kept beside it', async () => {
  const { stack, keeper, archive, another, witnessed, signIn, verify, witness } = await startWitnessed();
  await using _ = stack;
  expect(keeper.state).toMatchObject({ witness: { lastGoodAt: null, isLate: false } });
  await signIn('rid-1');
  await witnessed();
  expect(await verify()).toBe(0);
  await signIn('rid-2');
  await signIn('rid-3');
  await keeper.pass();
  await keeper.witnesses.settled();
  expect(await verify()).toBe(0);
  expect(keeper.state.witness).toMatchObject({ isLate: false, lastGoodAt: expect.any(Number) });
  // What is confirmed is not asked about again.
  await witnessed();
  const size = (await new LogArchive(new FolderObjectStore(archive), log).checkpoint())?.size ?? 0;
  expect([size, size + 1].map((each) => keeper.witnesses.isConfirmed(log, each))).toEqual([true, false]);
  const { asked } = witness.door;
  await witnessed();
  // Nor by another worker, which knows it from the archive.
  const second = another();
  await second.pass();
  await second.witnesses.settled();
  expect(second.witnesses.isConfirmed(log, size)).toBe(true);
  await second.stop();
  expect(witness.door.asked).toBe(asked);
});

test('[audit] [H-06] a witness that is away holds up no seal; after a quarter of an hour it is told once', async () => {
  const { stack, keeper, witnessed, signIn, verify, told, clock, witness } = await startWitnessed();
  await using _ = stack;
  witness.door.isShut = true;
  await signIn('rid-1');
  await witnessed();
  expect([await verify(), keeper.state.witness?.isLate, told('witness late')]).toEqual([17, false, 0]);
  clock.now += witnessLateMs + 60_000;
  await witnessed();
  await witnessed();
  expect([await verify(), keeper.state.witness?.isLate, told('witness late')]).toEqual([17, true, 1]);
  witness.door.isShut = false;
  await witnessed();
  expect([await verify(), keeper.state.witness?.isLate, told('witness late')]).toEqual([0, false, 1]);
});

test('[audit] [H-07] a witness that has seen another log under this name is told as fatal, and is on the record', async () => {
  const { stack, redis, provider, witnessed, signIn, told, witness, refusing } = await startWitnessed();
  await using _ = stack;
  const text = checkpointText({ origin: `workflow-bolt.local/${log}`, size: 1, root: Buffer.alloc(32, 7) });
  const { name, keyHash } = noteKey(`workflow-bolt.local/${log}`, 1, await provider.publicKey());
  const signature = await provider.sign(Buffer.from(text));
  const note = formatNote({ text, signatures: [{ name, keyHash, signature }] });
  const body = Buffer.from(formatAddCheckpoint({ oldSize: 0, proof: [], note }));
  expect((await fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body })).status).toBe(200);
  await signIn('rid-1');
  refusing.about = 'Witness';
  await witnessed();
  // What could not be kept was not told yet.
  refusing.about = null;
  await witnessed();
  await witnessed();
  expect(told('witness refused')).toBe(2);
  const events = JSON.stringify(await redis.call('XRANGE', `{a:${log}}:ev`, '-', '+'));
  expect([events.includes('rid-1'), events.includes('witness_refused')]).toEqual([true, true]);
  // It is one matter for a day, however often it is asked again.
  expect(events.split('witness_refused').length).toBe(2);
});

test('[H-13] each week is to be reviewed; a week that nobody reviewed in time is told once, on the record', async () => {
  const { stack, keeper, clock, lines, reviews } = await startKeeper();
  await using _ = stack;
  await keeper.pass();
  await keeper.pass();
  const [first, ...none] = await reviews.list(log);
  expect(none).toEqual([]);
  expect(first).toMatchObject({ reviewedAt: null, escalatedAt: null });
  clock.now += 8 * 86_400_000;
  await keeper.pass();
  await keeper.pass();
  const overdue = lines.filter(({ msg, log: of }) => msg === 'review of the record overdue' && of === log);
  expect(overdue.map(({ week }) => week)).toEqual([first?.week]);
  const [second] = await reviews.list(log);
  expect(second?.week).not.toBe(first?.week);
  const done = { by: 'aud', at: clock.now, outcome: 'clear' as const };
  expect(await reviews.attest(log, second?.week ?? '', done)).toBe(true);
  expect(await reviews.attest(log, second?.week ?? '', { ...done, by: 'eve' })).toBe(false);
  expect(await reviews.attest(log, '2020-01-06', done)).toBe(false);
  clock.now += 8 * 86_400_000;
  await keeper.pass();
  expect(
    lines.filter(({ msg, log: of }) => msg === 'review of the record overdue' && of === log),
  ).toHaveLength(1);
});

test('[H-15] access in force is to be reviewed every 92 days; a review that nobody made in time is told once', async () => {
  const { stack, keeper, clock, lines, accessReviews } = await startKeeper();
  await using _ = stack;
  await keeper.pass();
  const openedAt = clock.now;
  clock.now += 92 * 86_400_000;
  await keeper.pass();
  const overdue = () =>
    lines.filter(({ msg }) => msg === 'review of access overdue').map(({ number }) => number);
  expect(overdue()).toEqual([]);
  clock.now += 1;
  await keeper.pass();
  await keeper.pass();
  expect(overdue()).toEqual([1]);
  const done = { by: 'manager', at: clock.now, outcome: 'confirmed' as const, accounts: 7 };
  expect(await accessReviews.attest(log, 1, done)).toBe(true);
  expect(await accessReviews.attest(log, 1, { ...done, by: 'eve' })).toBe(false);
  expect(await accessReviews.attest(log, 9, done)).toBe(false);
  const due = 92 * 86_400_000;
  expect(await accessReviews.list(log)).toMatchObject([
    { number: 2, openedAt: done.at, dueAt: done.at + due, reviewedAt: null, accounts: null },
    { number: 1, openedAt, reviewedBy: 'manager', outcome: 'confirmed', accounts: 7, escalatedAt: clock.now },
  ]);
  clock.now += due;
  await keeper.pass();
  expect(overdue()).toEqual([1]);
});

test('[H-13] [H-15] an overdue review that could not be put on the record is told by the next pass', async () => {
  const { stack, redis, keeper, clock, refusing, reviews, accessReviews } = await startKeeper();
  await using _ = stack;
  await keeper.pass();
  clock.now += 92 * 86_400_000 + 1;
  refusing.about = 'AuditReview';
  await keeper.pass();
  const [week] = (await reviews.list(log)).toReversed();
  const escalated = async () => [
    (await reviews.list(log)).find((each) => each.week === week?.week)?.escalatedAt,
    (await accessReviews.list(log))[0]?.escalatedAt,
  ];
  expect(await escalated()).toEqual([null, null]);
  refusing.about = 'AccessReview';
  await keeper.pass();
  expect(await escalated()).toEqual([clock.now, null]);
  refusing.about = null;
  await keeper.pass();
  await keeper.pass();
  expect(await escalated()).toEqual([clock.now, clock.now]);
  const events = (await redis.call('XRANGE', `{a:${log}}:ev`, '-', '+')) as [string, string[]][];
  const told = events
    .map(([, fields]) => JSON.parse(fields[fields.indexOf('f') + 1] ?? '{}'))
    .filter(({ sub, why }) => sub === 'review' && why === 'overdue');
  expect(told.map(({ ent }) => ent[0])).toEqual([
    { t: 'AuditReview', id: week?.week },
    { t: 'AccessReview', id: '1' },
  ]);
});
