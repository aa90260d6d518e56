/** Kills the sealer of the record at random moments and judges what is left. */
import { join } from 'node:path';
import type { AuditEvent, SecurityEvent } from '@workflow-bolt/contracts';
import {
  AuditSigner,
  auditLogOf,
  checkLog,
  FolderObjectStore,
  LocalKeyFile,
  LogArchive,
  originOf,
  type RedisPort,
  SecurityAudit,
} from '@workflow-bolt/store';
import type { Random } from '../stream-fuzz/random.ts';
import { clinic, type KeeperStage } from './keeper-stage.ts';
import { runToKill } from './killed-process.ts';

const log = auditLogOf(clinic);
const date = '2026-06-12';
/** Over several batches of the process, and over the border of a tile in the second round. */
const eventsPerRound = 160;
const visitsPerRound = 12;
/** A checkpoint was signed and is not yet named as the newest (ADR 7): the next pass does that, and then all is well. */
const aheadOfItsName = 13;

const event = (rid: string): SecurityEvent => ({
  ...{ cid: clinic, type: 'auth', sub: 'login', act: 'E', out: 4, why: 'not_authenticated' },
  agent: { uid: 'anonymous', kind: 'anonymous', role: null },
  rid,
});

export type SealingVerdict = {
  kills: number;
  /** Exit codes of a full and of an incremental check after each round, or the pass behind it; all 0 when nothing is wrong. */
  checks: number[];
  /** Events that were appended and are not sealed, or not once. */
  missing: string[];
  gaps: number;
  /** Changes of the board: appended, and sealed. */
  commits: [number, number];
};

class SealedLog {
  readonly #archive: LogArchive;
  readonly #signer: AuditSigner;
  #kept: Uint8Array | null = null;

  constructor(stage: KeeperStage, keys: LocalKeyFile) {
    this.#archive = new LogArchive(new FolderObjectStore(stage.archiveDir), log);
    this.#signer = new AuditSigner(keys);
  }

  /** Everything from the beginning, and that it goes on from what was seen last. Exit codes of the verifier. */
  async check(): Promise<number[]> {
    if (!(await this.#archive.checkpoint())) return [];
    const key = await this.#signer.verifierKey(originOf('audit.example.org', log));
    const subject = { reader: this.#archive, key, now: Date.now() };
    const full = await checkLog({ ...subject, since: null });
    const goesOn = this.#kept ? await checkLog({ ...subject, since: this.#kept }) : full;
    if (full.isOk) this.#kept = await this.#archive.read('checkpoint');
    return [full.exitCode, goesOn.exitCode];
  }

  async events(): Promise<AuditEvent[]> {
    const size = (await this.#archive.checkpoint())?.size ?? 0;
    const events: AuditEvent[] = [];
    for await (const { bytes } of this.#archive.entries(0, size, size))
      events.push(JSON.parse(Buffer.from(bytes).toString('utf8')) as AuditEvent);
    return events;
  }
}

/** Appends, seals, kills; so many times. The last sealer is left to finish. */
export async function killSealings(
  stage: KeeperStage,
  random: Random,
  rounds: number,
): Promise<SealingVerdict> {
  const keys = await LocalKeyFile.open(join(stage.keysDir, 'top-keys.json'));
  const sealed = new SealedLog(stage, keys);
  const rids: string[] = [];
  let commits = 0;
  let kills = 0;
  let wholeMs = 0;
  const checks: number[] = [];
  const args = [stage.redis.url, stage.archiveDir, stage.keysDir, clinic];
  const endLease = () => stage.redis.call('HSET', `{a:${log}}:seal`, 'until', '0');
  const sealedState = async (): Promise<number[]> => {
    await endLease();
    const found = await sealed.check();
    if (!found.includes(aheadOfItsName)) return found;
    await runToKill('seal-process.ts', args, null);
    await endLease();
    return sealed.check();
  };
  for (let round = 0; round <= rounds; round += 1) {
    const fresh = Array.from({ length: eventsPerRound }, (_, i) => `r${round}-${i}`);
    await stage.fresh((_registry, port) => append(port, keys, fresh));
    rids.push(...fresh);
    commits += await stage.writeVisits(date, visitsPerRound);
    const isLast = round === rounds;
    const isMeasured = round === 0 || isLast;
    const done = await runToKill(
      'seal-process.ts',
      args,
      isMeasured ? null : random.int(0, Math.ceil(wholeMs * 0.9)),
    );
    if (round === 0) wholeMs = done.ms;
    if (done.isKilled) kills += 1;
    checks.push(...(await sealedState()));
  }
  const { missing, gaps, numCommits } = judge(await sealed.events(), rids);
  return { kills, checks, missing, gaps, commits: [commits, numCommits] };
}

async function append(port: RedisPort, keys: LocalKeyFile, rids: readonly string[]): Promise<void> {
  const audit = new SecurityAudit({ port, keys });
  await Promise.all(rids.map((rid) => audit.append(event(rid))));
}

function judge(events: readonly AuditEvent[], rids: readonly string[]) {
  const times = new Map<string, number>();
  for (const { rid } of events) if (rid) times.set(rid, (times.get(rid) ?? 0) + 1);
  return {
    missing: rids.filter((rid) => times.get(rid) !== 1),
    gaps: events.filter(({ sub }) => sub === 'audit-gap').length,
    numCommits: events.filter(({ cmd }) => cmd !== undefined).length,
  };
}
