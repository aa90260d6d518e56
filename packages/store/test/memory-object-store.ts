/** Objects in memory, with a count of changes, after any of which the power can be cut. */
import { Fault } from '@workflow-bolt/contracts';
import {
  type CreateResult,
  type ObjectStore,
  objectName,
  settleExisting,
} from '../src/archive/object-store.ts';

export class MemoryObjectStore implements ObjectStore {
  readonly kind = 'folder';
  readonly objects: Map<string, Uint8Array>;
  /** Changes that are still carried out; the one after them, and all others, fail as when the process is gone. */
  changesLeft = Number.POSITIVE_INFINITY;

  constructor(objects = new Map<string, Uint8Array>()) {
    this.objects = objects;
  }

  /** What a backup of the store holds now. */
  copy(): MemoryObjectStore {
    return new MemoryObjectStore(new Map(this.objects));
  }

  async create(name: string, bytes: Uint8Array): Promise<CreateResult> {
    const present = this.objects.get(objectName(name));
    if (present) return settleExisting(present, bytes);
    this.#change();
    this.objects.set(name, Buffer.from(bytes));
    return 'created';
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    this.#change();
    this.objects.set(objectName(name), Buffer.from(bytes));
  }

  async get(name: string): Promise<Uint8Array | null> {
    return this.objects.get(objectName(name)) ?? null;
  }

  async *list(prefix: string): AsyncIterable<string> {
    yield* [...this.objects.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  async delete(name: string): Promise<boolean> {
    this.#change();
    return this.objects.delete(name);
  }

  #change(): void {
    if (this.changesLeft <= 0) throw new Fault('archive_unavailable', { where: 'folder' });
    this.changesLeft -= 1;
  }
}
