/**
 * The keys between the provider's and the records':
 *
 *   provider `phi` key ─ clinic key ck<n> ─ retention key rk<n> of clinic × class × month ─ data keys (data-keys.ts)
 *                      │              └ search keys of a clinic, one for each field (search-key.ts)
 *                      └ index key of a clinic, for keyed hashes that are no index of patients
 *
 * Each is kept outside Redis, wrapped by the one above it. A backup of Redis holds no key, and destroying a month's
 * retention key makes every copy of that month unreadable. Open keys are held for five minutes.
 */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import {
  type ClinicKeyDocument,
  clinicKeyDocumentSchema,
  type RetentionKeyDocument,
  retentionKeyDocumentSchema,
} from '@workflow-bolt/contracts';
import type { ObjectStore } from '../archive/object-store.ts';
import { cryptFault, cryptReasonOf } from './crypt-failure.ts';
import { openBytes, type SealingKey, sealBytes, sealingKey } from './envelope.ts';
import { createDocument, type KeyScope, keyNames, listDocuments, readDocument } from './key-documents.ts';
import type { KeyProvider } from './key-provider.ts';

/** What was done with a key, for the audit record: ids only. */
export type KeyUse = {
  use: 'created' | 'opened' | 'rewrapped' | 'rotated' | 'destroyed' | 'failed' | 'used';
  /** `*` for a key of the installation. */
  clinic: string;
  kid: string;
  period: string | null;
  reason?: string;
};

export type HierarchyParts = {
  provider: KeyProvider;
  store: ObjectStore;
  /** Told of each key that is made, opened, changed or destroyed. */
  onUse?: (use: KeyUse) => void;
  /** Epoch ms. */
  now?: () => number;
};

/** How long an open key is held: a rotated, disabled or destroyed key is out of every process by then. */
export const keyCacheMs = 300_000;

export const clinicKeyAad = (clinic: string, kid: string): string => `clinic-key|${clinic}|${kid}`;
export const retentionBinding = ({ clinic, dataClass, period }: KeyScope, kid: string) => ({
  info: 'retention-key',
  aad: `retention-key|${clinic}|${dataClass}|${period}|${kid}`,
});

/** Highest of `ck1`, `ck2`…; null when there is none. */
function newestOf(kids: readonly string[]): string | null {
  return kids.toSorted((a, b) => Number(a.slice(2)) - Number(b.slice(2))).at(-1) ?? null;
}

export class KeyHierarchy {
  readonly provider: KeyProvider;
  readonly store: ObjectStore;
  readonly now: () => number;
  readonly told: (use: KeyUse) => void;
  readonly #held = new Map<string, { at: number; value: Promise<unknown> }>();

  constructor({ provider, store, onUse, now }: HierarchyParts) {
    this.provider = provider;
    this.store = store;
    this.now = now ?? Date.now;
    this.told = onUse ?? (() => {});
  }

  /** Forgets every open key: what is asked for next is read again. */
  forget(): void {
    this.#held.clear();
  }

  /** The clinic's key of that id, or its newest, made when it has none. Throws Fault. */
  clinicKey(clinic: string, kid?: string): Promise<SealingKey> {
    return this.hold(`ck|${clinic}|${kid ?? ''}`, async () => {
      const wanted = kid ?? newestOf(await listDocuments(this.store, keyNames.clinicKeys(clinic)));
      return wanted === null ? this.addClinicKey(clinic, 1) : this.#openClinicKey(clinic, wanted);
    });
  }

  /** Makes the n-th key of a clinic; another process may be faster, then that one holds. Throws Fault. */
  async addClinicKey(clinic: string, n: number): Promise<SealingKey> {
    const [kid, bytes] = [`ck${n}`, randomBytes(32)];
    const wrapped = await this.provider.wrap('phi', bytes, clinicKeyAad(clinic, kid));
    const document: ClinicKeyDocument = { format: 1, kid, wrapped, createdAt: this.now() };
    const name = keyNames.clinicKey(clinic, kid);
    await createDocument(this.store, name, document, clinicKeyDocumentSchema);
    this.told({ use: 'created', clinic, kid, period: null });
    return this.#openClinicKey(clinic, kid);
  }

  /** The month's key of that id, or its newest, made when it has none. Throws Fault; `destroyed_key` when it is gone. */
  retentionKey(scope: KeyScope, kid?: string): Promise<SealingKey> {
    const { clinic, dataClass, period } = scope;
    return this.hold(`rk|${clinic}|${dataClass}|${period}|${kid ?? ''}`, async () => {
      const wanted = kid ?? newestOf(await listDocuments(this.store, keyNames.retentionKeys(scope)));
      return wanted === null ? this.addRetentionKey(scope, 1) : this.#openRetentionKey(scope, wanted);
    });
  }

  async addRetentionKey(scope: KeyScope, n: number): Promise<SealingKey> {
    await this.assertNotDestroyed(scope);
    const [kid, bytes] = [`rk${n}`, randomBytes(32)];
    const ck = await this.clinicKey(scope.clinic);
    const sealed = sealBytes(ck, retentionBinding(scope, kid), bytes);
    const document: RetentionKeyDocument = { format: 1, kid, ck: ck.kid, sealed, createdAt: this.now() };
    const name = keyNames.retentionKey(scope, kid);
    await createDocument(this.store, name, document, retentionKeyDocumentSchema);
    this.told({ use: 'created', clinic: scope.clinic, kid, period: scope.period });
    // Whoever destroys writes first that it is destroyed, then removes keys: one of us sees the other.
    await this.assertNotDestroyed(scope).catch(async (error: unknown) => {
      await this.store.delete(name);
      throw error;
    });
    return this.#openRetentionKey(scope, kid);
  }

  /** Throws Fault `phi_unreadable` (`destroyed_key`). */
  async assertNotDestroyed(scope: KeyScope): Promise<void> {
    if ((await this.store.get(keyNames.destroyedScope(scope))) !== null) throw cryptFault('destroyed_key');
  }

  /** A key for keyed hashes at one clinic; it is never rotated, or nothing would be found again. Throws Fault. */
  indexKey(clinic: string): Promise<KeyObject> {
    return this.hold(`ik|${clinic}`, async () => {
      const name = keyNames.indexKey(clinic);
      const aad = `index-key|${clinic}`;
      const known = await readDocument(this.store, name, clinicKeyDocumentSchema);
      const document = known ?? (await this.#addIndexKey(clinic, name, aad));
      const bytes = await this.provider.unwrap('phi', document.wrapped, aad);
      this.told({ use: 'opened', clinic, kid: document.kid, period: null });
      return createSecretKey(bytes);
    });
  }

  async #addIndexKey(clinic: string, name: string, aad: string): Promise<ClinicKeyDocument> {
    const wrapped = await this.provider.wrap('phi', randomBytes(32), aad);
    const document: ClinicKeyDocument = { format: 1, kid: 'ik1', wrapped, createdAt: this.now() };
    this.told({ use: 'created', clinic, kid: 'ik1', period: null });
    return createDocument(this.store, name, document, clinicKeyDocumentSchema);
  }

  async #openClinicKey(clinic: string, kid: string): Promise<SealingKey> {
    const document = await readDocument(this.store, keyNames.clinicKey(clinic, kid), clinicKeyDocumentSchema);
    if (!document) throw cryptFault('unknown_key');
    const bytes = await this.provider.unwrap('phi', document.wrapped, clinicKeyAad(clinic, kid));
    this.told({ use: 'opened', clinic, kid, period: null });
    return sealingKey(kid, bytes);
  }

  async #openRetentionKey(scope: KeyScope, kid: string): Promise<SealingKey> {
    const name = keyNames.retentionKey(scope, kid);
    const document = await readDocument(this.store, name, retentionKeyDocumentSchema);
    if (!document) {
      await this.assertNotDestroyed(scope);
      throw cryptFault('unknown_key');
    }
    const ck = await this.clinicKey(scope.clinic, document.ck);
    const bytes = openBytes(ck, retentionBinding(scope, kid), document.sealed);
    this.told({ use: 'opened', clinic: scope.clinic, kid, period: scope.period });
    return sealingKey(kid, bytes);
  }

  /** A key that cannot be opened is worth an alarm: disabled, damaged, or its service is away. */
  #tellFailure(name: string, error: unknown): void {
    const [kind = '', clinic = '', ...rest] = name.split('|');
    const reason = cryptReasonOf(error) ?? 'keys_unavailable';
    const period = kind === 'rk' ? (rest[1] ?? null) : null;
    this.told({ use: 'failed', clinic, kid: rest.at(-1) || kind, period, reason });
  }

  /** One read for all who ask at once; a failure is not held, and what nobody asked for lately is let go. */
  hold<T>(name: string, read: () => Promise<T>): Promise<T> {
    const held = this.#held.get(name);
    if (held && this.now() - held.at < keyCacheMs) return held.value as Promise<T>;
    for (const [each, { at }] of this.#held) if (this.now() - at >= keyCacheMs) this.#held.delete(each);
    const value = read();
    this.#held.set(name, { at: this.now(), value });
    value.catch((error: unknown) => {
      this.#held.delete(name);
      this.#tellFailure(name, error);
    });
    return value;
  }
}
