/** Objects in an S3 bucket, or in anything that speaks S3 with conditional writes. Turn Object Lock on. */
import type { GetObjectCommandOutput, S3 } from '@aws-sdk/client-s3';
import {
  archiveFault,
  type CreateResult,
  type ObjectStore,
  objectName,
  objectPrefix,
  settleExisting,
} from './object-store.ts';

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
const notFound = 404;
const preconditionFailed = 412;

export class S3ObjectStore implements ObjectStore {
  readonly kind = 's3';
  readonly #client: S3;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(client: S3, bucket: string, prefix: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  async create(name: string, bytes: Uint8Array): Promise<CreateResult> {
    try {
      await this.#client.putObject({ ...this.#at(name), Body: bytes, IfNoneMatch: '*' });
      return 'created';
    } catch (error) {
      if (statusOf(error) !== preconditionFailed) throw archiveFault('s3', error);
      return settleExisting(await this.get(name), bytes);
    }
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    await this.#client.putObject({ ...this.#at(name), Body: bytes }).catch((error: unknown) => {
      throw archiveFault('s3', error);
    });
  }

  async get(name: string): Promise<Uint8Array | null> {
    const body = await this.#read(name);
    try {
      return (await body?.transformToByteArray()) ?? null;
    } catch (error) {
      throw archiveFault('s3', error);
    }
  }

  async *list(prefix: string): AsyncIterable<string> {
    let after: string | undefined;
    try {
      do {
        const page = await this.#client.listObjectsV2({
          Bucket: this.#bucket,
          Prefix: this.#prefix + objectPrefix(prefix),
          ContinuationToken: after,
        });
        for (const { Key } of page.Contents ?? []) yield (Key ?? '').slice(this.#prefix.length);
        after = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (after);
    } catch (error) {
      throw archiveFault('s3', error);
    }
  }

  /** S3 answers a delete the same whether or not the object was there, so that is asked first. */
  async delete(name: string): Promise<boolean> {
    try {
      await this.#client.headObject(this.#at(name));
      await this.#client.deleteObject(this.#at(name));
      return true;
    } catch (error) {
      if (statusOf(error) === notFound) return false;
      throw archiveFault('s3', error);
    }
  }

  async #read(name: string): Promise<GetObjectCommandOutput['Body'] | null> {
    try {
      return (await this.#client.getObject(this.#at(name))).Body ?? null;
    } catch (error) {
      if (statusOf(error) === notFound) return null;
      throw archiveFault('s3', error);
    }
  }

  #at(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + objectName(name) };
  }
}
