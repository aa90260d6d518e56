/** Every way of turning red, and the one way of being green. */
import { describe, expect, test } from 'vitest';
import type { Control } from '../catalogue/control.ts';
import { type Assessment, assess, type Inputs } from './assess.ts';
import { type DeclaredTest, declaredIn } from './declared-tests.ts';
import type { Attestation } from './manual-evidence.ts';
import { tagsOf } from './tags.ts';
import type { TestResult } from './test-report.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const control: Control = {
  id: 'H-04',
  citation: '45 CFR 164.312(a)(2)(iii)',
  title: 'Automatic logoff',
  kind: 'addressable',
  does: 'Sessions end.',
  implementation: ['a.ts'],
  alsoTags: ['I9'],
};
const drill = { id: 'restore-drill', what: 'A backup was restored.', maxAgeDays: 90 };
const document = { path: 'docs/a.md', head: null, faults: [] };

const result = (name: string, state: TestResult['state'] = 'passed', file = 'a.test.ts'): TestResult => ({
  file,
  titles: [name],
  name,
  tags: tagsOf(name),
  state,
});
const declared = (title: string, file = 'a.test.ts'): DeclaredTest => ({ file, title, tags: tagsOf(title) });
const attested = (on: string, faults: readonly string[] = []): Attestation => ({
  id: 'restore-drill',
  statement: 'Restored into an empty server and compared.',
  by: 'Security official',
  on,
  attachments: [],
  file: 'drill.json',
  faults,
});

const names = ['[H-04] a session ends', '[I9] a stream extends nothing'];
const good: Inputs = {
  controls: [control],
  groups: [],
  declared: names.map((name) => declared(name)),
  results: names.map((name) => result(name)),
  attestations: null,
  documents: [document],
  checks: {},
  fileExists: () => true,
  now,
};
const judged = (more: Partial<Inputs>): Assessment => assess({ ...good, ...more });
const verdict = (more: Partial<Inputs>) => {
  const { state, findings } = judged(more);
  return { state, reasons: findings[0]?.reasons };
};

test('[H-20] a control is satisfied when its tests passed, its files exist and its documents hold', () => {
  expect(verdict({})).toEqual({ state: 'satisfied', reasons: [] });
});

describe('[P05] [H-20] nothing is green without evidence', () => {
  test('a result that is deleted from the report', () => {
    expect(verdict({ results: good.results.slice(1) })).toEqual({
      state: 'not-satisfied',
      reasons: ['no result of: [H-04] a session ends (a.test.ts)', 'no test that passed cites [H-04]'],
    });
  });

  test('one of several results, while the others still pass', () => {
    const second = '[H-04] and so does its stream';
    expect(verdict({ declared: [...good.declared, declared(second)] })).toEqual({
      state: 'not-satisfied',
      reasons: [`no result of: ${second} (a.test.ts)`],
    });
  });

  test('all results', () => {
    expect(judged({ results: [] }).state).toBe('not-satisfied');
  });

  test('a test that failed', () => {
    expect(verdict({ results: [...good.results, result('[H-04] another', 'failed')] })).toEqual({
      state: 'not-satisfied',
      reasons: ['failed: [H-04] another (a.test.ts)'],
    });
  });

  test('tests that were only skipped', () => {
    expect(verdict({ results: names.map((name) => result(name, 'skipped')) })).toEqual({
      state: 'not-satisfied',
      reasons: ['no test that passed cites [H-04]', 'no test that passed cites [I9]'],
    });
  });

  test('a tag of the control that nothing cites any more', () => {
    expect(verdict({ declared: good.declared.slice(0, 1), results: good.results.slice(0, 1) })).toEqual({
      state: 'not-satisfied',
      reasons: ['no test that passed cites [I9]'],
    });
  });

  test('the same title, run in another file', () => {
    const results = [result(names[0] ?? '', 'passed', 'b.test.ts'), result(names[1] ?? '')];
    expect(verdict({ results })).toEqual({
      state: 'not-satisfied',
      reasons: ['no result of: [H-04] a session ends (a.test.ts)'],
    });
  });

  test('a file that implements it and is gone, or none at all', () => {
    expect(verdict({ fileExists: () => false }).reasons).toEqual(['names a.ts, which does not exist']);
    const bare = { ...control, implementation: [] };
    expect(verdict({ controls: [bare] }).reasons).toEqual(['names no file that implements it']);
  });

  test('a document with a fault, or one that nobody read', () => {
    const controls = [{ ...control, documents: ['docs/a.md'] }];
    const faulty = [{ ...document, faults: ['should have been reviewed by 2026-01-01'] }];
    expect(verdict({ controls, documents: faulty }).reasons).toEqual([
      'docs/a.md should have been reviewed by 2026-01-01',
    ]);
    expect(verdict({ controls, documents: [] }).reasons).toEqual(['docs/a.md was not read']);
    expect(verdict({ controls }).state).toBe('satisfied');
  });

  test('a register with something overdue, and only for the control it belongs to', () => {
    const overdue = ['R-03 is overdue since 2026-11-01 (Security official): rotate the keys'];
    expect(verdict({ checks: { 'H-04': overdue } })).toEqual({ state: 'not-satisfied', reasons: overdue });
    expect(verdict({ checks: { 'H-11': overdue } }).state).toBe('satisfied');
  });

  test('an empty catalogue', () => {
    expect(judged({ controls: [] }).state).toBe('not-satisfied');
  });

  test('a control twice, and a test that cites one which is not there', () => {
    const mistaken = declared('[H-99] a typing error');
    const { state, faults } = judged({
      controls: [control, control],
      declared: [...good.declared, mistaken],
      results: [...good.results, result(mistaken.title)],
    });
    expect({ state, faults }).toEqual({
      state: 'not-satisfied',
      faults: ['the catalogue has H-04 twice', 'a test cites [H-99], which no control is'],
    });
  });
});

describe('[H-20] attestations', () => {
  const controls = [{ ...control, manual: [drill] }];
  const of = (...attestations: Attestation[]) => verdict({ controls, attestations });

  test('not asked for: the control is open, which is not green', () => {
    expect(verdict({ controls })).toEqual({
      state: 'open',
      reasons: ['to be attested (restore-drill): A backup was restored.'],
    });
  });

  test('asked for and in date, on the last day as well', () => {
    expect(of(attested('2026-11-01'))).toEqual({ state: 'satisfied', reasons: [] });
    expect(of(attested('2026-08-25')).state).toBe('satisfied');
  });

  test('[P05] absent, expired by a day, from the future or faulty', () => {
    const red = (reason: string) => ({ state: 'not-satisfied', reasons: [reason] });
    expect(of()).toEqual(red('restore-drill is absent: nobody has attested it'));
    expect(of(attested('2026-08-24'))).toEqual(
      red('restore-drill is expired: is 91 days old, at most 90 count'),
    );
    expect(of(attested('2026-12-24'))).toEqual(
      red('restore-drill is faulty: is dated 2026-12-24, which is yet to come'),
    );
    expect(of(attested('2026-11-01', ['report.pdf is not the file that was attested']))).toEqual(
      red('restore-drill is faulty: report.pdf is not the file that was attested'),
    );
  });

  test('the newest one counts, whatever their order', () => {
    expect(of(attested('2026-11-01'), attested('2026-01-01')).state).toBe('satisfied');
    expect(of(attested('2026-01-01'), attested('2026-11-01')).state).toBe('satisfied');
  });
});

describe('[P05] groups of hostile cases', () => {
  const groups = [{ id: 'session', title: 'Sessions', tags: ['session'], casesMin: 2 }];
  const cases = (...states: TestResult['state'][]) =>
    states.map((state, i) => result(`[session] case ${i}`, state));
  const grouped = (...states: TestResult['state'][]) => {
    const { state, groups: found } = judged({ groups, results: [...good.results, ...cases(...states)] });
    return { state, reasons: found[0]?.reasons };
  };

  test('enough that passed', () => {
    expect(grouped('passed', 'passed')).toEqual({ state: 'satisfied', reasons: [] });
  });

  test('one too few, one skipped, one failed', () => {
    const few = { state: 'not-satisfied', reasons: ['1 hostile cases passed, 2 are wanted'] };
    expect(grouped('passed')).toEqual(few);
    expect(grouped('passed', 'skipped')).toEqual(few);
    expect(grouped('passed', 'passed', 'failed')).toEqual({
      state: 'not-satisfied',
      reasons: ['failed: [session] case 2 (a.test.ts)'],
    });
  });
});

describe('titles in sources', () => {
  const titlesIn = (text: string) => declaredIn(text, 'x.test.ts').map(({ title }) => title);

  test('are found in every quote, and not in comments', () => {
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: titles as sources have them.
    const text = [
      "CALL('[H-04] it\\'s over', () => {});",
      'CALL("[I9] two", async () => {});',
      'CALL(`[session] three ${n}`, () => {});',
      "CALL.each([1, 2])@'[P01] %s', () => {});",
      "  // CALL('[H-01] not one', () => {});",
      "expect(call('plain [text', 1));",
    ]
      .join('\n')
      .replaceAll('CALL', 'test')
      .replaceAll('@', '(');
    const titles = ["[H-04] it's over", '[I9] two', '[session] three ${n}', '[P01] %s'];
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: titles as sources have them.
    expect(titlesIn(text)).toEqual(titles);
  });

  test('several ids in one bracket are several tags', () => {
    expect(tagsOf('[I1, BL-ONCE] [H-04 ONC-d-5] x [H-04]')).toEqual(['I1', 'BL-ONCE', 'H-04', 'ONC-d-5']);
  });

  test('of tables match each of their results', () => {
    const table = declared('[H-04] %s ends after $minutes min');
    const inputs = { declared: [...good.declared, table] };
    const row = result('[H-04] stream ends after 15 min');
    expect(verdict({ ...inputs, results: [...good.results, row] }).state).toBe('satisfied');
    expect(verdict({ ...inputs, results: good.results }).state).toBe('not-satisfied');
  });
});
