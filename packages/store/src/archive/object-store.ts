/**
 * Where what must outlive Redis is put: sealed audit tiles, archived boards, certificates. Small enough that a folder,
 * Google Cloud Storage and S3 do the same; what is written once never changes under a reader.
 */
import { Fault } from '@workflow-bolt/contracts';

export type CreateResult =
  /** It was not there and is now, durably. */
  | 'created'
  /** The very same bytes were there already: a job that was killed and begins again goes on. */
  | 'same';

export interface ObjectStore {
  readonly kind: 'folder' | 'gcs' | 's3';
  /**
   * Writes an object that must not be there with other bytes. Durable when it returns.
   * Throws Fault `archive_conflict` (other bytes are there; nothing was changed) or `archive_unavailable`.
   */
  create(name: string, bytes: Uint8Array): Promise<CreateResult>;
  /** Writes or replaces, whole or not at all: for the few names that move, such as a checkpoint. Throws Fault. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** The bytes, or null when there is no such object. Throws Fault `archive_unavailable`. */
  get(name: string): Promise<Uint8Array | null>;
  /** Names that begin so, in order of their code points. Throws Fault `archive_unavailable`. */
  list(prefix: string): AsyncIterable<string>;
  /** Removes it; false when it was not there. Throws Fault `archive_unavailable` (a locked bucket refuses). */
  delete(name: string): Promise<boolean>;
}

const nameMax = 512;
const segmentShape = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Passes a name on. Throws RangeError unless it is made of plain segments: a name must mean the same object in a
 * folder and in a bucket, and never leave its folder.
 */
export function objectName(name: string): string {
  const isPlain = name.length <= nameMax && name.split('/').every((segment) => segmentShape.test(segment));
  if (!isPlain) throw new RangeError('an object name has a wrong form');
  return name;
}

/** As `objectName`, for the beginning of one; empty, or ending in `/`, is allowed. Throws RangeError. */
export function objectPrefix(prefix: string): string {
  if (prefix !== '') objectName(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
  return prefix;
}

/** What a failing store becomes; `where` is the kind of store, never a name in it. */
export function archiveFault(where: ObjectStore['kind'], cause: unknown): Fault {
  return cause instanceof Fault ? cause : new Fault('archive_unavailable', { where }, cause);
}

/** What `create` does when an object is there: goes on over the same bytes, and stops at others. Throws Fault. */
export function settleExisting(present: Uint8Array | null, wanted: Uint8Array): 'same' {
  if (present && Buffer.compare(present, wanted) === 0) return 'same';
  throw new Fault('archive_conflict');
}
