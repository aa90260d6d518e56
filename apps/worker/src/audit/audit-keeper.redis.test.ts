import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClinicSettings, readConfig, workerOptions } from '@workflow-bolt/contracts';
import {
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

const clinic = 'oak';
const log = auditLogOf(clinic);
const settings = { id: clinic } as ClinicSettings;

async function startKeeper() {
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
  // Behind Redis's clock, so that checks become due without entries waiting long for their seal.
  const clock = { now: Date.now() - checkEveryMs.drill };
  const config = readConfig(workerOptions, {
    BOLT_CLINICS_FILE: 'given-directly',
    BOLT_EHR_CUSTOMER_KEY: 'none',
    BOLT_EHR_USER: 'none',
    BOLT_EHR_PASSWORD: 'none',
    BOLT_ARCHIVE: join(dir, 'archive'),
  });
  const keeper = new AuditKeeper({
    ...{ config, clinics: [settings], port, keys: () => provider, audit, now: () => clock.now },
    log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
  });
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
  return { stack, dir, reviews, keeper, signIn, clock, checks, lines, archive: join(dir, 'archive') };
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
