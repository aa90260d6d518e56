/**
 * Turns what lies in Redis into a record that nobody can alter unseen: entries become leaves of a Merkle log in the
 * archive, under a signed checkpoint, before Redis may forget them.
 *
 *   hold the lease → fix the batch → write bundles and tiles → sign → archive the checkpoint → index → finish → trim
 *
 * Each step can be done twice with the same result, so a sealer that is killed anywhere is followed by one that goes
 * on: a batch that was fixed is built again from the same ids; a checkpoint that was archived and not counted is read
 * back from the archive. Nothing is signed that the archive does not already hold.
 */
import { randomUUID } from 'node:crypto';
import { type CompactRange, checkpointNameOf, isSameHash, verifyNote } from '@workflow-bolt/audit-verifier';
import { type AuditEvent, Fault, type SecurityEvent } from '@workflow-bolt/contracts';
import type { ObjectStore } from '../archive/object-store.ts';
import type { RedisPort } from '../redis-port.ts';
import type { KeyProvider } from '../vault/key-provider.ts';
import { AuditIndex } from './audit-index.ts';
import { type AuditLogId, clinicOf } from './audit-keys.ts';
import { type AuditSigner, originOf } from './audit-signer.ts';
import { MacChecker } from './check-macs.ts';
import { LogArchive } from './log-archive.ts';
import { gapEvent, leafBytes } from './present-event.ts';
import {
  countOf,
  drawPlan,
  eventsOf,
  type FieldsOf,
  ownSource,
  parsePlan,
  positionsAfter,
  positionsFrom,
  type SealPlan,
} from './seal-plan.ts';
import { type Fresh, SealSources, securitySource } from './seal-sources.ts';
import { type Hold, parsePosition, SealState } from './seal-state.ts';

export type AuditSealerParts = {
  port: RedisPort;
  archive: ObjectStore;
  signer: AuditSigner;
  /** Opens the MAC keys of the processes; without it MACs are sealed unchecked. */
  keys?: Pick<KeyProvider, 'unwrap'> | null;
  /** Name of this installation, part of each log's origin. */
  installation: string;
  holder?: string;
  now?: () => number;
  /** How long sealed entries stay in Redis, ms. */
  hotMs?: number;
  /** False while the record is in doubt: then nothing more is trimmed, so that both copies can be compared. */
  isTrimAllowed?: () => Promise<boolean>;
  /** False while witnesses that must have confirmed a log of this size have not: until then it is not trimmed. */
  isWitnessed?: (size: number) => boolean;
  batchMax?: number;
};

export type SealOutcome =
  | { status: 'busy' }
  | { status: 'idle'; size: number }
  | { status: 'sealed'; size: number; added: number; gaps: number };

/** Entries of one batch: some two megabytes, and one checkpoint. */
const batchMax = 4_096;
const hotMs = 35 * 86_400_000;
/** After so long without an entry the sealer says that it lives: silence is then told from absence. */
const beatMs = 24 * 3_600_000;
const trimEveryMs = 3_600_000;

export class AuditSealer {
  readonly log: AuditLogId;
  readonly origin: string;
  readonly #parts: AuditSealerParts;
  readonly #state: SealState;
  readonly #sources: SealSources;
  readonly #archive: LogArchive;
  readonly #index: AuditIndex;
  readonly #macs: MacChecker;
  readonly #now: () => number;
  #trimmedAt = 0;
  /** How far the log went when trimming was last thought of. */
  #trimmable: { size: number; positions: ReadonlyMap<string, string> } | null = null;

  constructor(log: AuditLogId, parts: AuditSealerParts) {
    this.log = log;
    this.origin = originOf(parts.installation, log);
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#state = new SealState(parts.port, log, parts.holder ?? `sealer-${randomUUID().slice(0, 13)}`);
    this.#sources = new SealSources(parts.port, log);
    this.#archive = new LogArchive(parts.archive, log);
    this.#index = new AuditIndex(parts.port, log);
    this.#macs = new MacChecker(parts.port, log, parts.keys ?? null);
  }

  /** Seals at most one batch. Throws Fault: `archive_conflict` when archive and Redis exclude each other. */
  async sealOnce(): Promise<SealOutcome> {
    const held = await this.#state.hold();
    if (!held) return { status: 'busy' };
    const hold = await this.#catchUp(held);
    const begun = parsePlan(hold.plan);
    if (begun) return this.#seal(hold, begun, (src, ids) => this.#sources.readAgain(src, ids));
    const fresh = await this.#freshEntries(await this.#state.positions());
    const plan = await this.#draw(hold, fresh);
    if (!plan) {
      await this.#trim(hold.size);
      return { status: 'idle', size: hold.size };
    }
    await this.#state.plan(hold, JSON.stringify(plan));
    const found = new Map(
      fresh.map(({ src, entries }) => [src, new Map(entries.map((e) => [e.sid, e.fields]))]),
    );
    return this.#seal(hold, plan, async (src) => found.get(src) ?? new Map());
  }

  /** Seals until nothing is left, at most so many batches. */
  async sealAll(batches = 1_000): Promise<SealOutcome> {
    let outcome = await this.sealOnce();
    for (let i = 1; i < batches && outcome.status === 'sealed'; i += 1) outcome = await this.sealOnce();
    return outcome;
  }

  /** Counts what the archive holds and Redis does not know to be sealed: a crash behind the signature, or a lost tail. */
  async #catchUp(hold: Hold): Promise<Hold> {
    const checkpoint = await this.#archive.checkpoint();
    const key = await this.#parts.signer.verifierKey(this.origin);
    if (checkpoint && !verifyNote(checkpoint.note, key).isSigned) throw conflict('foreign_checkpoint');
    if ((checkpoint?.size ?? 0) < hold.size) throw conflict('archive_rolled_back');
    if (!checkpoint || checkpoint.size === hold.size) {
      if (checkpoint && hold.size > 0 && !isSameHash(checkpoint.root, Buffer.from(hold.root, 'base64')))
        throw conflict('another_root');
      return hold;
    }
    const { size, root } = checkpoint;
    const events = await this.#sealedEvents(hold.size, size);
    await this.#index.add(events);
    const positions = positionsFrom(events, await this.#state.positions());
    const done = {
      size: hold.size,
      newSize: size,
      root: base64(root),
      at: events.at(-1)?.sat ?? hold.at,
      positions,
    };
    await this.#state.finish(hold, done);
    return { ...hold, size, root: done.root, at: done.at, plan: '' };
  }

  async #sealedEvents(from: number, to: number): Promise<AuditEvent[]> {
    const events: AuditEvent[] = [];
    for await (const { bytes } of this.#archive.entries(from, to, to)) {
      events.push(JSON.parse(Buffer.from(bytes).toString('utf8')) as AuditEvent);
    }
    return events;
  }

  /** What the next batch holds; null when there is nothing. */
  async #draw(hold: Hold, fresh: readonly Fresh[]): Promise<SealPlan | null> {
    const positions = await this.#state.positions();
    const events = fresh.filter(({ src }) => src === securitySource).flatMap(({ entries }) => entries);
    const { gaps, macs } = await this.#macs.check(events, positions);
    const all = [...fresh.flatMap((each) => each.gaps), ...gaps];
    const clinic = clinicOf(this.log);
    const own = [
      ...this.#signsOfLife(hold, fresh),
      ...all.map(({ src, why, count }) => gapEvent(clinic, why, count, src)),
    ];
    if (fresh.length === 0 && own.length === 0) return null;
    const own_ = parsePosition(positions.get(ownSource));
    const at = Math.max(this.#now(), hold.at + 1);
    return drawPlan({ at, size: hold.size, fresh, own, own_, macs });
  }

  async #freshEntries(positions: ReadonlyMap<string, string>): Promise<Fresh[]> {
    const fresh: Fresh[] = [];
    let room = this.#parts.batchMax ?? batchMax;
    for (const src of await this.#sources.list()) {
      if (room <= 0) break;
      const found = await this.#sources.read(src, parsePosition(positions.get(src)), room);
      if (!found) continue;
      fresh.push(found);
      room -= found.entries.length;
    }
    return fresh;
  }

  #signsOfLife(hold: Hold, fresh: readonly Fresh[]): SecurityEvent[] {
    const isFirst = hold.size === 0;
    const isSilent = fresh.length === 0 && this.#now() - hold.at > beatMs;
    if (!isFirst && !isSilent) return [];
    return [
      {
        cid: clinicOf(this.log),
        type: 'system',
        sub: isFirst ? 'audit-start' : 'audit-beat',
        act: 'E',
        out: 0,
        agent: { uid: 'sealer', kind: 'service', role: null },
      },
    ];
  }

  async #seal(hold: Hold, plan: SealPlan, fieldsOf: FieldsOf): Promise<SealOutcome> {
    if (plan.size !== hold.size) throw conflict('plan_of_another_size');
    const events = await eventsOf(plan, clinicOf(this.log), fieldsOf);
    const range = await this.#archive.append(plan.size, events.map(leafBytes));
    await this.#mustStillHold(hold);
    if (range.size > plan.size) await this.#archive.putCheckpoint(range.size, await this.#sign(range));
    await this.#index.add(events);
    await this.#state.finish(hold, {
      size: plan.size,
      newSize: range.size,
      root: base64(range.root()),
      at: plan.at,
      positions: positionsAfter(plan),
    });
    await this.#archive.dropPartials(plan.size, range.size);
    await this.#trim(range.size);
    const gaps = events.filter(({ sub }) => sub === 'audit-gap').length;
    return { status: 'sealed', size: range.size, added: countOf(plan), gaps };
  }

  /** A checkpoint of this size that was signed before a crash is used again. */
  async #sign(range: CompactRange): Promise<Uint8Array> {
    const kept = await this.#archive.read(checkpointNameOf(range.size));
    if (kept) return kept;
    return this.#parts.signer.sign({ origin: this.origin, size: range.size, root: range.root() });
  }

  /** Just before what cannot be taken back: a sealer that slept too long must not sign beside its successor. */
  async #mustStillHold({ fence }: Hold): Promise<void> {
    const now = await this.#state.hold();
    if (now?.fence !== fence) throw new Fault('store_unavailable', { reason: 'seal_fenced' });
  }

  /** Redis forgets what is archived, confirmed where that is asked for, and old enough. */
  async #trim(size: number): Promise<void> {
    const now = this.#now();
    if (now - this.#trimmedAt < trimEveryMs) return;
    if (this.#parts.isTrimAllowed && !(await this.#parts.isTrimAllowed())) return;
    // A log that grows is never confirmed to its end: what was sealed an hour ago is.
    this.#trimmable ??= { size, positions: await this.#state.positions() };
    if (this.#parts.isWitnessed?.(this.#trimmable.size) === false) return;
    const { positions } = this.#trimmable;
    this.#trimmable = null;
    this.#trimmedAt = now;
    for (const src of await this.#sources.list()) {
      const sealed = parsePosition(positions.get(src));
      const numGone = await this.#sources.trim(src, sealed, now - (this.#parts.hotMs ?? hotMs));
      if (numGone > 0) await this.#sources.retire(src, sealed);
    }
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const conflict = (reason: string): Fault => new Fault('archive_conflict', { reason });
