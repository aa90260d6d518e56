import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSigner, origin, SampleLog, sampleEntries, signCheckpoint } from '../test/sample-log.ts';
import { isIncluded } from './proofs.ts';
import { runVerifier } from './run-verifier.ts';
import { formatKey } from './signed-note.ts';
import { bundleName } from './tiles.ts';
import { leafHash } from './tree-hash.ts';
import { certificateMessage } from './verify-certificate.ts';

const signer = newSigner();
const entries = sampleEntries(300);
const key = formatKey(signer.key);
let dir: string;

function writeLog(name: string, log: SampleLog): string {
  const folder = join(dir, name);
  for (const [piece, bytes] of log.pieces) {
    mkdirSync(dirname(join(folder, piece)), { recursive: true });
    writeFileSync(join(folder, piece), bytes);
  }
  return folder;
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'bolt-verify-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the verifier’s command', () => {
  test('as a process of its own: text, exit code, and what a damaged log answers', () => {
    const folder = writeLog('process', new SampleLog(entries, signer));
    const main = join(import.meta.dirname, 'main.ts');
    const run = (...args: string[]) => {
      try {
        return { text: execFileSync(process.execPath, [main, ...args], { encoding: 'utf8' }), code: 0 };
      } catch (error) {
        const { stdout, status } = error as { stdout: string; status: number };
        return { text: stdout, code: status };
      }
    };
    const sound = run(folder, '--key', key);
    expect(sound.code).toBe(0);
    expect(sound.text).toMatch(
      /^audit\.example\.org\/c\.oak: 300 entries, 300 read, 1 checkpoints, root \S+\nSound\.\n$/,
    );
    const log = new SampleLog(entries, signer);
    const name = bundleName(0, 256);
    const bytes = Buffer.from(log.pieces.get(name) ?? '');
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    log.pieces.set(name, bytes);
    const damaged = run(writeLog('damaged', log), '--key', key, '--json');
    expect(damaged.code).toBe(10);
    const report = JSON.parse(damaged.text);
    expect(report.exitCode).toBe(10);
    expect(report.findings[0]).toMatchObject({ kind: 'leaf_mismatch', leaf: 0 });
  });

  test('a key from a file, a kept checkpoint, only what is new', async () => {
    const folder = writeLog('since', new SampleLog(entries, signer, [100, 300]));
    const keyFile = join(dir, 'log.key');
    writeFileSync(keyFile, `${key}\n`);
    const kept = join(dir, 'kept');
    writeFileSync(kept, signCheckpoint(entries.slice(0, 100), signer));
    const call = [folder, '--key', keyFile, '--since-checkpoint', kept, '--incremental', '--json'];
    const { text, exitCode } = await runVerifier(call);
    expect([JSON.parse(text).checked, exitCode]).toEqual([200, 0]);
    const other = join(dir, 'other');
    writeFileSync(other, signCheckpoint(entries.slice(1, 101), signer));
    expect((await runVerifier([folder, '--key', keyFile, '--since-checkpoint', other])).exitCode).toBe(13);
  });

  test('--prove prints a proof that holds without the log', async () => {
    const folder = writeLog('prove', new SampleLog(entries, signer));
    const { text, exitCode } = await runVerifier([folder, '--key', key, '--prove', '261']);
    const { size, leaf, proof, checkpoint } = JSON.parse(text) as {
      size: number;
      leaf: number;
      proof: string[];
      checkpoint: string;
    };
    const [, , root = ''] = checkpoint.split('\n');
    const claim = {
      ...{ leaf, size, leafHash: leafHash(Buffer.from(JSON.stringify(entries[261]))) },
      ...{
        root: Buffer.from(root, 'base64'),
        proof: proof.map((part) => Buffer.from(part, 'base64')),
      },
    };
    expect([exitCode, isIncluded(claim), isIncluded({ ...claim, leaf: 260 })]).toEqual([0, true, false]);
    expect((await runVerifier([folder, '--key', key, '--prove', '300'])).exitCode).toBe(2);
  });

  test.each<[string, string[]]>([
    ['no folder', ['--key', key]],
    ['two folders', ['a', 'b', '--key', key]],
    ['no key', ['a']],
    ['a key that is none', ['a', '--key', 'x+y+z']],
    [
      'a key whose hash is of another',
      ['a', '--key', `${origin}+00000000+${key.split('+').slice(2).join('+')}`],
    ],
    ['an unknown option', ['a', '--key', key, '--force']],
    ['a date that is none', ['a', '--key', key, '--retain-from', 'yesterday']],
    ['a number that is none', ['a', '--key', key, '--max-age-minutes', '-1']],
    ['--incremental without a checkpoint', ['a', '--key', key, '--incremental']],
    ['a key file that is not there', ['a', '--key', '/nonexistent/key']],
  ])('%s: exit code 2 and the help', async (_what, argv) => {
    const { text, exitCode } = await runVerifier(argv);
    expect(exitCode).toBe(2);
    expect(text).toContain('Usage: node packages/audit-verifier/src/main.ts');
  });

  test('[H-23] [crypto] --certificate: who destroyed which keys, and every change of it is found', async () => {
    const destruction = {
      ...{ format: 1, id: 'd-1', clinic: 'north', dataClass: 'flow', period: '2026-03', scope: 'period' },
      keys: [{ kid: 'rk1', sha256: '0a'.repeat(32) }],
      ...{
        destroyedAt: 1_773_151_200_000,
        unrecoverableFrom: 1_773_756_000_000,
        by: 'system',
        reason: 'retention',
      },
    };
    const signature = Buffer.from(signer.sign(certificateMessage(destruction))).toString('base64');
    const kept = { destruction, publicKey: 'ignored', signature, clinic: 'north', period: '2026-03' };
    const run = (certificate: unknown, by = key, ...more: string[]) => {
      const file = join(dir, 'certificate.json');
      writeFileSync(file, typeof certificate === 'string' ? certificate : JSON.stringify(certificate));
      return runVerifier([file, '--key', by, '--certificate', ...more]);
    };
    expect(await run(kept)).toEqual({
      exitCode: 0,
      text: [
        'north 2026-03 (period): 1 keys destroyed at 2026-03-10T14:00:00.000Z',
        'by system, retention; in no copy of the key store after 2026-03-17T14:00:00.000Z',
        `  rk1 ${'0a'.repeat(32)}`,
        'Sound.',
      ].join('\n'),
    });
    // In another order of names it is the same certificate.
    const turned = Object.fromEntries(Object.entries(destruction).toReversed());
    expect((await run({ ...kept, destruction: turned })).exitCode).toBe(0);
    const codes = await Promise.all([
      run({ ...kept, destruction: { ...destruction, by: 'nobody' } }),
      run({ ...kept, destruction: { ...destruction, keys: [] } }),
      run({ ...kept, signature: '' }),
      run(kept, formatKey(newSigner().key)),
    ]);
    expect(codes.map(({ exitCode }) => exitCode)).toEqual([12, 12, 12, 12]);
    expect((await run({ ...kept, clinic: 'south' })).exitCode).toBe(10);
    for (const none of ['', '[]', '{"destruction":1}', '{"destruction":{}'])
      expect((await run(none)).exitCode).toBe(14);
    const report = JSON.parse((await run({ ...kept, signature: '' }, key, '--json')).text);
    expect(report).toMatchObject({ destroyed: null, exitCode: 12 });
  });

  test('a folder without a log: 14, never 0', async () => {
    expect((await runVerifier([join(dir, 'nothing'), '--key', key])).exitCode).toBe(14);
    expect((await runVerifier([join(dir, 'nothing'), '--key', key, '--export'])).exitCode).toBe(14);
  });

  test('--help', async () => {
    expect((await runVerifier(['--help'])).exitCode).toBe(0);
  });
});
