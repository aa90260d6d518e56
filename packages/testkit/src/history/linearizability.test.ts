import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertHistory, type HistoryLine, operationsOf } from './history.ts';
import { checkLinearizable } from './linearizability.ts';
import { roomOccupancy, visitRegister } from './models.ts';
import { atomicRegister, atomicRoom, type SimulatedStep, simulateHistory } from './simulated-history.ts';

function steps(f: readonly SimulatedStep['f'][], withUnknown = true): fc.Arbitrary<SimulatedStep[]> {
  const outcomes = withUnknown
    ? (['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'info-done', 'info-not-done'] as const)
    : (['ok'] as const);
  return fc.array(
    fc.record({
      proc: fc.integer({ min: 0, max: 4 }),
      f: fc.constantFrom(...f),
      gapUs: fc.integer({ min: 0, max: 30 }),
      durationUs: fc.integer({ min: 0, max: 60 }),
      effectAt: fc.double({ min: 0, max: 1, noNaN: true }),
      outcome: fc.constantFrom(...outcomes),
      choice: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 3, maxLength: 60 },
  );
}

const registerHistory = (list: SimulatedStep[]): HistoryLine[] =>
  simulateHistory(list, 'v1', atomicRegister());
const verdictOf = (lines: HistoryLine[]) => checkLinearizable(operationsOf(lines), visitRegister()).verdict;

/** Lines appended after everything else, by a process that was not there before. */
function later(lines: readonly HistoryLine[], f: string, input: unknown, output: unknown): HistoryLine[] {
  const t_us = Math.max(0, ...lines.map((line) => line.t_us)) + 10;
  const line = { proc: 'late', f, key: lines[0]?.key ?? 'v1', opId: `late-${t_us}` };
  return [
    ...lines,
    { ...line, t_us, type: 'invoke', value: input },
    { ...line, t_us: t_us + 1, type: 'ok', value: output },
  ];
}

describe('checkLinearizable on a visit', () => {
  it('accepts every history of an atomic system, unknown outcomes included', () => {
    fc.assert(
      fc.property(steps(['read', 'cas']), (list) => verdictOf(registerHistory(list)) === 'ok'),
      { numRuns: 300 },
    );
  });

  it('rejects a read of a value that was never written', () => {
    const property = fc.property(steps(['read', 'cas']), fc.nat(), (list, pick) => {
      const lines = registerHistory(list);
      const reads = lines.filter(({ f, type }) => f === 'read' && type === 'ok');
      fc.pre(reads.length > 0);
      const victim = reads[pick % reads.length];
      const corrupted = lines.map((line) =>
        line === victim ? { ...line, value: { version: 1, value: 'nobody wrote this' } } : line,
      );
      return verdictOf(corrupted) === 'violation';
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('rejects a read that goes back in time', () => {
    const property = fc.property(steps(['cas'], false), (list) => {
      const lines = registerHistory(list);
      fc.pre(lines.some(({ value }) => (value as { outcome?: string }).outcome === 'done'));
      return verdictOf(later(lines, 'read', null, { version: 0, value: null })) === 'violation';
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('rejects a lost update: two writers succeeded on one version', () => {
    const property = fc.property(steps(['cas'], false), (list) => {
      const lines = registerHistory(list);
      const won = lines.find(({ value }) => (value as { outcome?: string }).outcome === 'done');
      fc.pre(won !== undefined);
      const { version } = (won as HistoryLine).value as { version: number };
      const again = later(
        lines,
        'cas',
        { expectedVersion: version - 1, value: 'x' },
        { outcome: 'done', version },
      );
      return verdictOf(again) === 'violation';
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('rejects an acknowledged write that is gone', () => {
    const written = later([], 'cas', { expectedVersion: 0, value: 'a' }, { outcome: 'done', version: 1 });
    expect(verdictOf(written)).toBe('ok');
    expect(verdictOf(later(written, 'read', null, { version: 0, value: null }))).toBe('violation');
  });

  it('lets a write of unknown outcome appear late, or never, but not appear and vanish', () => {
    const line = { proc: 'a', f: 'cas', key: 'v1', opId: 'w' };
    const unknown: HistoryLine[] = [
      { ...line, t_us: 0, type: 'invoke', value: { expectedVersion: 0, value: 'a' } },
      { ...line, t_us: 5, type: 'info', value: null },
    ];
    const before = later(unknown, 'read', null, { version: 0, value: null });
    expect(verdictOf(before)).toBe('ok');
    const after = later(before, 'read', null, { version: 1, value: 'a' });
    expect(verdictOf(after)).toBe('ok');
    expect(verdictOf(later(after, 'read', null, { version: 0, value: null }))).toBe('violation');
  });

  it('holds refusals to the rule in both directions', () => {
    const model = visitRegister((from, to) => from === null && to === 'arrived');
    const verdict = (lines: HistoryLine[]) => checkLinearizable(operationsOf(lines), model).verdict;
    const rightly = later([], 'cas', { expectedVersion: 0, value: 'roomed' }, { outcome: 'refused' });
    const wrongly = later([], 'cas', { expectedVersion: 0, value: 'arrived' }, { outcome: 'refused' });
    const forbidden = later(
      [],
      'cas',
      { expectedVersion: 0, value: 'roomed' },
      { outcome: 'done', version: 1 },
    );
    expect([verdict(rightly), verdict(wrongly), verdict(forbidden)]).toEqual([
      'ok',
      'violation',
      'violation',
    ]);
  });

  it('names the operation that no order explains', () => {
    const lines = later([], 'read', null, { version: 7, value: 'ghost' });
    const { problems } = checkLinearizable(operationsOf(lines), visitRegister());
    expect(problems).toEqual([
      expect.stringContaining('no order explains read(null) -> {"version":7,"value":"ghost"}'),
    ]);
  });

  it('says unknown, and fails the test, when the step limit is reached', () => {
    const lines = registerHistory(
      Array.from({ length: 40 }, (_, i) => ({
        proc: i % 5,
        f: 'cas' as const,
        gapUs: 0,
        durationUs: 50,
        effectAt: 0.5,
        outcome: 'ok' as const,
        choice: 0,
      })),
    );
    const result = checkLinearizable(operationsOf(lines), visitRegister(), { stepsMax: 5 });
    expect(result.verdict).toBe('unknown');
    expect(() => assertHistory(result)).toThrow('gave up after');
  });

  it('decides 1,000 operations of five processes, true and false ones', () => {
    const list = Array.from({ length: 1000 }, (_, i) => ({
      proc: i % 5,
      f: i % 3 === 0 ? ('read' as const) : ('cas' as const),
      gapUs: (i * 7) % 11,
      durationUs: (i * 13) % 50,
      effectAt: ((i * 17) % 10) / 10,
      outcome: 'ok' as const,
      choice: i % 4,
    }));
    const lines = registerHistory(list);
    expect(verdictOf(lines)).toBe('ok');
    expect(verdictOf(later(lines, 'read', null, { version: 1, value: 'op0' }))).toBe('violation');
  });
});

describe('checkLinearizable on a room', () => {
  it('accepts every history of an atomic room', () => {
    const property = fc.property(
      steps(['read', 'occupy', 'release']),
      fc.integer({ min: 1, max: 3 }),
      (list, capacity) => {
        const lines = simulateHistory(list, 'r1', atomicRoom(capacity));
        return checkLinearizable(operationsOf(lines), roomOccupancy(capacity)).verdict === 'ok';
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it('rejects a double booking: a room of two in a history where only one fits', () => {
    const first = later([], 'occupy', { visit: 'a' }, 'done');
    const second = later(first, 'occupy', { visit: 'b' }, 'done');
    const verdict = (capacity: number) =>
      checkLinearizable(operationsOf(second), roomOccupancy(capacity)).verdict;
    expect([verdict(2), verdict(1)]).toEqual(['ok', 'violation']);
  });

  it('rejects a read with more visits than were let in', () => {
    const property = fc.property(steps(['occupy', 'release'], false), (list) => {
      const lines = simulateHistory(list, 'r1', atomicRoom(2));
      const crowded = later(lines, 'read', null, ['v0', 'v1', 'v2']);
      return checkLinearizable(operationsOf(crowded), roomOccupancy(2)).verdict === 'violation';
    });
    fc.assert(property, { numRuns: 200 });
  });
});
