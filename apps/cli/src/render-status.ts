/** `bolt status` for people: state and reasons, then dependencies, then processes. */
import type {
  DependencyState,
  ProcessesResponse,
  SystemState,
  SystemStateResponse,
} from '@workflow-bolt/contracts';
import { agoText } from './duration.ts';

/** Never a symbol alone. */
const marks: Readonly<Record<SystemState, string>> = {
  live: '✔',
  degraded: '!',
  'read-only': '✘',
  down: '✘',
};
const partMarks: Readonly<Record<DependencyState['state'], string>> = {
  ...{ up: '✔', late: '!', held: '!', refusing: '✘', away: '✘', unknown: '?' },
};

/** Columns as wide as their widest cell; the last one is not padded. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function dependencyRows({ dependencies, at }: SystemStateResponse): string[] {
  const rows = dependencies.map(({ name, state, latencyMs, lastGoodAt, detail }) => [
    ...[name, `${partMarks[state]} ${state}`, latencyMs === null ? '-' : `${latencyMs} ms`],
    ...[agoText(lastGoodAt, at), detail ?? ''],
  ]);
  return table([['DEPENDENCY', 'STATE', 'ANSWER', 'LAST GOOD', 'DETAIL'], ...rows]);
}

const orDash = (value: number | null, unit: string): string => (value === null ? '-' : `${value}${unit}`);
const percent = (share: number | null): number | null => (share === null ? null : Math.round(share * 100));

function processRows({ processes, at }: ProcessesResponse): string[] {
  const rows = processes.map((one) => [
    ...[one.node, one.state === 'beating' ? '✔ beating' : '✘ missing', one.version, agoText(one.at, at)],
    ...[orDash(percent(one.cpu), ' %'), orDash(one.loopMs, ' ms')],
    ...[orDash(one.streamsBehind, ''), orDash(one.jobsWaiting, '')],
  ]);
  const head = ['PROCESS', 'STATE', 'VERSION', 'HEARD', 'CPU', 'LOOP', 'STREAMS BEHIND', 'JOBS WAITING'];
  return table([head, ...rows]);
}

/** Without a line break at its end. */
export function renderStatus(status: SystemStateResponse, processes: ProcessesResponse | null): string {
  const { state, word, meaning, reasons, since, at } = status;
  return [
    `${marks[state]} ${word} (since ${agoText(since, at).replace(/ ago$/, '')})`,
    meaning,
    ...reasons.map(({ code, text }) => `  ${code}: ${text}`),
    '',
    ...dependencyRows(status),
    ...(processes ? ['', ...processRows(processes)] : []),
  ].join('\n');
}
