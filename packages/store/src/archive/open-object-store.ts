/** From an address in the configuration to a store. Cloud clients are loaded only when an address asks for one. */
import { resolve } from 'node:path';
import { FolderObjectStore } from './folder-object-store.ts';
import type { ObjectStore } from './object-store.ts';

/** The folder of an address such as `audit/`, with exactly one slash at its end; empty for the bucket itself. */
function prefixOf(url: URL): string {
  const path = url.pathname.replaceAll(/^\/+|\/+$/g, '');
  return path === '' ? '' : `${path}/`;
}

async function openGcs(url: URL): Promise<ObjectStore> {
  const [{ Storage }, { GcsObjectStore }] = await Promise.all([
    import('@google-cloud/storage'),
    import('./gcs-object-store.ts'),
  ]);
  const apiEndpoint = url.searchParams.get('endpoint');
  const storage = new Storage(apiEndpoint === null ? {} : { apiEndpoint, projectId: 'local' });
  return new GcsObjectStore(storage.bucket(url.hostname), prefixOf(url));
}

async function openS3(url: URL): Promise<ObjectStore> {
  const [{ S3 }, { S3ObjectStore }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('./s3-object-store.ts'),
  ]);
  const endpoint = url.searchParams.get('endpoint');
  const region = url.searchParams.get('region');
  const client = new S3({
    ...(region === null ? {} : { region }),
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
  });
  return new S3ObjectStore(client, url.hostname, prefixOf(url));
}

/**
 * Opens `gs://bucket/folder`, `s3://bucket/folder?region=us-east-2` (both take `endpoint=` for a stand-in), or a
 * folder by its path. Credentials come from the cloud's own environment. Throws RangeError on another scheme.
 */
export async function openObjectStore(address: string): Promise<ObjectStore> {
  const scheme = /^([a-z0-9]+):\/\//.exec(address)?.[1];
  if (scheme === undefined) return new FolderObjectStore(resolve(address));
  if (scheme === 'gs') return openGcs(new URL(address));
  if (scheme === 's3') return openS3(new URL(address));
  throw new RangeError(`an archive cannot be at ${scheme}://; give gs://, s3:// or a folder`);
}
