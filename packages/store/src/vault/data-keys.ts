/**
 * Data keys of one clinic and month: one for each record (a visit with its person and its part of the log), so that
 * a single patient can be forgotten. They are made 64 at a time, kept outside Redis before the first is used, and
 * named in each envelope: `<yyyymm>~<block>~<index>`.
 */
import { randomBytes } from 'node:crypto';
import { type DataKeyBlock, dataKeyBlockSchema, dataKeysSchema } from '@workflow-bolt/contracts';
import { cryptFault, cryptReasonOf } from './crypt-failure.ts';
import { openBytes, type SealingKey, sealBytes, sealingKey } from './envelope.ts';
import { createDocument, type KeyScope, keyNames, listDocuments, readDocument } from './key-documents.ts';
import { type KeyHierarchy, keyCacheMs } from './key-hierarchy.ts';

export const blockSize = 64;
/** With fewer spare keys the next block is made ahead, so that a commit seldom waits for one. */
const spareLow = 16;
const kidShape = /^(\d{6})~([0-9a-f]{12})~(\d{1,2})$/;

export type DataKeyName = { block: string; index: number };

/** Null for an id that no data key of this month can have. */
export function parseDataKid(scope: KeyScope, kid: string): DataKeyName | null {
  const [, month, block = '', index] = kidShape.exec(kid) ?? [];
  return month === scope.period.replace('-', '') ? { block, index: Number(index) } : null;
}

export const dataKidOf = (scope: KeyScope, { block, index }: DataKeyName): string =>
  `${scope.period.replace('-', '')}~${block}~${index}`;

const blockBinding = ({ clinic, dataClass, period }: KeyScope, id: string) => ({
  info: 'data-keys',
  aad: `data-keys|${clinic}|${dataClass}|${period}|${id}`,
});

export function sealBlock(
  scope: KeyScope,
  id: string,
  rk: SealingKey,
  keys: readonly (string | null)[],
): DataKeyBlock {
  const sealed = sealBytes(rk, blockBinding(scope, id), Buffer.from(JSON.stringify(keys)));
  return { format: 1, id, rk: rk.kid, sealed };
}

/** Keys of a block, base64; null for one that was destroyed. Throws Fault. */
export function openBlock(scope: KeyScope, block: DataKeyBlock, rk: SealingKey): (string | null)[] {
  const plain = openBytes(rk, blockBinding(scope, block.id), block.sealed);
  return dataKeysSchema.parse(JSON.parse(plain.toString('utf8')));
}

export class DataKeys {
  readonly scope: KeyScope;
  readonly #hierarchy: KeyHierarchy;
  readonly #known = new Map<string, SealingKey | 'destroyed'>();
  readonly #loadedBlocks = new Set<string>();
  readonly #spare: SealingKey[] = [];
  #isDestroyed = false;
  #destroyedAt = Number.NEGATIVE_INFINITY;
  #making: Promise<void> | null = null;

  constructor(scope: KeyScope, hierarchy: KeyHierarchy) {
    this.scope = scope;
    this.#hierarchy = hierarchy;
  }

  /** The key of that id, `destroyed`, or undefined when it has not been loaded. */
  get(kid: string): SealingKey | 'destroyed' | undefined {
    return this.#isDestroyed ? 'destroyed' : this.#known.get(kid);
  }

  get numSpare(): number {
    return this.#spare.length;
  }

  /** A key that no record has; `reserve` first. */
  take(): SealingKey {
    const key = this.#spare.pop();
    if (!key) throw new RangeError('no data key was reserved');
    // A failure shows when somebody must wait for a key.
    if (this.#spare.length < spareLow) this.reserve(spareLow).catch(() => {});
    return key;
  }

  /** Makes sure that so many keys may be taken, each of them kept before it is used. Throws Fault. */
  async reserve(count: number): Promise<void> {
    while (this.#spare.length < count) {
      this.#making ??= this.#makeBlock().finally(() => {
        this.#making = null;
      });
      await this.#making;
    }
  }

  /** Loads the keys of these ids, and what has been destroyed since. Throws Fault `unknown_key` for one that never was. */
  async load(kids: Iterable<string>): Promise<void> {
    const names = [...kids].map((kid) => parseDataKid(this.scope, kid));
    if (names.includes(null)) throw cryptFault('unknown_key');
    const blocks = new Set(names.map((name) => name?.block ?? ''));
    await Promise.all(
      [...blocks].filter((id) => !this.#loadedBlocks.has(id)).map((id) => this.#loadBlock(id)),
    );
    if (this.#hierarchy.now() - this.#destroyedAt >= keyCacheMs) await this.#loadDestroyed();
  }

  /** Asks anew what was destroyed, and forgets it here too. Throws Fault. */
  async refresh(): Promise<void> {
    await this.#loadDestroyed();
  }

  async #makeBlock(): Promise<void> {
    const id = randomBytes(6).toString('hex');
    const rk = await this.#hierarchy.retentionKey(this.scope);
    const keys = Array.from({ length: blockSize }, () => randomBytes(32).toString('base64'));
    const name = keyNames.block(this.scope, id);
    const block = sealBlock(this.scope, id, rk, keys);
    await createDocument(this.#hierarchy.store, name, block, dataKeyBlockSchema);
    await this.#hierarchy.assertNotDestroyed(this.scope);
    this.#hierarchy.told({
      use: 'created',
      clinic: this.scope.clinic,
      kid: `${rk.kid}/${id}`,
      period: this.scope.period,
    });
    this.#learn(id, keys);
    for (let index = keys.length - 1; index >= 0; index--) {
      const key = this.#known.get(dataKidOf(this.scope, { block: id, index }));
      if (key && key !== 'destroyed') this.#spare.push(key);
    }
  }

  async #loadBlock(id: string): Promise<void> {
    try {
      await this.#openBlock(id);
    } catch (error) {
      await this.#loadDestroyed();
      if (this.#isDestroyed) return;
      if (cryptReasonOf(error) === null) throw error;
      // A sweep may have moved the block to another key between our two reads.
      this.#hierarchy.forget();
      await this.#openBlock(id);
    }
  }

  async #openBlock(id: string): Promise<void> {
    const { store } = this.#hierarchy;
    const block = await readDocument(store, keyNames.block(this.scope, id), dataKeyBlockSchema);
    if (!block) throw cryptFault('unknown_key');
    this.#learn(id, openBlock(this.scope, block, await this.#hierarchy.retentionKey(this.scope, block.rk)));
  }

  #learn(id: string, keys: readonly (string | null)[]): void {
    for (const [index, key] of keys.entries()) {
      const kid = dataKidOf(this.scope, { block: id, index });
      this.#known.set(kid, key === null ? 'destroyed' : sealingKey(kid, Buffer.from(key, 'base64')));
    }
    this.#loadedBlocks.add(id);
  }

  /** Keys that were destroyed stay in no memory either. */
  #forget(): void {
    this.#known.clear();
    this.#loadedBlocks.clear();
    this.#spare.length = 0;
  }

  async #loadDestroyed(): Promise<void> {
    const { store, now } = this.#hierarchy;
    this.#isDestroyed = (await store.get(keyNames.destroyedScope(this.scope))) !== null;
    if (this.#isDestroyed) this.#forget();
    for (const name of await listDocuments(store, keyNames.destroyedKeys(this.scope))) {
      const [block = '', index] = name.split('.');
      const kid = dataKidOf(this.scope, { block, index: Number(index) });
      this.#known.set(kid, 'destroyed');
      const spareAt = this.#spare.findIndex((key) => key.kid === kid);
      if (spareAt >= 0) this.#spare.splice(spareAt, 1);
    }
    this.#destroyedAt = now();
  }
}
