/** One suite, three kinds of store: a folder, and stand-ins that speak as Google Cloud Storage and S3 do. */
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CRC32C } from '@google-cloud/storage';
import { Fault } from '@workflow-bolt/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ObjectStore, objectName } from './object-store.ts';
import { openObjectStore } from './open-object-store.ts';

type Reply = { status: number; body?: Buffer | string; headers?: Record<string, string> };
type Ask = { method: string; url: URL; headers: Record<string, string | undefined>; body: Buffer };

async function standIn(answer: (ask: Ask) => Reply): Promise<{ url: string; server: Server }> {
  const server = createServer((req, res) => {
    const parts: Buffer[] = [];
    req
      .on('data', (part: Buffer) => parts.push(part))
      .on('end', () => {
        const headers = req.headers as Record<string, string | undefined>;
        const url = new URL(req.url ?? '', 'http://localhost');
        const reply = answer({ method: req.method ?? '', url, headers, body: Buffer.concat(parts) });
        res.writeHead(reply.status, {
          'content-length': Buffer.byteLength(reply.body ?? ''),
          ...reply.headers,
        });
        res.end(req.method === 'HEAD' ? undefined : reply.body);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** S3's answers to path-style requests for one bucket. */
function s3(objects: Map<string, Buffer>): (ask: Ask) => Reply {
  const missing = {
    status: 404,
    body: '<Error><Code>NoSuchKey</Code></Error>',
    headers: { 'content-type': 'application/xml' },
  };
  return ({ method, url, headers, body }) => {
    const key = decodeURIComponent(url.pathname.replace(/^\/bucket\/?/, ''));
    if (method === 'GET' && url.searchParams.get('list-type') === '2') {
      const names = [...objects.keys()]
        .filter((each) => each.startsWith(url.searchParams.get('prefix') ?? ''))
        .sort();
      const from = Number(url.searchParams.get('continuation-token') ?? 0);
      const page = names.slice(from, from + 2).map((each) => `<Contents><Key>${each}</Key></Contents>`);
      const isMore = from + 2 < names.length;
      const next = isMore ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : '';
      return {
        status: 200,
        body: `<ListBucketResult><IsTruncated>${isMore}</IsTruncated>${next}${page.join('')}</ListBucketResult>`,
        headers: { 'content-type': 'application/xml' },
      };
    }
    if (method === 'PUT') {
      if (headers['if-none-match'] === '*' && objects.has(key)) {
        return { status: 412, body: '<Error><Code>PreconditionFailed</Code></Error>' };
      }
      objects.set(key, unchunked(body, headers['content-encoding']));
      return { status: 200, headers: { etag: '"x"' } };
    }
    if (method === 'DELETE') return { status: 204, body: objects.delete(key) ? '' : '' };
    const found = objects.get(key);
    return found ? { status: 200, body: found } : missing;
  };
}

/** The client may send its body in signed chunks: `<hex size>[;…]\r\n<bytes>\r\n … 0\r\n`. */
function unchunked(body: Buffer, encoding: string | undefined): Buffer {
  if (!encoding?.includes('aws-chunked')) return body;
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, lineEnd).toString().split(';')[0] ?? '0', 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

/** The JSON API of Google Cloud Storage for one bucket. */
function gcs(objects: Map<string, Buffer>): (ask: Ask) => Reply {
  const json = (value: unknown, status = 200): Reply => ({
    status,
    body: JSON.stringify(value),
    headers: { 'content-type': 'application/json' },
  });
  const crc32c = (bytes: Buffer) => {
    const sum = new CRC32C();
    sum.update(bytes);
    return sum.toString();
  };
  return ({ method, url, headers, body }) => {
    if (method === 'POST') {
      const boundary = /boundary=([^;]+)/.exec(headers['content-type'] ?? '')?.[1] ?? '';
      const sent = body.toString('latin1').split(`--${boundary}`)[2] ?? '';
      const bytes = Buffer.from(sent.slice(sent.indexOf('\r\n\r\n') + 4, -2), 'latin1');
      const name = url.searchParams.get('name') ?? '';
      const isNew = url.searchParams.get('ifGenerationMatch') === '0';
      if (isNew && objects.has(name)) return json({ error: { code: 412, message: 'conditionNotMet' } }, 412);
      objects.set(name, bytes);
      return json({ name, bucket: 'bucket', generation: '1', crc32c: crc32c(bytes) });
    }
    const name = decodeURIComponent(/\/o\/(.+)$/.exec(url.pathname)?.[1] ?? '');
    if (name === '') {
      const names = [...objects.keys()]
        .filter((each) => each.startsWith(url.searchParams.get('prefix') ?? ''))
        .sort();
      const from = Number(url.searchParams.get('pageToken') ?? 0);
      const items = names.slice(from, from + 2).map((each) => ({ name: each, bucket: 'bucket' }));
      const more = from + 2 < names.length ? { nextPageToken: String(from + 2) } : {};
      return json({ items, ...more });
    }
    const found = objects.get(name);
    if (!found) return json({ error: { code: 404, message: 'No such object' } }, 404);
    if (method === 'DELETE') {
      objects.delete(name);
      return { status: 204 };
    }
    return { status: 200, body: found };
  };
}

let root: string;
const servers: Server[] = [];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bolt-objects-'));
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  await rm(root, { recursive: true, force: true });
});

async function cloud(scheme: 'gs' | 's3', answer: (objects: Map<string, Buffer>) => (ask: Ask) => Reply) {
  const { url, server } = await standIn(answer(new Map()));
  servers.push(server);
  return openObjectStore(`${scheme}://bucket/kept?region=us-east-1&endpoint=${encodeURIComponent(url)}`);
}

const kinds: readonly [string, () => Promise<ObjectStore>][] = [
  ['folder', () => openObjectStore(join(root, 'objects'))],
  ['gcs', () => cloud('gs', gcs)],
  ['s3', () => cloud('s3', s3)],
];
const bytes = (text: string) => Buffer.from(text);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'fine',
    (error: unknown) => (error instanceof Fault ? error.code : String(error)),
  );

describe.each(kinds)('%s', (kind, open) => {
  let store: ObjectStore;
  beforeAll(async () => {
    store = await open();
  });

  test('writes once: the same again is the same, and other bytes never replace what is there', async () => {
    expect(store.kind).toBe(kind);
    expect(await store.create('a/b.txt', bytes('one'))).toBe('created');
    expect(await store.create('a/b.txt', bytes('one'))).toBe('same');
    expect(await codeOf(store.create('a/b.txt', bytes('two')))).toBe('archive_conflict');
    expect(Buffer.from((await store.get('a/b.txt')) ?? '').toString()).toBe('one');
  });

  test('replaces what may move, keeps every byte, and says what is not there', async () => {
    await store.put('checkpoint', bytes('1'));
    const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    await store.put('checkpoint', all);
    expect(Buffer.compare((await store.get('checkpoint')) ?? Buffer.alloc(0), all)).toBe(0);
    expect(await store.get('nothing')).toBeNull();
    expect([await store.delete('checkpoint'), await store.delete('checkpoint')]).toEqual([true, false]);
  });

  test('lists by prefix in order, over pages', async () => {
    for (const name of ['l/3', 'l/1', 'l/2', 'm/1']) await store.create(name, bytes(name));
    const names: string[] = [];
    for await (const name of store.list('l/')) names.push(name);
    expect(names).toEqual(['l/1', 'l/2', 'l/3']);
  });

  test('[injection] [abuse] a name cannot leave its place', async () => {
    for (const name of [
      '../x',
      'a/../../x',
      '/etc/passwd',
      'a//b',
      '',
      '.hidden',
      'a\0b',
      `${'x'.repeat(513)}`,
    ]) {
      expect(() => objectName(name)).toThrow(RangeError);
      expect(await codeOf(store.put(name, bytes('x')).catch((error) => Promise.reject(error)))).toMatch(
        /RangeError/,
      );
    }
  });
});

test('a folder is private, and half-written files do not stay', async () => {
  const left = await readdir(join(root, 'objects', '.scratch'));
  expect(left).toEqual([]);
});

test('a store that does not answer is away, not empty', async () => {
  const { url, server } = await standIn(() => ({
    status: 403,
    body: '<Error><Code>AccessDenied</Code></Error>',
  }));
  servers.push(server);
  const store = await openObjectStore(`s3://bucket?region=us-east-1&endpoint=${encodeURIComponent(url)}`);
  expect(await codeOf(store.get('a'))).toBe('archive_unavailable');
  await expect(openObjectStore('ftp://bucket')).rejects.toThrow(RangeError);
});

test('[H-23] [privacy] what a killed process left half written does not stay: it may hold a key that was to be destroyed', async () => {
  const root = await mkdtemp(join(tmpdir(), 'bolt-scratch-'));
  const scratch = join(root, '.scratch');
  await mkdir(scratch);
  await writeFile(join(scratch, 'left'), 'a wrapped key');
  await utimes(join(scratch, 'left'), new Date(0), new Date(0));
  // Another process is writing this one now.
  await writeFile(join(scratch, 'present'), 'half');
  await (await openObjectStore(root)).create('a/b.json', Buffer.from('{}'));
  expect(await readdir(scratch)).toEqual(['present']);
  await rm(root, { recursive: true, force: true });
});
