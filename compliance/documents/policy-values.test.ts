import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { controls } from '../catalogue/controls.ts';
import { hostileGroups } from '../catalogue/hostile-groups.ts';
import { declaredTests } from '../engine/declared-tests.ts';
import { judgeDocument } from '../engine/document-state.ts';
import { isCatalogueTag } from '../engine/tags.ts';
import { entityRows, eventRows, otherRows } from './data-inventory.ts';
import { policyValueParts, spanOf } from './policy-values.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('[H-04] [H-24] the values of the policies are those of the code', () => {
  test('a session: 15 minutes, 12 hours, five minutes for a second proof', () => {
    const text = policyValueParts().join('\n');
    expect(text).toContain('| Without a user action | 15 min |');
    expect(text).toContain('| In all | 12 h |');
    expect(text).toContain('| A second proof counts | 5 min |');
  });

  test('spans are said in their largest whole unit', () => {
    expect([900_000, 43_200_000, 86_400_000, 10_000, 1_500].map(spanOf)).toEqual([
      '15 min',
      '12 h',
      '1 d',
      '10 s',
      '1500 ms',
    ]);
  });
});

test('[H-24] every document that a control rests on is there with its head', () => {
  const paths = [...new Set(controls.flatMap(({ documents = [] }) => documents))];
  const effective = Date.parse('2026-11-23T12:00:00Z');
  const faults = paths.flatMap((path) =>
    judgeDocument(path, join(root, path), effective).faults.map((f) => `${path} ${f}`),
  );
  expect(paths.length).toBeGreaterThan(10);
  expect(faults).toEqual([]);
});

test('[H-24] [P05] every file that the catalogue names exists', () => {
  const named = controls.flatMap(({ id, implementation }) => implementation.map((path) => `${id} ${path}`));
  expect(named.filter((each) => !existsSync(join(root, each.split(' ')[1] ?? '')))).toEqual([]);
});

test('[H-20] [ONC-d-13] the sheet has every row of 164.312 and of 170.315(d), and each row says what is done', () => {
  const ids = controls.map(({ id }) => id);
  const numbered = (prefix: string, last: number, width: number) =>
    Array.from({ length: last }, (_, i) => `${prefix}${String(i + 1).padStart(width, '0')}`);
  expect(ids).toEqual([
    ...numbered('H-', 24, 2),
    ...numbered('N-', 9, 2),
    ...numbered('ONC-d-', 13, 1),
    ...numbered('P', 5, 2),
  ]);
  expect(controls.filter(({ does, title }) => does.length < 30 || title.length < 5)).toEqual([]);
});

test('[H-10] [privacy] the inventory lists what identifies a patient as sealed, and a wall sees none of it by level', () => {
  const sealed = [...entityRows(), ...eventRows()].filter(({ isSealed }) => isSealed);
  const open = [...entityRows(), ...eventRows()].filter(({ isSealed }) => !isSealed);
  expect(sealed.map(({ record, field }) => `${record}.${field}`)).toEqual(
    expect.arrayContaining(['person.fullName', 'person.dob', 'person.phone', 'person.reason', 'person.note']),
  );
  expect(open.filter(({ level }) => level >= 'L2')).toEqual([]);
  expect(otherRows().filter(({ level }) => level >= 'L2')).toEqual([]);
  expect(read('docs/security/data-inventory.md')).toContain('| `person` | `fullName` | L2 | yes |');
});

describe('[H-12] [H-18] documents say what their controls need', () => {
  const sectionsOf = (path: string): string[] =>
    [...read(path).matchAll(/^## (.+)$/gm)].map(([, title = '']) => title);

  test('[H-12] sanctions are graded, the same for everybody, and written down without data of patients', () => {
    expect(sectionsOf('docs/security/workforce-policy.md')).toEqual(
      expect.arrayContaining(['Sanctions', 'Training']),
    );
    const text = read('docs/security/workforce-policy.md').replaceAll('\n', ' ');
    expect(text).toMatch(/graded by intent and harm.*applies to everybody alike.*without data of patients/);
    expect(read('docs/runbooks/suspected-snooping.md')).toContain('workforce-policy.md#sanctions');
  });

  test('[H-18] the breach runbook names the four factors and every clock that the code computes', () => {
    const text = read('docs/runbooks/breach-assessment.md');
    for (const basis of ['164.404(b)', '164.408(b)', '164.408(c)', '164.406(b)', '164.410(b)', '164.412'])
      expect(text).toContain(basis);
    expect(text.match(/^\| (?:nature|who|was it|how far)/gm)).toHaveLength(4);
  });

  test('[H-24] every policy and runbook is reached from the index', () => {
    const index = read('docs/security/README.md');
    const paths = controls
      .flatMap(({ documents = [] }) => documents)
      .filter((path) => !path.endsWith('README.md'));
    const missing = [...new Set(paths)].filter((path) => !index.includes(path.split('/').at(-1) ?? ''));
    expect(missing).toEqual([]);
  });
});

test('[P05] [H-20] every control and every group is cited by a test, and no test cites a control that is not there', () => {
  const cited = new Set(declaredTests(root).flatMap(({ tags }) => tags));
  const wanted = controls.flatMap(({ id, alsoTags = [] }) => [id, ...alsoTags]);
  const groups = hostileGroups.flatMap(({ tags }) => tags);
  const ids = controls.map(({ id }) => id);
  expect([...wanted, ...groups].filter((tag) => !cited.has(tag))).toEqual([]);
  expect([...cited].filter((tag) => isCatalogueTag(tag) && !ids.includes(tag))).toEqual([]);
});
