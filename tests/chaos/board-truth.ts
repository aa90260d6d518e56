/**
 * What really happened: the log of one Redis server, read entry by entry, its chain recomputed and its frames folded
 * here, so that the state after every single entry can be asked for. All other parties are compared with this.
 */
import type { BoardKey, EntityId, LogFrame, Role, View } from '@workflow-bolt/contracts';
import {
  BoardState,
  createProjection,
  type EntityChanges,
  foldFrame,
  type Projection,
  seeIn,
} from '@workflow-bolt/domain';
import { type BoardCodec, boardKeys, nextChain } from '@workflow-bolt/store';
import type { Redis } from 'ioredis';
import { codecOf } from '../system/board-vault.ts';
import { addHash, entityHash, removeHash } from './content-hash.ts';

export type TruthEntry = { seq: number; chain: string; id: string; frame: LogFrame; changes: EntityChanges };
export type AuditEntry = { seq: number; code: string; commandId: string; command: string; at: number };
export type Meta = { epoch: string; seq: number; chain: string };
export interface Visitor {
  /** Called with the state before the entry, and the entry. */
  entry(before: BoardState, entry: TruthEntry): void;
  /** Called with the state on which a command was refused. */
  refusal(state: BoardState, audit: AuditEntry): void;
}

const pageMax = 500;
const readsMax = 10;
/** The first chain of a board is made from its epoch; the log does not hold it, so the first entry is believed. */
type Position = { seq: number; chain: string | null; id: string };

/** What the screens of these runs are shown, each with the eyes of its person; one hangs on the wall. */
const watchingRoles: readonly Role[] = ['manager', 'front-desk', 'medical-assistant'];
type Eyes = ReadonlyMap<View, Projection>;

function eyesOn({ date }: BoardKey): Eyes {
  const nothingOpen = { care: [], glass: [] };
  const wall = createProjection({ kind: 'wall', roles: [], ...nothingOpen }, date);
  const staff = watchingRoles.map((role) =>
    createProjection({ kind: 'staff', roles: [role], ...nothingOpen }, date),
  );
  return new Map<View, Projection>([wall, ...staff].map((projection) => [projection.view, projection]));
}

export class BoardTruth {
  readonly entries: TruthEntry[] = [];
  readonly audits: AuditEntry[] = [];
  readonly problems: string[] = [];
  readonly state = new BoardState();
  readonly #redis: Redis;
  readonly #keys: ReturnType<typeof boardKeys>;
  readonly #board: BoardKey;
  readonly #eyes: Eyes;
  readonly #hashes = new Map<View, string[]>();
  readonly #totals = new Map<View, bigint>();
  #position: Position = { seq: 0, chain: null, id: '-' };
  /** Refusals on a state that was not folded yet. */
  #refusals: AuditEntry[] = [];
  #auditId = '-';
  #codec: BoardCodec | null = null;

  constructor(redis: Redis, board: BoardKey) {
    this.#redis = redis;
    this.#eyes = eyesOn(board);
    for (const view of this.#eyes.keys()) this.#hashes.set(view, ['0']);
    this.#keys = boardKeys(board);
    this.#board = board;
  }

  get seq(): number {
    return this.#position.seq;
  }

  /** What a view shows after this entry; undefined when the log does not reach there. */
  hashAt(view: View, seq: number): string | undefined {
    return this.#hashes.get(view)?.[seq];
  }

  /**
   * Reads what was appended since the last call, folds it and shows it to the visitor. The board should be quiet;
   * for the job that has not heard so, both trails are read again until no entry is ahead of its audit.
   */
  async catchUp(visitor?: Visitor): Promise<void> {
    for (let reads = 0; reads < readsMax; reads += 1) {
      await this.#readAudits();
      await this.#readLog(visitor);
      if ((this.audits.at(-1)?.seq ?? 0) >= this.seq) break;
    }
    this.#showRefusals(visitor);
  }

  async #readLog(visitor?: Visitor): Promise<void> {
    for (;;) {
      const page = await this.#redis.xrange(this.#keys.log, after(this.#position.id), '+', 'COUNT', pageMax);
      const codec = await this.#opened(page.map(([, fields]) => toMap(fields).get('f') ?? ''));
      for (const [id, fields] of page) this.#take(id, toMap(fields), codec, visitor);
      if (page.length < pageMax) return;
    }
  }

  async meta(): Promise<Meta> {
    const { epoch = '', seq = '0', c = '' } = await this.#redis.hgetall(this.#keys.meta);
    return { epoch, seq: Number(seq), chain: c };
  }

  /** Entities as stored, by id: `<v>|` and the JSON of what they say. */
  async stored(): Promise<Map<string, string>> {
    const stored = Object.entries(await this.#redis.hgetall(this.#keys.ent)).map(([id, text]) => {
      const bar = text.indexOf('|');
      return { id: id as EntityId, v: Number(text.slice(0, bar)), text: text.slice(bar + 1) };
    });
    const codec = await this.#opened(stored.map(({ text }) => text));
    return new Map(
      stored.map(({ id, v, text }) => [id, `${v}|${JSON.stringify(codec.openEntity(id, text, v))}`]),
    );
  }

  async #opened(texts: readonly string[]): Promise<BoardCodec> {
    this.#codec ??= await codecOf(this.#board);
    await this.#codec.prepare(texts);
    return this.#codec;
  }

  logLength(): Promise<number> {
    return this.#redis.xlen(this.#keys.log);
  }

  #take(id: string, fields: Map<string, string>, codec: BoardCodec, visitor?: Visitor): void {
    const seq = Number(fields.get('q'));
    const text = fields.get('f') ?? '';
    const chain = fields.get('c') ?? '';
    const { seq: last, chain: lastChain } = this.#position;
    if (seq !== last + 1) this.problems.push(`the log goes from ${last} to ${seq}`);
    if (lastChain !== null && chain !== nextChain(lastChain, seq, text))
      this.problems.push(`the chain breaks at ${seq}`);
    const frame = codec.openFrame(text);
    const changes = foldFrame(this.state, frame);
    const entry = { seq, chain, id, frame, changes };
    this.#showRefusals(visitor);
    visitor?.entry(this.state, entry);
    for (const view of this.#eyes.keys()) this.#advance(view, seq, changes);
    this.state.apply(changes, seq);
    this.entries.push(entry);
    this.#position = { seq, chain, id };
  }

  #advance(view: View, seq: number, changes: EntityChanges): void {
    let total = this.#totals.get(view) ?? 0n;
    const after: Pick<BoardState, 'get'> = {
      get: (id) => {
        const d = changes.get(id);
        return d === undefined ? this.state.get(id) : d === null ? undefined : { v: seq, d };
      },
    };
    for (const id of affected(changes)) {
      total = removeHash(total, this.#seen(view, id, this.state));
      total = addHash(total, this.#seen(view, id, after));
    }
    this.#totals.set(view, total);
    const hashes = this.#hashes.get(view);
    if (hashes) hashes[seq] = total.toString(16);
  }

  #seen(view: View, id: EntityId, state: Pick<BoardState, 'get'>): bigint {
    const [eyes, versioned] = [this.#eyes.get(view), state.get(id)];
    const seen = eyes && versioned ? seeIn(eyes, state, id, versioned) : null;
    return seen ? entityHash(id, seen.v, seen.d) : 0n;
  }

  #showRefusals(visitor?: Visitor): void {
    const here = this.#refusals.filter(({ seq }) => seq === this.seq);
    if (here.length === 0) return;
    for (const audit of here) visitor?.refusal(this.state, audit);
    this.#refusals = this.#refusals.filter(({ seq }) => seq !== this.seq);
  }

  async #readAudits(): Promise<void> {
    for (;;) {
      const page = await this.#redis.xrange(this.#keys.aud, after(this.#auditId), '+', 'COUNT', pageMax);
      for (const [id, fields] of page) this.#takeAudit(id, toMap(fields));
      if (page.length < pageMax) return;
    }
  }

  #takeAudit(id: string, fields: Map<string, string>): void {
    this.#auditId = id;
    const code = fields.get('o') ?? '';
    if (code === 'read') return;
    const { commandId, command } = JSON.parse(fields.get('f') ?? '{}') as AuditEntry;
    const at = Number(id.split('-', 1)[0]);
    const audit = { seq: Number(fields.get('q')), code, commandId, command, at };
    this.audits.push(audit);
    if (code !== 'applied') this.#refusals.push(audit);
  }
}

/** What changed, and the patients of visits that did: on a wall they come and go with them. */
function affected(changes: EntityChanges): Set<EntityId> {
  const ids = [...changes.keys()];
  const persons = ids.filter((id) => id.startsWith('v:')).map((id): EntityId => `p:${id.slice(2)}`);
  return new Set([...ids, ...persons]);
}

const after = (id: string): string => (id === '-' ? '-' : `(${id}`);

function toMap(fields: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (let i = 0; i < fields.length; i += 2) map.set(fields[i] ?? '', fields[i + 1] ?? '');
  return map;
}
