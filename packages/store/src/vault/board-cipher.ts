/**
 * Between one board in memory and its form in Redis. Everything above sees plain records; everything in Redis that
 * identifies a patient is sealed. Sealing and opening are synchronous: keys are loaded ahead of them.
 *
 * What a sealed entity is bound to: clinic, day, its id and kind, the version it replaced and the command that wrote
 * it (its own version is only known inside `commit`, but must be later than the one it replaced), and all of its clear
 * part. A frame is bound to its command and to everything clear in it; its place in the log is held by the chain.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import {
  type BoardEvent,
  type BoardKey,
  type Entity,
  type EntityId,
  entitySensitivity,
  type LogFrame,
  type SensitivityNode,
  sensitivityOfEvent,
} from '@workflow-bolt/contracts';
import { cryptFault, cryptReasonOf } from './crypt-failure.ts';
import type { DataKeys } from './data-keys.ts';
import { kidOf, openBytes, type SealingKey, sealBytes } from './envelope.ts';
import type { FieldPlan } from './field-plan.ts';
import { divideRecord, FieldPlans, openPart, type RecordPlace, sealPart } from './record-cipher.ts';
import {
  isSealedText,
  kidsOf,
  padded,
  readSealedText,
  type SealedPart,
  writeSealedText,
} from './sealed-text.ts';

/** The version an entity replaced (0 for none) and the command that wrote it. */
export type EntityStamp = { over: number; commandId: string };

/** What a replica needs to understand Redis; see `plainCodec` for boards that are not sealed. */
export interface BoardCodec {
  /** Loads what every use needs; call it once, before all others. Throws Fault. */
  open(): Promise<void>;
  /** True when every one of these stored texts can be opened now. Throws Fault `phi_unreadable`. */
  isReadyFor(texts: readonly string[]): boolean;
  /** Loads what opening them needs. Throws Fault. */
  prepare(texts: readonly string[]): Promise<void>;
  /** Makes sure that these entities, and what is logged of them, can be sealed; null when they can already. Throws Fault. */
  reserve(ids: readonly EntityId[]): Promise<void> | null;
  sealEntity(id: EntityId, entity: Entity, stamp: EntityStamp): string;
  openEntity(id: EntityId, text: string, v: number): Entity;
  sealFrame(frame: LogFrame): string;
  openFrame(text: string): LogFrame;
  /** 32 hexadecimal digits that stand for a text: keyed, so that nobody can try out what it said. */
  fingerprint(text: string): string | null;
}

const entityPlans = new FieldPlans((kind) => entitySensitivity[kind as Entity['type']] as SensitivityNode);
const eventPlans = new FieldPlans((kind) => sensitivityOfEvent(kind as BoardEvent['type']));

/** The record whose key protects an event; what belongs to no visit is the board's own. */
export function recordOfEvent(event: BoardEvent): string {
  if ('visitId' in event) return event.visitId;
  if ('visit' in event) return event.visit.id;
  return 'person' in event ? event.person.visitId : boardRecord;
}

const boardRecord = '';
/** The record whose key protects an entity: a visit and its person share one. */
export const recordOfEntity = (id: string): string => (/^[vp]:/.test(id) ? id.slice(2) : boardRecord);

/** JSON exactly as it was before boards were sealed. A sealed record cannot be read by it, and says so. */
export const plainCodec: BoardCodec = {
  open: () => Promise.resolve(),
  isReadyFor: (texts) => !texts.some(isSealedText),
  prepare: async (texts) => {
    if (texts.some(isSealedText)) throw cryptFault('unknown_key');
  },
  reserve: () => null,
  sealEntity: (_id, entity) => JSON.stringify(entity),
  openEntity: (_id, text) => JSON.parse(text) as Entity,
  sealFrame: (frame) => JSON.stringify(frame),
  openFrame: (text) => JSON.parse(text) as LogFrame,
  fingerprint: () => null,
};

export type CipherParts = {
  board: BoardKey;
  keys: DataKeys;
  indexKey: () => Promise<KeyObject>;
  /** Records in plain, from before the board was sealed, are still read. */
  acceptsPlain: boolean;
  /** Told of each record that cannot be opened. */
  onFailure?: (kid: string, reason: string) => void;
};

export class BoardCipher implements BoardCodec {
  readonly #parts: CipherParts;
  readonly #place: string;
  #indexKey: KeyObject | null = null;
  /** The key of each record seen so far, so that all of one patient's day has one key. */
  readonly #keyOf = new Map<string, SealingKey>();

  constructor(parts: CipherParts) {
    this.#parts = parts;
    this.#place = `${parts.board.clinic}|${parts.board.date}`;
  }

  async open(): Promise<void> {
    const [indexKey] = await Promise.all([this.#parts.indexKey(), this.#parts.keys.refresh()]);
    this.#indexKey = indexKey;
  }

  isReadyFor(texts: readonly string[]): boolean {
    return texts.every((text) => kidsOf(text).every((kid) => this.#parts.keys.get(kid) !== undefined));
  }

  async prepare(texts: readonly string[]): Promise<void> {
    const kids = new Set(texts.flatMap(kidsOf));
    const { keys } = this.#parts;
    const missing = [...kids].filter((kid) => keys.get(kid) === undefined);
    if (missing.length > 0) await keys.load(missing);
  }

  reserve(ids: readonly EntityId[]): Promise<void> | null {
    const records = new Set(ids.map(recordOfEntity)).add(boardRecord);
    const numNew = [...records].filter((record) => this.#presentKey(record) === null).length;
    const { keys } = this.#parts;
    return keys.numSpare >= numNew ? null : keys.reserve(numNew);
  }

  sealEntity(id: EntityId, entity: Entity, { over, commandId }: EntityStamp): string {
    const { clear, sealed } = divideRecord(entityPlans, entity.type, entity);
    if (sealed === undefined) return JSON.stringify(entity);
    const text = { stamp: `${over}|${commandId}`, clear: JSON.stringify(clear) };
    const key = this.#ownKey(recordOfEntity(id));
    const envelope = sealPart(key, { ...this.#atEntity(id, entity.type), i: 0 }, text, sealed);
    return writeSealedText({ parts: [{ i: 0, envelope }], ...text });
  }

  openEntity(id: EntityId, text: string, v: number): Entity {
    if (!isSealedText(text)) return this.#plainEntity(text);
    const { parts, stamp, clear } = readSealedText(text);
    const entity = parsed(clear) as Entity;
    const [part] = parts;
    if (!part || parts.length !== 1 || part.i !== 0) throw cryptFault('malformed');
    if (!(Number.parseInt(stamp, 10) < v)) throw cryptFault('tampered');
    const key = this.#keyOfPart(part, recordOfEntity(id));
    const at = { ...this.#atEntity(id, entity.type), i: 0 };
    const plan = sealedPlan(entityPlans.of(entity.type));
    const opened = { clear: entity, plan };
    return this.#opened(key, at, { stamp, clear, envelope: part.envelope }, opened) as Entity;
  }

  sealFrame(frame: LogFrame): string {
    const divided = frame.events.map((event) => divideRecord(eventPlans, event.type, event));
    if (divided.every(({ sealed }) => sealed === undefined)) return JSON.stringify(frame);
    const clear = JSON.stringify({ ...frame, events: divided.map((part) => part.clear) });
    const text = { stamp: '-', clear };
    const parts = frame.events.flatMap((event, i): SealedPart[] => {
      const sealed = divided[i]?.sealed;
      if (sealed === undefined) return [];
      const key = this.#ownKey(recordOfEvent(event));
      return [{ i, envelope: sealPart(key, { ...this.#atEvent(event), i }, text, sealed) }];
    });
    return writeSealedText({ parts, ...text });
  }

  openFrame(text: string): LogFrame {
    if (!isSealedText(text)) return this.#plainFrame(text);
    const { parts, stamp, clear } = readSealedText(text);
    const frame = parsed(clear) as LogFrame;
    for (const part of parts) {
      const event = frame.events[part.i];
      if (!event) throw cryptFault('malformed');
      const key = this.#keyOfPart(part, recordOfEvent(event));
      const plan = sealedPlan(eventPlans.of(event.type));
      const at = { ...this.#atEvent(event), i: part.i };
      const opened = this.#opened(key, at, { stamp, clear, envelope: part.envelope }, { clear: event, plan });
      frame.events[part.i] = opened as BoardEvent;
    }
    return frame;
  }

  /**
   * Seals a text about the whole board, such as a report, for one place named `name`. `open` first, and `reserve([])`.
   * It ends with the board: whoever destroys the month's key ends it too.
   */
  sealNote(name: string, text: string): string {
    return sealBytes(this.#ownKey(boardRecord), this.#atNote(name), padded(text));
  }

  /** Opens what `sealNote` made for this board and name. Throws Fault `phi_unreadable`. */
  async openNote(name: string, envelope: string): Promise<string> {
    const kid = kidOf(envelope);
    if (this.#parts.keys.get(kid) === undefined) await this.#parts.keys.load([kid]);
    const key = this.#parts.keys.get(kid);
    if (key === undefined) throw cryptFault('unknown_key');
    if (key === 'destroyed') throw cryptFault('destroyed_key');
    return openBytes(key, this.#atNote(name), envelope).toString('utf8').trimEnd();
  }

  fingerprint(text: string): string {
    if (!this.#indexKey) throw new RangeError('the codec is not open');
    return createHmac('sha256', this.#indexKey).update(`param|${text}`).digest('hex').slice(0, 32);
  }

  #atNote(name: string) {
    return { info: 'note|1', aad: `note|${this.#place}|${name}` };
  }

  #atEntity(id: EntityId, kind: string): RecordPlace {
    return { kind, place: `${this.#place}|entity|${id}` };
  }

  #atEvent(event: BoardEvent): RecordPlace {
    return { kind: event.type, place: `${this.#place}|log|${recordOfEvent(event)}` };
  }

  /** Null for a record that has no key yet, or none any more. */
  #presentKey(record: string): SealingKey | null {
    const known = this.#keyOf.get(record);
    return known && this.#parts.keys.get(known.kid) !== 'destroyed' ? known : null;
  }

  #ownKey(record: string): SealingKey {
    const known = this.#presentKey(record);
    if (known) return known;
    const taken = this.#parts.keys.take();
    this.#keyOf.set(record, taken);
    return taken;
  }

  #keyOfPart({ envelope }: SealedPart, record: string): SealingKey | 'destroyed' {
    const key = this.#parts.keys.get(kidOf(envelope));
    if (key === undefined) throw cryptFault('unknown_key');
    if (key !== 'destroyed') this.#keyOf.set(record, key);
    return key;
  }

  /** Nothing is given away in part; that something did not open is told, with the key's id only. */
  #opened(...given: Parameters<typeof openPart>): unknown {
    try {
      return openPart(...given);
    } catch (error) {
      const [key] = given;
      this.#parts.onFailure?.(key === 'destroyed' ? key : key.kid, cryptReasonOf(error) ?? 'malformed');
      throw error;
    }
  }

  #plainEntity(text: string): Entity {
    const entity = parsed(text) as Entity;
    if (!this.#parts.acceptsPlain) assertNothingPlain(entityPlans, entity.type, entity);
    return entity;
  }

  #plainFrame(text: string): LogFrame {
    const frame = parsed(text) as LogFrame;
    if (!this.#parts.acceptsPlain)
      for (const event of frame.events) assertNothingPlain(eventPlans, event.type, event);
    return frame;
  }
}

function assertNothingPlain(plans: FieldPlans, kind: string, record: unknown): void {
  if (divideRecord(plans, kind, record).sealed !== undefined) throw cryptFault('unsealed');
}

/** A parser's message quotes what it read. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw cryptFault('malformed');
  }
}

function sealedPlan(plan: FieldPlan | null): FieldPlan {
  if (!plan) throw cryptFault('malformed');
  return plan;
}
