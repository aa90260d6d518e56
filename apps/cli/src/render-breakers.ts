/** `bolt breaker` for people: the breakers of each account, then when they turned. */

import type { Breaker, BreakerChange, BreakerState } from '@workflow-bolt/contracts';
import { agoText } from './duration.ts';
import { table } from './render-status.ts';

export type LinkStanding = {
  accounts: readonly { account: string; breakers: readonly Breaker[]; history: readonly BreakerChange[] }[];
};

/** Never a symbol alone. */
const marks: Readonly<Record<BreakerState, string>> = {
  ...{ closed: '✔', half_open: '!', open: '✘', forced_open: '✘', forced_closed: '!' },
};
const changesMost = 10;

const at = (ms: number | null): string => (ms === null ? '-' : new Date(ms).toISOString());
const whyText = ({ why, by }: Pick<Breaker, 'why' | 'by'>): string => (by === '' ? why : `${why} (${by})`);

function breakerRows(breakers: readonly Breaker[], now: number): string[] {
  const rows = breakers.map((one) => [
    ...[one.lane, `${marks[one.state]} ${one.state}`, agoText(one.since, now), at(one.till)],
    ...[`${one.failed} failed, ${one.slow} slow of ${one.calls}`, whyText(one)],
  ]);
  return table([['LANE', 'STATE', 'SINCE', 'TILL', 'CALLS', 'WHY'], ...rows]);
}

function changeRows(history: readonly BreakerChange[]): string[] {
  const rows = history
    .slice(0, changesMost)
    .map((change) => [at(change.at), change.lane, `${change.from} → ${change.to}`, whyText(change)]);
  return rows.length === 0 ? [] : ['', ...table([['TURNED', 'LANE', 'CHANGE', 'WHY'], ...rows])];
}

/** Without a line break at its end. `now` is epoch ms. */
export function renderBreakers({ accounts }: LinkStanding, now: number): string {
  if (accounts.length === 0) return 'No worker has spoken for an EHR account yet.';
  return accounts
    .map(({ account, breakers, history }) =>
      [`EHR account ${account}`, ...breakerRows(breakers, now), ...changeRows(history)].join('\n'),
    )
    .join('\n\n');
}
