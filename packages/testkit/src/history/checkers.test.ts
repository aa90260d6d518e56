import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkConvergence, digestOf } from './convergence.ts';
import { formatHistory, type HistoryLine, type Operation, operationsOf, parseHistory } from './history.ts';
import { checkIdempotency } from './idempotency.ts';
import { checkPrefixes, type ObservedEntry } from './prefixes.ts';
import { HistoryRecorder } from './recorder.ts';
import { checkSessions } from './sessions.ts';
import { checkSetFull } from './set-full.ts';

const line = (
  opId: string,
  type: HistoryLine['type'],
  t_us: number,
  value: unknown = null,
  proc = 'p',
): HistoryLine => ({
  t_us,
  proc,
  type,
  f: 'add',
  key: 'k',
  value,
  opId,
});

describe('history lines', () => {
  it('survive writing and reading', () => {
    const lines = [line('a', 'invoke', 1, { x: [1, 'ü'] }), line('a', 'info', 2)];
    expect(parseHistory(formatHistory(lines))).toEqual(lines);
  });

  it('are refused with their number when a field is wrong', () => {
    const text = `${formatHistory([line('a', 'invoke', 1)])}{"t_us":"2"}\n`;
    expect(() => parseHistory(text)).toThrow('history line 2: a field is missing or wrong');
    expect(() => parseHistory('{')).toThrow('history line 1: not JSON');
  });

  it('join retries with one id to one operation, from the first invoke to the first answer', () => {
    const lines = [
      line('a', 'invoke', 1, 'in'),
      line('a', 'info', 3),
      line('a', 'invoke', 4, 'in', 'q'),
      line('a', 'ok', 6, 'out', 'q'),
    ];
    const expected = { opId: 'a', proc: 'p', f: 'add', key: 'k', input: 'in', output: 'out', isKnown: true };
    expect(operationsOf(lines)).toEqual([{ ...expected, startUs: 1, endUs: 6 }]);
  });

  it('leave an operation open when no attempt was answered, and drop it when all certainly failed', () => {
    const open = operationsOf([line('a', 'invoke', 1), line('a', 'fail', 2), line('a', 'invoke', 3)]);
    expect(open).toMatchObject([{ opId: 'a', isKnown: false, endUs: Number.POSITIVE_INFINITY }]);
    expect(operationsOf([line('a', 'invoke', 1), line('a', 'fail', 2)])).toEqual([]);
    expect(() => operationsOf([line('a', 'ok', 1)])).toThrow('a: ok without an invoke');
  });
});

describe('HistoryRecorder', () => {
  it('records answers, certain failures and unknown outcomes', async () => {
    const recorder = new HistoryRecorder();
    const call = (opId: string) => ({ proc: 'p', f: 'add', key: 'k', value: opId, opId });
    const refuse = (error: unknown) => String(error).includes('refused');
    expect(await recorder.record(call('a'), async () => 7)).toBe(7);
    await recorder.record(call('b'), () => Promise.reject(new Error('refused')), refuse);
    await recorder.record(call('c'), () => Promise.reject(new Error('reset')), refuse);
    expect(recorder.lines.map(({ opId, type }) => `${opId} ${type}`)).toEqual([
      'a invoke',
      'a ok',
      'b invoke',
      'b fail',
      'c invoke',
      'c info',
    ]);
    expect(parseHistory(recorder.toNdjson())).toEqual(recorder.lines);
    expect(recorder.operations().map(({ opId }) => opId)).toEqual(['a', 'c']);
  });

  it('refuses a second end of one attempt', () => {
    const attempt = new HistoryRecorder().invoke({ proc: 'p', f: 'add', key: 'k', opId: 'a' });
    attempt.ok();
    expect(() => attempt.info()).toThrow('a: ended twice');
  });
});

describe('checkSetFull', () => {
  const add = (element: string, startUs: number, endUs: number): Operation => ({
    ...{ opId: `add-${element}`, proc: 'p', f: 'add', key: 'k', input: element, output: null },
    ...{ isKnown: Number.isFinite(endUs), startUs, endUs },
  });
  const read = (elements: string[], startUs = 100): Operation => ({
    ...{ opId: 'read', proc: 'r', f: 'read', key: 'k', input: null, output: elements },
    ...{ isKnown: true, startUs, endUs: startUs + 1 },
  });
  const never = Number.POSITIVE_INFINITY;

  it('accepts all acknowledged elements with any part of the unknown ones', () => {
    const property = fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean())), (adds) => {
      const operations = adds.map(([isKnown], i) => add(`e${i}`, i, isKnown ? i + 1 : never));
      const found = adds.flatMap(([isKnown, appears], i) => (isKnown || appears ? [`e${i}`] : []));
      return checkSetFull([...operations, read(found, 1000)]).verdict === 'ok';
    });
    fc.assert(property);
  });

  it.each([
    ['a lost one', [add('a', 1, 2), read([])], 'acknowledged a (add-a) is lost'],
    ['a phantom', [read(['x'])], 'x was never added'],
    ['one added only later', [read(['x'], 5), add('x', 50, 60)], 'x was never added'],
    ['a double', [add('a', 1, 2), read(['a', 'a'])], 'a is there more than once'],
    ['no read at all', [add('a', 1, 2)], 'no read, so nothing is known of 1 adds'],
  ])('rejects %s', (_, operations, problem) => {
    expect(checkSetFull(operations)).toEqual({
      verdict: 'violation',
      problems: [expect.stringContaining(problem)],
    });
  });

  it('does not demand what was acknowledged while the read was under way', () => {
    expect(checkSetFull([add('a', 1, 100), read([])]).verdict).toBe('ok');
  });
});

describe('checkPrefixes', () => {
  const entries = (...seqs: number[]): ObservedEntry[] => seqs.map((seq) => ({ seq, id: `e${seq}` }));
  const check = (list: ObservedEntry[], mustBeComplete = false) =>
    checkPrefixes([{ observer: 'tab', entries: list }], { truth: entries(1, 2, 3, 4, 5), mustBeComplete });

  it('accepts prefixes of any length, and jumps by a snapshot', () => {
    expect(check(entries(1, 2)).verdict).toBe('ok');
    expect(check([...entries(1), { seq: 3, id: '', isSnapshot: true }, ...entries(4, 5)], true).verdict).toBe(
      'ok',
    );
    expect(check([]).verdict).toBe('ok');
  });

  it.each([
    ['a gap', entries(1, 3), 'tab: gap, 1 is followed by 3'],
    ['a repetition', entries(1, 2, 2), 'tab: 2 came after 2'],
    ['a wrong order', entries(2, 1), 'tab: 1 came after 2'],
    ['another entry in its place', [...entries(1), { seq: 2, id: 'z' }], 'tab saw z at #2, the log saw e2'],
    ['an entry beyond the log', entries(5, 6), 'tab: e6 at #6 is not in the log'],
    [
      'a snapshot that goes back',
      [...entries(1, 2, 3), { seq: 2, id: '', isSnapshot: true }],
      'went back from 3 to 2',
    ],
    ['a new epoch unannounced', [...entries(1), { seq: 2, id: 'e2', epoch: 'b' }], 'without a snapshot'],
  ])('rejects %s', (_, list, problem) => {
    const result = check(list);
    expect(result.verdict).toBe('violation');
    expect(result.problems.join('\n')).toContain(problem);
  });

  it('rejects an observer that stopped early only where completeness is asked for', () => {
    expect(check(entries(1, 2, 3)).verdict).toBe('ok');
    expect(check(entries(1, 2, 3), true).problems).toEqual(['tab: stopped at 3, the log ends at 5']);
  });

  it('finds two observers that differ without knowing the log', () => {
    const one = { observer: 'a', entries: entries(1, 2) };
    const other = { observer: 'b', entries: [...entries(1), { seq: 2, id: 'other' }] };
    expect(checkPrefixes([one, other]).problems).toEqual(['b saw other at #2, a saw e2']);
    expect(checkPrefixes([one, one]).verdict).toBe('ok');
  });
});

describe('checkConvergence', () => {
  it('compares states whatever the order of their names', () => {
    const digest = digestOf({ a: 1, b: [{ c: 2, d: 3 }] });
    expect(checkConvergence({ x: digest, y: digestOf({ b: [{ d: 3, c: 2 }], a: 1 }) }).verdict).toBe('ok');
    expect(checkConvergence({ x: digest, y: digestOf({ a: 1, b: [] }) }).problems).toEqual([
      expect.stringContaining('2 different states'),
    ]);
    expect(checkConvergence({}).problems).toEqual(['nobody to compare']);
  });
});

describe('checkIdempotency', () => {
  const acknowledged = [line('a', 'invoke', 1), line('a', 'ok', 2, 'v1')];

  it('accepts one effect for an acknowledged command, and none or one for an unknown', () => {
    const history = [...acknowledged, line('b', 'invoke', 3), line('b', 'info', 4)];
    expect(checkIdempotency(history, ['a']).verdict).toBe('ok');
    expect(checkIdempotency(history, ['a', 'b']).verdict).toBe('ok');
  });

  it.each([
    ['two effects', acknowledged, ['a', 'a'], 'a: 2 effects'],
    ['an acknowledged command without effect', acknowledged, [], 'a: acknowledged, but without effect'],
    ['an effect nobody asked for', acknowledged, ['a', 'z'], 'z: an effect nobody asked for'],
    [
      'two answers that differ',
      [...acknowledged, line('a', 'invoke', 3), line('a', 'ok', 4, 'v2')],
      ['a'],
      'a: 2 different answers',
    ],
  ])('rejects %s', (_, history, effects, problem) => {
    expect(checkIdempotency(history, effects)).toEqual({ verdict: 'violation', problems: [problem] });
  });

  it('rejects an effect of a command that was refused', () => {
    const refused = (answer: HistoryLine) => answer.value !== 'refused';
    const history = [line('a', 'invoke', 1), line('a', 'ok', 2, 'refused')];
    expect(checkIdempotency(history, [], refused).verdict).toBe('ok');
    expect(checkIdempotency(history, ['a'], refused).problems).toEqual(['a: refused, but with an effect']);
  });
});

describe('checkSessions', () => {
  const versionOf = ({ output }: Operation) => (output as { version?: number }).version;
  const saw = (proc: string, version: number | undefined, startUs: number): Operation => ({
    ...{ opId: `op${startUs}`, proc, f: 'read', key: 'k', input: null, output: { version } },
    ...{ isKnown: true, startUs, endUs: startUs + 1 },
  });

  it('accepts screens that stand still or go on, each at its own pace', () => {
    const operations = [
      saw('a', 3, 1),
      saw('b', 1, 2),
      saw('a', undefined, 3),
      saw('a', 3, 4),
      saw('b', 2, 5),
    ];
    expect(checkSessions(operations, versionOf).verdict).toBe('ok');
  });

  it('rejects a screen that goes back', () => {
    const operations = [saw('a', 3, 1), saw('a', 2, 4)];
    expect(checkSessions(operations, versionOf).problems).toEqual(['a on k: saw version 2 (op4) after 3']);
  });
});
