/**
 * Holds the documents to the code: links resolve, every name of an interface is explained, rules have tests and
 * tests have rules, and nothing is named that does not exist. Part of `npm run check` and of the unit tests.
 */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorsOf, codeWords, type Document, localLinks, readDocuments } from './docs-markdown.ts';
import { knownSnakeWords, namesToExplain } from './docs-names.ts';

export type DocProblem = { file: string; problem: string };

const backend = 'docs/redis-implementation/01-backend-architecture-design.md';
const tables = 'docs/redis-implementation/generated';
const mustExist = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', backend, 'docs/gotchas.md'];

/** Everything that is wrong with the documents below `root`; empty when nothing is. */
export async function checkDocs(root: string): Promise<DocProblem[]> {
  const documents = readDocuments(root);
  const known = await knownSnakeWords();
  return [
    ...missingDocuments(documents),
    ...documents.flatMap((document) => brokenLinks(root, document)),
    ...unexplainedNames(documents, await namesToExplain()),
    ...rulesAgainstTests(root, documents),
    ...documents.flatMap((document) => unknownWords(document, known)),
    ...documents.flatMap(unfinished),
    ...documents.flatMap(brokenDiagrams),
  ];
}

function missingDocuments(documents: readonly Document[]): DocProblem[] {
  const there = new Set(documents.map(({ file }) => file));
  return mustExist.filter((file) => !there.has(file)).map((file) => ({ file, problem: 'does not exist' }));
}

function brokenLinks(root: string, document: Document): DocProblem[] {
  return localLinks(document).flatMap(({ path, anchor }) => {
    const link = `${path}${anchor && `#${anchor}`}`;
    const target = path === '' ? document.file : normalize(join(dirname(document.file), path));
    const full = join(root, target);
    if (target.startsWith('..'))
      return { file: document.file, problem: `${link} leads out of the repository` };
    if (!existsSync(full)) return { file: document.file, problem: `${link} leads nowhere` };
    if (anchor === '' || (statSync(full).isFile() && anchorsOf(readFileSync(full, 'utf8')).has(anchor)))
      return [];
    return { file: document.file, problem: `${link} names no heading` };
  });
}

/** A name counts as explained when it stands in backticks in a generated table or in the backend's document. */
function unexplainedNames(
  documents: readonly Document[],
  names: Record<string, readonly string[]>,
): DocProblem[] {
  const explaining = documents.filter(({ file }) => file === backend || file.startsWith(`${tables}/`));
  const text = explaining.map((document) => document.text).join('\n');
  return Object.entries(names).flatMap(([kind, each]) =>
    each
      .filter((name) => !text.includes(`\`${name}\``) && !text.includes(`## ${name}\n`))
      .map((name) => ({
        file: backend,
        problem: `neither it nor a generated table explains the ${kind} ${name}`,
      })),
  );
}

/** The first cell of a table's row in docs/spec: `V7`, `BL-ONCE`. */
const statedRule = /^\| ([A-Z]+-?[A-Z0-9]*\d*) \|/gm;
/** `[V7]`, `[V7, V8]`, `[I1 BL-ONCE]` in the name of a test. */
const citation = /\[([A-Z][A-Z0-9 ,-]*)\]/g;
/** The families that docs/spec states; invariants (`I1`) belong to ARCHITECTURE.md. */
const ruleShape = /^(?:V\d+|BL-[A-Z]+)$/;

function rulesAgainstTests(root: string, documents: readonly Document[]): DocProblem[] {
  const specs = documents.filter(({ file }) => file.startsWith('docs/spec/'));
  const stated = new Map(
    specs.flatMap(({ file, text }) =>
      [...text.matchAll(statedRule)].map(([, id = '']) => [id, file] as const),
    ),
  );
  const cited = citedRules(root);
  const untested = [...stated].filter(([id]) => ruleShape.test(id) && !cited.has(id));
  const unstated = [...cited].filter(([id]) => !stated.has(id));
  return [
    ...untested.map(([id, file]) => ({ file, problem: `no test cites ${id}` })),
    ...unstated.map(([id, file]) => ({ file, problem: `cites ${id}, which docs/spec does not state` })),
    ...documents.flatMap(({ file, prose }) =>
      [...new Set(prose.match(/\bBL-[A-Z]+\b/g))]
        .filter((id) => !stated.has(id))
        .map((id) => ({ file, problem: `names ${id}, which docs/spec does not state` })),
    ),
  ];
}

/** Rule → a test that cites it. Suites that several setups share are tests too. */
function citedRules(root: string): Map<string, string> {
  const files = globSync('{packages,apps,tests}/**/*{.test.ts,.test.tsx,-suite.ts}', {
    cwd: root,
    exclude: (path) => /node_modules|dist/.test(path),
  });
  const cited = new Map<string, string>();
  for (const file of files.sort()) {
    for (const [, group = ''] of readFileSync(join(root, file), 'utf8').matchAll(citation)) {
      for (const id of group.split(/[ ,]+/)) if (ruleShape.test(id)) cited.set(id, file);
    }
  }
  return cited;
}

/** Words such as `room_occupied`: if it looks like a code, it must be one. */
function unknownWords(document: Document, known: ReadonlySet<string>): DocProblem[] {
  if (document.file.startsWith(`${tables}/`)) return [];
  const words = codeWords(document).filter((word) => /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/.test(word));
  return [...new Set(words)]
    .filter((word) => !known.has(word))
    .map((word) => ({
      file: document.file,
      problem: `names ${word}, which is no problem code, Redis function, status or metric`,
    }));
}

function unfinished({ file, text }: Document): DocProblem[] {
  const marks = text.match(/\b(?:TODO|FIXME|TBD|XXX)\b/g) ?? [];
  return [...new Set(marks)].map((mark) => ({ file, problem: `still says ${mark}` }));
}

/** In a sequence diagram a semicolon ends the statement; GitHub then shows a syntax error instead of the picture. */
function brokenDiagrams({ file, text }: Document): DocProblem[] {
  const diagrams = [...text.matchAll(/^```mermaid\nsequenceDiagram\n([^`]*)^```/gm)];
  return diagrams
    .flatMap(([, body = '']) => body.split('\n'))
    .filter((line) => line.includes(';'))
    .map((line) => ({ file, problem: `has a semicolon in a sequence diagram: ${line.trim()}` }));
}
