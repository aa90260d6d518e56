/** The vault of one installation: what opens boards, and what manages their keys. */
import type { KeyObject } from 'node:crypto';
import type { BoardKey } from '@workflow-bolt/contracts';
import type { ObjectStore } from '../archive/object-store.ts';
import { BoardCipher } from './board-cipher.ts';
import { DataKeys } from './data-keys.ts';
import type { KeyScope } from './key-documents.ts';
import { type HierarchyParts, KeyHierarchy } from './key-hierarchy.ts';
import type { KeyProvider } from './key-provider.ts';

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
    return new BoardCipher({ board, keys, indexKey, acceptsPlain: this.#acceptsPlain });
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

  /** For keyed hashes of what must be found again at one clinic. Throws Fault. */
  indexKey(clinic: string): Promise<KeyObject> {
    return this.hierarchy.indexKey(clinic);
  }
}
