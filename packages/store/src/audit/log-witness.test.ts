/** What a log makes of a witness's answers, good and bad ones. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  cosignature,
  formatKey,
  formatSignatures,
  noteKey,
  parseAddCheckpoint,
  verifyNote,
} from '@workflow-bolt/audit-verifier';
import { expect, test } from 'vitest';
import { MemoryObjectStore } from '../../test/memory-object-store.ts';
import { AuditSigner } from './audit-signer.ts';
import { LogArchive } from './log-archive.ts';
import { LogWitness, type WitnessOutcome, witnessAddress } from './log-witness.ts';

const origin = 'audit.example.org/c.oak';

function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
  return { raw, sign: (message: Uint8Array) => sign(null, message, privateKey) };
}

const ours = newKey();
const theirs = newKey();
const key = noteKey('witness.example.net', 4, theirs.raw);

type Reply = { status: number; type?: string; body?: string; location?: string };
/** What it is sent, and what it answers. */
type Play = (
  request: NonNullable<ReturnType<typeof parseAddCheckpoint>>,
  asked: number,
) => Reply | 'hang up' | Promise<Reply>;

const cosigned = (text: string, by = theirs, seconds = 1_750_000_000): string =>
  formatSignatures([cosignature(key, text, seconds, by.sign)]);

async function stage(play: Play) {
  const stack = new AsyncDisposableStack();
  const store = new MemoryObjectStore();
  const archive = new LogArchive(store, 'c.oak');
  const signer = new AuditSigner({
    sign: async (message) => ours.sign(message),
    publicKey: async () => ours.raw,
  });
  const old: number[] = [];
  const server = createServer(async (req, res) => {
    const parts: Buffer[] = [];
    for await (const part of req as AsyncIterable<Buffer>) parts.push(part);
    const request = parseAddCheckpoint(Buffer.concat(parts));
    if (!request || req.url !== '/w/add-checkpoint') return void res.writeHead(500).end();
    old.push(request.oldSize);
    const reply = await play(request, old.length);
    if (reply === 'hang up') return void res.destroy();
    const { status, type = 'text/plain', body = '', location } = reply;
    res.writeHead(status, { 'Content-Type': type, ...(location ? { Location: location } : {}) }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stopping = new AbortController();
  stack.defer(async () => {
    stopping.abort();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const witness = witnessAddress(formatKey(key), `http://127.0.0.1:${port}/w/`);
  const log = new LogWitness({ archive, witness, signal: stopping.signal });
  let size = 0;
  const grow = async (count: number) => {
    const entries = Array.from({ length: count }, (_, i) => Buffer.from(`entry ${size + i}`));
    const range = await archive.append(size, entries);
    size = range.size;
    await archive.putCheckpoint(size, await signer.sign({ origin, size, root: range.root() }));
  };
  return { stack, store, archive, log, grow, old };
}

const sizeReply = (size: number | string): Reply => ({
  status: 409,
  type: 'text/x.tlog.size',
  body: `${size}\n`,
});
const good: Play = ({ checkpoint }) => ({ status: 200, body: cosigned(checkpoint.note.text) });

test('[audit] nothing sealed is nothing to confirm; then it is confirmed once, and kept beside the checkpoint', async () => {
  const { stack, archive, log, grow, old } = await stage(good);
  await using _ = stack;
  expect(await log.confirm()).toEqual({ status: 'empty' });
  await grow(300);
  const confirmed = { status: 'confirmed', size: 300, at: 1_750_000_000_000 };
  expect(await log.confirm()).toEqual(confirmed);
  expect(await log.confirm()).toEqual(confirmed);
  expect(old).toEqual([0]);
  const whole = await archive.cosignedCheckpoint();
  expect(whole?.note.signatures.length).toBe(2);
  expect(whole && verifyNote(whole.note, key).isSigned).toBe(true);
  await grow(1);
  expect(await log.confirm()).toMatchObject({ status: 'confirmed', size: 301 });
  expect(old).toEqual([0, 300]);
});

test('[audit] a witness that stands elsewhere says where, and is asked from there', async () => {
  const { stack, log, grow, old } = await stage((request, asked) =>
    asked < 2 ? sizeReply(100) : good(request, asked),
  );
  await using _ = stack;
  await grow(100);
  await grow(200);
  expect(await log.confirm()).toMatchObject({ status: 'confirmed', size: 300 });
  expect(old).toEqual([0, 100]);
});

test('[audit] while it was asked the log grew, and another process had that confirmed', async () => {
  const more: { grow?: (count: number) => Promise<void> } = {};
  const { stack, log, grow, old } = await stage(async (request, asked) => {
    if (asked > 1) return { status: 200, body: cosigned(request.checkpoint.note.text) };
    await more.grow?.(50);
    return sizeReply(150);
  });
  await using _ = stack;
  await grow(100);
  more.grow = grow;
  expect(await log.confirm()).toMatchObject({ status: 'confirmed', size: 150 });
  expect(old).toEqual([0, 150]);
});

const outcomes: [string, Play, WitnessOutcome, number?][] = [
  ['no connection', () => 'hang up', { status: 'away', reason: 'no-answer' }],
  ['its own trouble', () => ({ status: 503 }), { status: 'away', reason: 'status-503' }],
  ['too many questions', () => ({ status: 429 }), { status: 'away', reason: 'status-429' }],
  [
    'another address',
    () => ({ status: 307, location: 'http://127.0.0.1:1/' }),
    { status: 'away', reason: 'no-answer' },
  ],
  ['an unknown log', () => ({ status: 404 }), { status: 'unknown', reason: 'status-404' }],
  ['an unknown key', () => ({ status: 403 }), { status: 'unknown', reason: 'status-403' }],
  ['a bad request', () => ({ status: 400 }), { status: 'unknown', reason: 'status-400' }],
  ['a proof that it refuses', () => ({ status: 422 }), { status: 'forked', reason: 'proof-refused' }],
  ['more than there is', () => sizeReply(301), { status: 'forked', reason: 'archive-rolled-back' }],
  ['another root at one size', () => sizeReply(0), { status: 'forked', reason: 'another-root' }],
  ['a size that is none', () => sizeReply('1e2'), { status: 'away', reason: 'unreadable' }],
  ['a page for people', () => ({ status: 409, body: '<html>' }), { status: 'away', reason: 'unreadable' }],
  ['a mind that changes', (_, asked) => sizeReply(asked), { status: 'away', reason: 'no-agreement' }],
  ['nothing', () => ({ status: 200 }), { status: 'away', reason: 'unreadable' }],
  ['no end', () => ({ status: 200, body: 'x'.repeat(100_000) }), { status: 'away', reason: 'too-long' }],
  [
    'a signature of another key',
    ({ checkpoint }) => ({ status: 200, body: cosigned(checkpoint.note.text, ours) }),
    { status: 'away', reason: 'bad-signature' },
  ],
  [
    'a signature of another text',
    () => ({ status: 200, body: cosigned('another\n') }),
    { status: 'away', reason: 'bad-signature' },
  ],
];

test.each(outcomes)('[audit] [crypto] answered with %s: nothing is kept', async (_what, play, outcome) => {
  const { stack, store, log, grow } = await stage(play);
  await using _ = stack;
  await grow(300);
  expect(await log.confirm()).toEqual(outcome);
  expect([...store.objects.keys()].filter((name) => name.includes('cosignatures'))).toEqual([]);
});

test('[audit] lines of others beside the witness’s are left out', async () => {
  const stranger = noteKey('stranger.example.net', 4, ours.raw);
  const { stack, store, log, grow } = await stage(({ checkpoint: { note } }) => ({
    status: 200,
    body: formatSignatures([cosignature(stranger, note.text, 1, ours.sign)]) + cosigned(note.text),
  }));
  await using _ = stack;
  await grow(10);
  expect(await log.confirm()).toMatchObject({ status: 'confirmed' });
  const name = `audit/c.oak/cosignatures/0000000000000010-${key.keyHash}`;
  expect(
    Buffer.from(store.objects.get(name) ?? '')
      .toString('utf8')
      .match(/witness\.example\.net|stranger/g),
  ).toEqual(['witness.example.net']);
});

test('[audit] an archive that was put back behind what the witness confirmed is told', async () => {
  const { stack, store, archive, log, grow } = await stage(good);
  await using _ = stack;
  await grow(100);
  const former = (await archive.read('checkpoint')) ?? new Uint8Array();
  await grow(100);
  expect(await log.confirm()).toMatchObject({ status: 'confirmed', size: 200 });
  await store.put('audit/c.oak/checkpoint', former);
  expect(await log.confirm()).toEqual({ status: 'forked', reason: 'archive-rolled-back' });
});

test('[crypto] a key that signs logs is none that witnesses them', () => {
  expect(() => witnessAddress(formatKey(noteKey('w', 1, theirs.raw)), 'http://127.0.0.1/')).toThrow(
    TypeError,
  );
  expect(witnessAddress(formatKey(key), 'https://w.example.net//').url).toBe(
    'https://w.example.net/add-checkpoint',
  );
});
