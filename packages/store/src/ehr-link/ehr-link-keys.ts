/** Redis keys of the link to the EHR: one hash tag per account, because the vendor's limits count per account. */
import type { EhrLane } from '@workflow-bolt/contracts';
import type { KeyRow } from '../keys.ts';

export const ehrLinkKeyRows: readonly KeyRow[] = [
  {
    name: '{ehr:<account>}:cb:<lane>',
    type: 'hash',
    content:
      'breaker: st, gen, at, till, opens, why, by, okn, w (window `<ms>:<o|s|f|x>:<node>` …), p:<permit> (lease of a half-open one)',
    life: 'a week after the last use; for good while forced',
  },
  {
    name: '{ehr:<account>}:gate:<operation>',
    type: 'hash',
    content:
      'at (next turn), gap (as the vendor told it), stretch (percent), streak, n, w:<permit> (who waits: `<kind>|<n>|<till>`)',
    life: '2 h after the last call',
  },
  {
    name: '{ehr:<account>}:ev',
    type: 'stream',
    content: 'changes of the breakers: lane, at, from, to, gen, till, why, by',
    life: 'the last 1,000',
  },
  { name: 'ch:{ehr:<account>}', type: 'channel', content: '`<lane> <state> <gen>`', life: '-' },
  {
    name: 'sys:ehr',
    type: 'hash',
    content: 'account → epoch ms when a worker last spoke for it',
    life: 'for good',
  },
];

/** Which accounts there are. */
export const ehrAccountsKey = 'sys:ehr';

const accountShape = /^[0-9a-f]{16}$/;
const operationShape = /^[A-Za-z]{1,60}$/;

export type EhrLinkKeys = {
  breaker: (lane: EhrLane) => string;
  gate: (operation: string) => string;
  events: string;
  channel: string;
};

/** Throws RangeError on an account or operation of a wrong form. */
export function ehrLinkKeys(account: string): EhrLinkKeys {
  if (!accountShape.test(account)) throw new RangeError('EHR account has a wrong form');
  const tag = `{ehr:${account}}`;
  return {
    breaker: (lane) => `${tag}:cb:${lane}`,
    gate: (operation) => {
      if (!operationShape.test(operation)) throw new RangeError('EHR operation has a wrong form');
      return `${tag}:gate:${operation}`;
    },
    events: `${tag}:ev`,
    channel: `ch:${tag}`,
  };
}
