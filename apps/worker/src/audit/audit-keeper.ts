/**
 * Keeps the record in this process: seals it, checks what was sealed, and proves now and then that a check can fail.
 * Any number of workers may run it: a lease lets one seal, and checks that another has just made are not repeated.
 */
import { findingCodes } from '@workflow-bolt/audit-verifier';
import {
  type AuditCheck,
  type Beat,
  type ClinicSettings,
  ConfigError,
  Fault,
  type SecurityEvent,
  type WorkerConfig,
} from '@workflow-bolt/contracts';
import {
  AccessReviews,
  AuditChecks,
  type AuditLogId,
  AuditReviews,
  AuditSealer,
  AuditSigner,
  auditLogOf,
  checkLog,
  clinicOf,
  drillLog,
  installationLog,
  type KeyProvider,
  LogArchive,
  type ObjectStore,
  openObjectStore,
  type RedisPort,
  readFreeze,
  type SecurityAudit,
  witnessAddress,
} from '@workflow-bolt/store';
import type { Logger } from 'pino';
import { WitnessDesk } from './witness-desk.ts';

export type AuditKeeperParts = {
  config: Pick<
    WorkerConfig,
    'archive' | 'auditName' | 'auditSealMs' | 'auditWitnesses' | 'auditWitnessRequired'
  >;
  clinics: readonly ClinicSettings[];
  port: RedisPort;
  keys: () => KeyProvider;
  audit: Pick<SecurityAudit, 'append'>;
  log: Logger;
  now?: () => number;
  /** Instead of the archive that the configuration names. */
  archive?: ObjectStore;
};

/** How often each check is made, ms. */
export const checkEveryMs = { incremental: 600_000, full: 7 * 86_400_000, drill: 30 * 86_400_000 } as const;
type CheckKind = AuditCheck['kind'];

type Kept = { sealer: AuditSealer; archive: LogArchive; signer: AuditSigner };

export class AuditKeeper {
  readonly #parts: AuditKeeperParts;
  readonly #checks: AuditChecks;
  readonly #reviews: AuditReviews;
  readonly #accessReviews: AccessReviews;
  readonly #kept = new Map<AuditLogId, Kept>();
  readonly #inDoubt = new Set<AuditLogId>();
  /** Logs of which a witness has seen another history; until this process is started again. */
  readonly #forked = new Set<AuditLogId>();
  readonly #now: () => number;
  readonly witnesses: WitnessDesk;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #state: NonNullable<Beat['record']> = { lastGoodAt: null, lastFailedAt: null };

  constructor(parts: AuditKeeperParts) {
    this.#parts = parts;
    this.#checks = new AuditChecks(parts.port);
    this.#reviews = new AuditReviews(parts.port);
    this.#accessReviews = new AccessReviews(parts.port);
    this.#now = parts.now ?? Date.now;
    const { config, audit, log } = parts;
    this.witnesses = new WitnessDesk({
      witnesses: config.auditWitnesses.map(addressOf),
      record: (event) => audit.append(event),
      onForked: (each) => this.#forked.add(each),
      ...{ log, now: this.#now },
    });
  }

  get logs(): AuditLogId[] {
    return [installationLog, ...this.#parts.clinics.map(({ id }) => auditLogOf(id))];
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), this.#parts.config.auditSealMs).unref();
  }

  /** Waits for the pass that is under way. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await this.#running;
    await this.witnesses.stop();
  }

  /**
   * One pass over all logs: sealing, then whatever check is due. Never throws; what failed is logged. Witnesses are
   * asked afterwards; the next pass does not wait for them.
   */
  async pass(): Promise<void> {
    const sealed: (boolean | null)[] = [];
    for (const log of this.logs) {
      sealed.push(await this.#seal(log));
      await this.#checkDue(log).catch((error: unknown) => this.#tell(log, error, 'record not checked'));
      await this.#remindOf(log).catch((error: unknown) => this.#tell(log, error, 'review not opened'));
    }
    this.#note(sealed);
    // Of all logs, whoever sealed them: what another process had confirmed lies in the archive, and is not asked again.
    this.witnesses.ask(new Map([...this.#kept].map(([log, { archive }]) => [log, archive])));
  }

  /** When logs were last sealed from here, and when one last could not be; a pass in which others held all says nothing. */
  get state(): NonNullable<Beat['record']> {
    const witness = this.witnesses.state;
    return witness ? { ...this.#state, witness } : this.#state;
  }

  #note(sealed: readonly (boolean | null)[]): void {
    if (sealed.includes(false)) this.#state = { ...this.#state, lastFailedAt: Date.now() };
    else if (sealed.includes(true)) this.#state = { ...this.#state, lastGoodAt: Date.now() };
  }

  /** A week that is over, and access in force, are to be reviewed; what nobody reviewed in time is told. */
  async #remindOf(log: AuditLogId): Promise<void> {
    const now = this.#now();
    await this.#reviews.open(log, now);
    await this.#reviews.escalate(log, now, async (week) => {
      this.#parts.log.warn({ log, week }, 'review of the record overdue');
      await this.#tellOverdue(log, 'AuditReview', week);
    });
    if (clinicOf(log) === null) return;
    await this.#accessReviews.open(log, now);
    await this.#accessReviews.escalate(log, now, async (number) => {
      this.#parts.log.warn({ log, number }, 'review of access overdue');
      await this.#tellOverdue(log, 'AccessReview', String(number));
    });
  }

  /** On the record, from where it becomes an alert. */
  async #tellOverdue(log: AuditLogId, t: string, id: string): Promise<void> {
    await this.#parts.audit.append({
      ...{ cid: clinicOf(log), type: 'security', sub: 'review', act: 'E', out: 4, why: 'overdue' },
      agent: { uid: 'audit-keeper', kind: 'service', role: null },
      ...{ pou: 'HCOMPL', ent: [{ t, id }] },
    });
  }

  /** Codes only: what an error quotes may be anything. */
  #tell(log: AuditLogId, error: unknown, what: string): void {
    const isFault = error instanceof Fault;
    const reason = isFault ? String(error.details.reason ?? '') : 'bug';
    this.#parts.log.error({ log, code: isFault ? error.code : 'internal', reason }, what);
  }

  #tick(): void {
    this.#running ??= this.pass().finally(() => {
      this.#running = null;
    });
  }

  /** Null while another process seals. */
  async #seal(log: AuditLogId): Promise<boolean | null> {
    try {
      const { sealer } = this.#kept.get(log) ?? (await this.#open(log));
      return (await sealer.sealAll()).status === 'busy' ? null : true;
    } catch (error) {
      this.#tell(log, error, 'record not sealed');
      return false;
    }
  }

  async #checkDue(log: AuditLogId): Promise<void> {
    const kept = this.#kept.get(log) ?? (await this.#open(log));
    if (!(await kept.archive.checkpoint())) return;
    const done = new Map((await this.#checks.list(log)).map((check) => [check.kind, check.at]));
    for (const kind of ['full', 'drill', 'incremental'] as const) {
      if (this.#now() - (done.get(kind) ?? 0) >= checkEveryMs[kind]) await this.#check(log, kept, kind);
    }
  }

  async #check(log: AuditLogId, { sealer, archive, signer }: Kept, kind: CheckKind): Promise<void> {
    const key = await signer.verifierKey(sealer.origin);
    const since = kind === 'incremental' ? await this.#checks.checkpoint(log) : null;
    const subject = { reader: archive, key, now: this.#now() };
    const newest = await archive.read('checkpoint');
    const check =
      kind === 'drill' ? await drillLog(subject, Math.random) : await checkLog({ ...subject, since });
    // A log without an earlier check is read whole, and that counts as both.
    await this.#checks.keep(log, { ...check, kind });
    // What was found once (a gap the sealer noted) is told once; an altered archive is told until it is put right.
    const isArchiveWhole = check.isOk || check.exitCode >= findingCodes.sequence;
    if (isArchiveWhole && kind !== 'drill' && newest) await this.#checks.keepCheckpoint(log, newest);
    this.#noteDoubt(log, check);
    if (kind !== 'incremental' || !check.isOk)
      await this.#parts.audit.append(checkedEvent(log, { ...check, kind }));
  }

  /** While a check fails nothing is trimmed: Redis may hold what the archive has lost. */
  #noteDoubt(log: AuditLogId, { kind, isOk, exitCode }: AuditCheck): void {
    if (isOk) this.#inDoubt.delete(log);
    else {
      this.#inDoubt.add(log);
      this.#parts.log.fatal({ log, kind, exitCode }, 'record not sound');
    }
  }

  /** What another process found, or this one before it was started again, stands in Redis until people have judged it. */
  async #isTrimAllowed(log: AuditLogId): Promise<boolean> {
    if (this.#inDoubt.has(log) || this.#forked.has(log)) return false;
    return (await readFreeze(this.#parts.port)) === null;
  }

  async #open(log: AuditLogId): Promise<Kept> {
    const { port, keys, config } = this.#parts;
    const store = this.#parts.archive ?? (await openObjectStore(config.archive));
    const signer = new AuditSigner(keys());
    const sealer = new AuditSealer(log, {
      ...{ port, archive: store, signer, keys: keys(), installation: config.auditName, now: this.#now },
      isTrimAllowed: () => this.#isTrimAllowed(log),
      isWitnessed: (size) => !config.auditWitnessRequired || this.witnesses.isConfirmed(log, size),
    });
    const kept = { sealer, signer, archive: new LogArchive(store, log) };
    this.#kept.set(log, kept);
    return kept;
  }
}

/** Throws ConfigError for a key whose hash is of another key, or that signs logs. */
function addressOf({ key, url }: WorkerConfig['auditWitnesses'][number]) {
  try {
    return witnessAddress(key, url);
  } catch (error) {
    throw new ConfigError(`BOLT_AUDIT_WITNESSES: ${(error as Error).message} (${key})`);
  }
}

function checkedEvent(log: AuditLogId, { kind, isOk, exitCode, checked }: AuditCheck): SecurityEvent {
  return {
    ...{ cid: clinicOf(log), type: 'security', sub: 'verify', act: 'E', out: isOk ? 0 : 8 },
    ...(isOk ? {} : { why: `exit_${exitCode}` }),
    agent: { uid: 'audit-keeper', kind: 'service', role: null },
    pou: 'HCOMPL',
    ent: [{ t: 'AuditLog', id: kind, n: checked }],
  };
}
