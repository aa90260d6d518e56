/** Objects in a bucket of Google Cloud Storage. Give the bucket a retention lock and versioning. */
import type { Bucket, File } from '@google-cloud/storage';
import {
  archiveFault,
  type CreateResult,
  type ObjectStore,
  objectName,
  objectPrefix,
  settleExisting,
} from './object-store.ts';

const codeOf = (error: unknown): number | undefined => (error as { code?: number }).code;
const notFound = 404;
const preconditionFailed = 412;
/** Generation 0: only where there is none yet. */
const onlyNew = { ifGenerationMatch: 0 };

export class GcsObjectStore implements ObjectStore {
  readonly kind = 'gcs';
  readonly #bucket: Bucket;
  readonly #prefix: string;

  constructor(bucket: Bucket, prefix: string) {
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  async create(name: string, bytes: Uint8Array): Promise<CreateResult> {
    try {
      await this.#save(name, bytes, onlyNew);
      return 'created';
    } catch (error) {
      if (codeOf(error) !== preconditionFailed) throw archiveFault('gcs', error);
      return settleExisting(await this.get(name), bytes);
    }
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    await this.#save(name, bytes).catch((error: unknown) => {
      throw archiveFault('gcs', error);
    });
  }

  async get(name: string): Promise<Uint8Array | null> {
    try {
      const [bytes] = await this.#file(name).download();
      return bytes;
    } catch (error) {
      if (codeOf(error) === notFound) return null;
      throw archiveFault('gcs', error);
    }
  }

  async *list(prefix: string): AsyncIterable<string> {
    let pageToken: string | undefined;
    try {
      do {
        const query = { prefix: this.#prefix + objectPrefix(prefix), autoPaginate: false, pageToken };
        const [files, next] = await this.#bucket.getFiles(query);
        for (const file of files) yield file.name.slice(this.#prefix.length);
        pageToken = (next as { pageToken?: string } | null)?.pageToken;
      } while (pageToken);
    } catch (error) {
      throw archiveFault('gcs', error);
    }
  }

  async delete(name: string): Promise<boolean> {
    try {
      await this.#file(name).delete();
      return true;
    } catch (error) {
      if (codeOf(error) === notFound) return false;
      throw archiveFault('gcs', error);
    }
  }

  #file(name: string): File {
    return this.#bucket.file(this.#prefix + objectName(name));
  }

  /** The client compares a CRC32C of what arrived, and sends again only what cannot happen twice. */
  #save(name: string, bytes: Uint8Array, preconditionOpts = {}): Promise<void> {
    const options = { resumable: false, validation: 'crc32c' as const, preconditionOpts };
    return this.#file(name).save(Buffer.from(bytes), options);
  }
}
