import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { checkDocs, type DocProblem } from './docs-check.ts';
import { anchorsOf } from './docs-markdown.ts';
import { namesToExplain } from './docs-names.ts';

const root = join(import.meta.dirname, '..');
const backend = 'docs/redis-implementation/01-backend-architecture-design.md';

test('the documents of this repository hold', async () => {
  expect(await checkDocs(root)).toEqual([]);
});

describe('a repository of a few files', () => {
  const made: string[] = [];
  afterEach(() => {
    for (const dir of made.splice(0)) rmSync(dir, { recursive: true });
  });

  /** A repository in which nothing is wrong, with `files` on top. */
  async function problemsOf(files: Record<string, string>): Promise<DocProblem[]> {
    const dir = mkdtempSync(join(tmpdir(), 'bolt-docs-'));
    made.push(dir);
    const names = Object.values(await namesToExplain()).flat();
    const good = {
      'README.md': '# A\n',
      'ARCHITECTURE.md': '# B\n',
      'CONTRIBUTING.md': '# C\n',
      'docs/gotchas.md': '# D\n',
      [backend]: names.map((name) => `\`${name}\``).join('\n'),
      'docs/spec/rules.md': '| V1 | a rule | held |\n',
      'packages/domain/src/rule.test.ts': "test('[V1] holds', () => {});\n",
    };
    for (const [file, text] of Object.entries({ ...good, ...files })) {
      mkdirSync(join(dir, dirname(file)), { recursive: true });
      writeFileSync(join(dir, file), text);
    }
    return checkDocs(dir);
  }
  const readme = (problem: string) => ({ file: 'README.md', problem });

  test('without a fault has none', async () => {
    expect(await problemsOf({})).toEqual([]);
  });

  test('a link to a file, a picture or a heading that is not there is found, in every form', async () => {
    const text = [
      '# A heading: with `code` & signs',
      '[good](docs/gotchas.md) [own](#a-heading-with-code--signs) [out](https://example.org/x#y)',
      '[gone](docs/gone.md) ![shot](docs/shot.png "A shot") [head](docs/gotchas.md#nowhere)',
      '<img src="docs/other.png" alt=""> [ref]',
      '',
      '[ref]: docs/ref.md',
      '[above](../above.md) `[code](docs/in-code.md)`',
      '```',
      '[fenced](docs/fenced.md)',
      '```',
    ].join('\n');
    expect(await problemsOf({ 'README.md': text })).toEqual([
      readme('docs/gone.md leads nowhere'),
      readme('docs/shot.png leads nowhere'),
      readme('docs/gotchas.md#nowhere names no heading'),
      readme('../above.md leads out of the repository'),
      readme('docs/ref.md leads nowhere'),
      readme('docs/other.png leads nowhere'),
    ]);
  });

  test('each kind of name must be explained', async () => {
    const names = await namesToExplain();
    const found = await problemsOf({ [backend]: '# Nothing\n' });
    expect(found.map(({ problem }) => problem)).toEqual(
      Object.entries(names).flatMap(([kind, each]) =>
        each.map((name) => `neither it nor a generated table explains the ${kind} ${name}`),
      ),
    );
    expect(Object.entries(names).filter(([, each]) => each.length === 0)).toEqual([]);
  });

  test('a rule needs a test, a test a rule, and a document may only name rules that are stated', async () => {
    const found = await problemsOf({
      'docs/spec/rules.md': '| V1 | a rule | held |\n| BL-NEW | another | held |\n',
      'packages/store/test/some-suite.ts': "test('[I1 V2] odd', () => {});\n",
      'docs/gotchas.md': 'See BL-GONE.\n',
    });
    expect(found).toEqual([
      { file: 'docs/spec/rules.md', problem: 'no test cites BL-NEW' },
      { file: 'packages/store/test/some-suite.ts', problem: 'cites V2, which docs/spec does not state' },
      { file: 'docs/gotchas.md', problem: 'names BL-GONE, which docs/spec does not state' },
    ]);
  });

  test('a code that does not exist is found, one that does is not', async () => {
    expect(await problemsOf({ 'README.md': 'Answers `room_occupied` or `room_haunted`.\n' })).toEqual([
      readme('names room_haunted, which is no problem code, Redis function, status or metric'),
    ]);
  });

  test('what is unfinished is found', async () => {
    const mark = ['TO', 'DO'].join('');
    expect(await problemsOf({ 'README.md': `${mark}: say more.\n` })).toEqual([readme(`still says ${mark}`)]);
  });

  test('a semicolon that would break a sequence diagram is found, one in another diagram is not', async () => {
    const text =
      '```mermaid\nsequenceDiagram\n  A->>B: one; two\n```\n```mermaid\nflowchart LR\n  A; B\n```\n';
    expect(await problemsOf({ 'README.md': text })).toEqual([
      readme('has a semicolon in a sequence diagram: A->>B: one; two'),
    ]);
  });

  test('a document that must be there is missed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'bolt-docs-'));
    made.push(dir);
    const missing = (await checkDocs(dir)).filter(({ problem }) => problem === 'does not exist');
    expect(missing.map(({ file }) => file)).toEqual([
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      backend,
      'docs/gotchas.md',
    ]);
  });
});

test('a heading that comes twice has two anchors', () => {
  expect([...anchorsOf('# Keys\n\n## Keys\n\n<a id="own"></a>\n')]).toEqual(['own', 'keys', 'keys-1']);
});
