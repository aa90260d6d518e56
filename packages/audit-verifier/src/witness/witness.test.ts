/** A real witness on loopback: what it signs, what it refuses, and what it remembers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  entryBytes,
  newSigner,
  origin,
  type SampleEntry,
  SampleLog,
  type Signer,
  sampleEntries,
  sampleOptions,
  signCheckpoint,
} from '../../test/sample-log.ts';
import { readCheckpoint } from '../checkpoint.ts';
import { CompactRange } from '../compact-range.ts';
import { consistencyProof } from '../proofs.ts';
import { type NoteKey, parseKey, parseSignatures, verifyNote } from '../signed-note.ts';
import { cosignatureNameOf, tileHashes } from '../tiles.ts';
import { leafHash } from '../tree-hash.ts';
import { verifyLog } from '../verify-log.ts';
import { formatAddCheckpoint } from './add-checkpoint-request.ts';
import { runWitness, witnessHelp } from './run-witness.ts';
import { originHash } from './witness-folder.ts';

const signer = newSigner();
const entries = sampleEntries(300);
/** The same log up to there, then another one. */
const fork = entries.map((entry, i) => (i < 200 ? entry : { ...entry, sub: 'delete' }));

async function startWitness(logs: readonly Signer[] = [signer]) {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'bolt-witness-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const keys = logs.map(({ key }) => key);
  const start = async (name = 'witness.example.net/w1') => {
    const lines: string[] = [];
    const texts = keys.map((key) => formatted(key));
    const served = await runWitness(
      [folder, '--name', name, '--listen', '127.0.0.1:0', ...texts.flatMap((text) => ['--log', text])],
      { readText: (path) => readFile(path, 'utf8'), print: (line) => void lines.push(line) },
    );
    if (!served) throw new Error('it did not start');
    const key = parseKey(lines.join('').split(' ')[1] ?? '');
    return { ...served, key };
  };
  const running = { now: await start() };
  stack.defer(() => running.now.stop());
  return { stack, folder, start, running };
}

const formatted = ({ name, keyHash, type, publicKey }: NoteKey): string =>
  `${name}+${keyHash}+${Buffer.concat([Buffer.of(type), publicKey]).toString('base64')}`;

type Ask = { oldSize: number; size: number; of?: readonly SampleEntry[]; by?: Signer; proof?: Uint8Array[] };

async function ask(url: string, { oldSize, size, of = entries, by = signer, proof }: Ask) {
  const part = of.slice(0, size);
  const honest = () => consistencyProof(tileHashes(new SampleLog(part, by), size), oldSize, size);
  const body = formatAddCheckpoint({
    ...{ oldSize, note: signCheckpoint(part, by) },
    proof: proof ?? (oldSize <= size ? await honest() : []),
  });
  const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: Buffer.from(body) });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

const sizeOf = (answer: { status: number; type: string | null; text: string }) => [
  ...[answer.status, answer.type, answer.text],
];

test('[audit] [H-06] it signs what goes on from what it saw, and a size again with a new time', async () => {
  const { stack, running } = await startWitness();
  await using _ = stack;
  const { url, key } = running.now;
  for (const [oldSize, size] of [
    [0, 100],
    [100, 256],
    [256, 300],
    [300, 300],
  ] as const) {
    const answer = await ask(url, { oldSize, size });
    expect(answer.status).toBe(200);
    const note = readCheckpoint(signCheckpoint(entries.slice(0, size), signer))?.note;
    const signatures = parseSignatures(answer.text) ?? [];
    const { isSigned, at } = verifyNote({ text: note?.text ?? '', signatures }, key);
    expect([isSigned, signatures.length, (at ?? 0) > Date.now() - 3_600_000]).toEqual([true, 1, true]);
  }
});

test('[audit] it refuses: an old size that is not its own, a proof that does not lead there, who is unknown', async () => {
  const stranger = newSigner();
  const other = newSigner('audit.example.org/c.elm');
  const { stack, running, folder } = await startWitness();
  await using _ = stack;
  const { url } = running.now;
  expect((await ask(url, { oldSize: 0, size: 200 })).status).toBe(200);
  const stands = (size: number) => [409, 'text/x.tlog.size', `${size}\n`];
  expect(sizeOf(await ask(url, { oldSize: 0, size: 300 }))).toEqual(stands(200));
  expect(sizeOf(await ask(url, { oldSize: 100, size: 150 }))).toEqual(stands(200));
  expect((await ask(url, { oldSize: 250, size: 200 })).status).toBe(400);
  expect((await ask(url, { oldSize: 200, size: 300, proof: [] })).status).toBe(422);
  expect((await ask(url, { oldSize: 200, size: 300, proof: [leafHash(Buffer.from('x'))] })).status).toBe(422);
  expect((await ask(url, { oldSize: 200, size: 300, by: stranger })).status).toBe(403);
  const unknown = formatAddCheckpoint({ oldSize: 0, proof: [], note: elsewhere(other) });
  const post = (body: string | Buffer<ArrayBuffer>, path = 'add-checkpoint') =>
    fetch(`${url}/${path}`, { method: 'POST', body }).then(({ status }) => status);
  expect(await post(Buffer.from(unknown))).toBe(404);
  expect(await post('old 0\n\nnothing\n')).toBe(400);
  expect(await post('x'.repeat(100_000)).catch(() => 413)).toBe(413);
  expect(await post('', 'anything')).toBe(404);
  // None of this moved it, and what the log signed and could not prove is kept.
  expect((await ask(url, { oldSize: 200, size: 300 })).status).toBe(200);
  expect((await readdir(join(folder, 'refused'))).length).toBe(1);
});

function elsewhere({ key, sign }: Signer): Uint8Array {
  const range = new CompactRange();
  range.append(leafHash(entryBytes(entries[0] ?? {})));
  const text = `${key.name}\n1\n${Buffer.from(range.root()).toString('base64')}\n`;
  const blob = Buffer.concat([Buffer.from(key.keyHash, 'hex'), sign(Buffer.from(text))]);
  return Buffer.from(`${text}\n— ${key.name} ${blob.toString('base64')}\n`);
}

test('[audit] two requests at once: one is signed, the other is told where it stands', async () => {
  const { stack, running } = await startWitness();
  await using _ = stack;
  const { url } = running.now;
  const answers = await Promise.all([150, 300].map((size) => ask(url, { oldSize: 0, size })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
});

test('[audit] it forgets nothing when it is started again, and its key stays with its owner', async () => {
  const { stack, running, start, folder } = await startWitness();
  await using _ = stack;
  expect((await ask(running.now.url, { oldSize: 0, size: 200 })).status).toBe(200);
  await running.now.stop();
  const again = await start();
  const before = running.now.key;
  running.now = again;
  expect(again.key).toEqual(before);
  expect((await ask(again.url, { oldSize: 0, size: 100 })).status).toBe(409);
  expect((await ask(again.url, { oldSize: 200, size: 200, of: forkAt(150) })).status).toBe(409);
  expect((await stat(join(folder, 'key.json'))).mode & 0o077).toBe(0);
  await expect(start('witness.example.net/w2')).rejects.toThrow(
    'belongs to the witness witness.example.net/w1',
  );
  await writeFile(join(folder, 'logs', originHash(origin)), 'damaged');
  expect((await ask(again.url, { oldSize: 0, size: 300 })).status).toBe(500);
});

const forkAt = (leaf: number) => entries.map((entry, i) => (i < leaf ? entry : { ...entry, sub: 'delete' }));

test('[audit] [H-07] [ONC-d-2] a split view: two auditors are shown two logs, both signed; only one can be cosigned', async () => {
  const { stack, running } = await startWitness();
  await using _ = stack;
  const { url, key } = running.now;
  const shown = {
    first: new SampleLog(entries, signer, [200, 300]),
    second: new SampleLog(fork, signer, [200, 300]),
  };
  expect((await ask(url, { oldSize: 0, size: 200 })).status).toBe(200);
  const first = await ask(url, { oldSize: 200, size: 300 });
  const second = await ask(url, { oldSize: 200, size: 300, of: fork });
  expect([first.status, second.status]).toEqual([200, 409]);
  expect((await ask(url, { oldSize: 300, size: 300, of: fork })).status).toBe(409);
  const exitCode = async (log: SampleLog, more = {}) =>
    (await verifyLog(log, sampleOptions(signer, { now: Date.now(), ...more }))).exitCode;
  // Alone with what he was shown, neither auditor can tell.
  expect([await exitCode(shown.first), await exitCode(shown.second)]).toEqual([0, 0]);
  const beside = cosignatureNameOf(300, key.keyHash);
  shown.first.pieces.set(beside, Buffer.from(first.text));
  const trust = { witnesses: [key] };
  expect([await exitCode(shown.first, trust), await exitCode(shown.second, trust)]).toEqual([0, 17]);
  // Nor does the cosignature of the one help the other.
  shown.second.pieces.set(beside, Buffer.from(first.text));
  expect(await exitCode(shown.second, trust)).toBe(17);
  // What the witness saw last, kept as an auditor keeps a checkpoint, proves the fork.
  const answer = await fetch(`${url}/checkpoint/${originHash(origin)}`);
  const since = new Uint8Array(await answer.arrayBuffer());
  expect(await exitCode(shown.first, { since })).toBe(0);
  expect(await exitCode(shown.second, { since })).toBe(13);
  expect((await fetch(`${url}/checkpoint/${originHash('another')}`)).status).toBe(404);
});

test('[audit] as a process of its own: it says its key, serves one folder alone, and ends when told to', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bolt-witness-'));
  const main = join(import.meta.dirname, 'main.ts');
  const argv = [main, folder, '--name', 'w1', '--listen', '127.0.0.1:0', '--log', formatted(signer.key)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const [, key = '', url = ''] = line.toString('utf8').trim().split(' ');
    expect([parseKey(key).name, parseKey(key).type]).toEqual(['w1', 4]);
    expect((await ask(url, { oldSize: 0, size: 100 })).status).toBe(200);
    const second = runWitness(argv.slice(1), { readText: async () => '', print: () => {} });
    await expect(second).rejects.toThrow(`process ${child.pid} uses this folder`);
  } finally {
    child.kill('SIGTERM');
  }
  expect(await ended).toEqual([0, null]);
  await rm(folder, { recursive: true, force: true });
});

test('[audit] the command says what is wrong with its call', async () => {
  const world = { readText: async () => formatted(signer.key), print: () => {} };
  const call = (...argv: string[]) => runWitness(argv, world);
  const key = ['--log', formatted(signer.key)];
  await expect(call()).rejects.toThrow(witnessHelp);
  await expect(call('folder', ...key)).rejects.toThrow(witnessHelp);
  await expect(call('folder', '--name', 'two words', ...key)).rejects.toThrow(witnessHelp);
  await expect(call('folder', '--name', 'w', '--listen', 'nowhere', ...key)).rejects.toThrow(witnessHelp);
  await expect(call('folder', '--name', 'w')).rejects.toThrow('--log takes keys that sign logs');
  const witnessKey = formatted(newSigner('w', 4).key);
  await expect(call('folder', '--name', 'w', '--log', witnessKey)).rejects.toThrow('--log takes keys');
  const printed: string[] = [];
  expect(await runWitness(['--help'], { ...world, print: (line) => void printed.push(line) })).toBeNull();
  expect(printed).toEqual([witnessHelp]);
});
