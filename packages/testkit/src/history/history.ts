/**
 * What happened, as the clients saw it. A process (`proc`) is anything that does one thing at a time. An operation
 * begins with `invoke` and ends with
 * - `ok`: it was answered (a refusal is an answer too: put it into the value);
 * - `fail`: it certainly had no effect;
 * - `info`: nobody knows (timeout, reset, reply lost). It may take effect at any later time, or never.
 */
export interface HistoryLine {
  /** Microseconds on one monotonic clock for the whole history. */
  readonly t_us: number;
  readonly proc: string;
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  /** What was done, such as 'read' or 'cas'. */
  readonly f: string;
  /** What it was done to; histories are checked key by key. */
  readonly key: string;
  /** The input on `invoke`, the answer on `ok`. */
  readonly value: unknown;
  /** The command's id. A retry with the same id is the same operation. */
  readonly opId: string;
}

/** One operation over all its attempts. */
export interface Operation {
  readonly opId: string;
  readonly proc: string;
  readonly f: string;
  readonly key: string;
  readonly input: unknown;
  /** Undefined when the outcome is unknown. */
  readonly output: unknown;
  readonly isKnown: boolean;
  readonly startUs: number;
  /** Infinity when the outcome is unknown. */
  readonly endUs: number;
}

export interface CheckResult {
  /** 'unknown': the check gave up; the test asked for too much and proves nothing. */
  readonly verdict: 'ok' | 'violation' | 'unknown';
  /** One sentence each; empty when ok. */
  readonly problems: readonly string[];
}

/** Throw with every problem unless the verdict is ok. 'unknown' throws too: it is a failure of the test's design. */
export function assertHistory(result: CheckResult, what = 'history'): void {
  if (result.verdict === 'ok') return;
  throw new Error(`${what}: ${result.verdict}\n  ${result.problems.slice(0, 20).join('\n  ')}`);
}

/** 'violation' when there are problems. */
export function resultOf(problems: readonly string[]): CheckResult {
  return { verdict: problems.length === 0 ? 'ok' : 'violation', problems };
}

/** The worst verdict of several checks, with all their problems. */
export function mergeResults(results: readonly CheckResult[]): CheckResult {
  const verdicts = new Set(results.map(({ verdict }) => verdict));
  const verdict = verdicts.has('violation') ? 'violation' : verdicts.has('unknown') ? 'unknown' : 'ok';
  return { verdict, problems: results.flatMap(({ problems }) => problems) };
}

/**
 * Join lines to operations. Attempts with one `opId` are one operation: from its first invoke to its first answer,
 * which is where its only effect must lie. Operations that failed for certain are left out.
 * Throws when an answer has no invoke.
 */
export function operationsOf(lines: readonly HistoryLine[]): Operation[] {
  const attempts = new Map<string, HistoryLine[]>();
  for (const line of [...lines].sort((a, b) => a.t_us - b.t_us)) {
    const of = attempts.get(line.opId) ?? [];
    if (of.length === 0 && line.type !== 'invoke')
      throw new Error(`${line.opId}: ${line.type} without an invoke`);
    attempts.set(line.opId, [...of, line]);
  }
  return [...attempts.values()].flatMap((of) => operationOf(of) ?? []).sort((a, b) => a.startUs - b.startUs);
}

function operationOf(lines: readonly HistoryLine[]): Operation | undefined {
  const first = lines[0];
  if (!first) return undefined;
  const answer = lines.find(({ type }) => type === 'ok');
  const count = (type: HistoryLine['type']): number => lines.filter((line) => line.type === type).length;
  // Every attempt failed for certain: there is nothing to explain.
  if (!answer && count('fail') === count('invoke')) return undefined;
  const { opId, proc, f, key, value: input, t_us: startUs } = first;
  const base = { opId, proc, f, key, input, startUs };
  return answer
    ? { ...base, output: answer.value, isKnown: true, endUs: answer.t_us }
    : { ...base, output: undefined, isKnown: false, endUs: Number.POSITIVE_INFINITY };
}

/** One JSON line per entry. */
export function formatHistory(lines: readonly HistoryLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Read what `formatHistory` wrote. Throws with the line number on anything else. */
export function parseHistory(text: string): HistoryLine[] {
  return text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => parseLine(line, number));
}

const TYPES = new Set(['invoke', 'ok', 'fail', 'info']);

function parseLine(text: string, number: number): HistoryLine {
  let line: Partial<HistoryLine>;
  try {
    line = JSON.parse(text) as Partial<HistoryLine>;
  } catch {
    throw new Error(`history line ${number}: not JSON`);
  }
  const isWhole =
    typeof line.t_us === 'number' &&
    [line.proc, line.f, line.key, line.opId].every((field) => typeof field === 'string') &&
    TYPES.has(line.type ?? '');
  if (!isWhole) throw new Error(`history line ${number}: a field is missing or wrong`);
  return line as HistoryLine;
}
