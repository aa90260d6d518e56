/** The vault of one installation: what opens boards, and what manages their keys. */
import type { KeyObject } from 'node:crypto';
import type { BoardKey, DestructionCertificate, KeyPeriod } from '@workflow-bolt/contracts';
import type { BoardSource } from '../archive/board-archive.ts';
import type { ObjectStore } from '../archive/object-store.ts';
import { boardKeys } from '../keys.ts';
import { BoardCipher } from './board-cipher.ts';
import { kidsOfVisit } from './board-kids.ts';
import { DataKeys } from './data-keys.ts';
import { type DestroyOrder, destroyDataKeys, destroyScope } from './destroy-keys.ts';
import type { KeyScope } from './key-documents.ts';
import { type HierarchyParts, KeyHierarchy } from './key-hierarchy.ts';
import type { KeyProvider } from './key-provider.ts';
import { destroySearchKey, type SearchKeys, searchKeysOf } from './search-key.ts';

export type VaultOptions = HierarchyParts & {
  /** Records in plain, from before boards were sealed, are still read; default true. */
  acceptsPlain?: boolean;
};

/** The month whose key protects a board. */
export function scopeOf({ clinic, date }: BoardKey): KeyScope {
  return { clinic, dataClass: 'flow', period: date.slice(0, 7) };
}

/** Months held at once; a process serves a few clinics' present days and is asked for old ones rarely. */
const scopesMax = 200;

export class Vault {
  readonly hierarchy: KeyHierarchy;
  readonly #acceptsPlain: boolean;
  readonly #scopes = new Map<string, DataKeys>();

  constructor(options: VaultOptions) {
    this.hierarchy = new KeyHierarchy(options);
    this.#acceptsPlain = options.acceptsPlain ?? true;
  }

  get provider(): KeyProvider {
    return this.hierarchy.provider;
  }

  get store(): ObjectStore {
    return this.hierarchy.store;
  }

  /** What seals and opens a board; `open` it first. */
  board(board: BoardKey): BoardCipher {
    const keys = this.dataKeys(scopeOf(board));
    const indexKey = () => this.indexKey(board.clinic);
    const { clinic } = board;
    const { period } = keys.scope;
    const onFailure = (kid: string, reason: string) =>
      this.hierarchy.told({ use: 'failed', clinic, kid, period, reason });
    return new BoardCipher({ board, keys, indexKey, acceptsPlain: this.#acceptsPlain, onFailure });
  }

  /** Data keys of a month, one set for all boards of it. */
  dataKeys(scope: KeyScope): DataKeys {
    const name = `${scope.clinic}|${scope.dataClass}|${scope.period}`;
    const known = this.#scopes.get(name) ?? new DataKeys(scope, this.hierarchy);
    this.#scopes.delete(name);
    this.#scopes.set(name, known);
    const [oldest] = this.#scopes.keys();
    if (this.#scopes.size > scopesMax && oldest !== undefined) this.#scopes.delete(oldest);
    return known;
  }

  /** Destroys a clinic's month: every copy of it becomes unreadable. Repeat it after an interruption. Throws Fault. */
  async destroyPeriod(
    { clinic, period }: { clinic: string; period: KeyPeriod },
    order: DestroyOrder,
  ): Promise<DestructionCertificate> {
    const scope: KeyScope = { clinic, dataClass: 'flow', period };
    const certificate = await destroyScope(this.hierarchy, scope, order);
    await this.dataKeys(scope).refresh();
    return certificate;
  }

  /** Destroys what is sealed of one visit: its card, its person, its part of the log. Throws Fault. */
  async destroyVisit(
    source: BoardSource,
    board: BoardKey,
    { visitId, ...order }: DestroyOrder & { visitId: string },
  ): Promise<DestructionCertificate> {
    const scope = scopeOf(board);
    const kids = await kidsOfVisit(source, boardKeys(board), visitId);
    const certificate = await destroyDataKeys(this.hierarchy, scope, kids, order);
    await this.dataKeys(scope).refresh();
    return certificate;
  }

  /** The keys under which patients of a clinic are found again. Throws Fault. */
  searchKeys(clinic: string): Promise<SearchKeys> {
    return searchKeysOf(this.hierarchy, clinic);
  }

  /** Destroys them: every tag that was made by them means nothing any more. Throws Fault. */
  destroySearchKeys(clinic: string): Promise<void> {
    return destroySearchKey(this.hierarchy, clinic);
  }

  /** For keyed hashes of what must be found again at one clinic. Throws Fault. */
  indexKey(clinic: string): Promise<KeyObject> {
    return this.hierarchy.indexKey(clinic);
  }
}
