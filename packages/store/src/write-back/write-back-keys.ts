/** Redis keys of write-back: an outbox beside each board, and the clinic's switch. */
import type { BoardKey } from '@workflow-bolt/contracts';
import { boardTag, type KeyRow } from '../keys.ts';

/** An outbox lives on after its day until it is drained; then, or after this, Redis lets go of it (ms). */
export const outboxLifeMs = 14 * 86_400_000;

export const writeBackKeyRows: readonly KeyRow[] = [
  {
    name: 'T:wb',
    type: 'hash',
    content:
      'outbox of write-back: fence, holder, until (lease), cur (`<epoch> <seq>` it has followed), e:<visit> (JSON: words, counters, times; no number of a patient or an appointment)',
    life: '14 days after the last change',
  },
  {
    name: '{wb:<clinic>}:mode',
    type: 'hash',
    content: 'the running switch: mode, reason, by, at',
    life: 'for good',
  },
  {
    name: '{wb:<clinic>}:open',
    type: 'zset',
    content: 'date → epoch ms since when its outbox has something to do',
    life: '14 days after the last change',
  },
  { name: 'ch:{wb:<clinic>}', type: 'channel', content: 'the mode, when it was switched', life: '-' },
];

export const outboxKey = (board: BoardKey): string => `${boardTag(board)}:wb`;

const clinicShape = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

export type SwitchKeys = { mode: string; open: string; channel: string };

/** Throws RangeError on a clinic id of a wrong form. */
export function switchKeys(clinic: string): SwitchKeys {
  if (!clinicShape.test(clinic)) throw new RangeError('clinic id has a wrong form');
  const tag = `{wb:${clinic}}`;
  return { mode: `${tag}:mode`, open: `${tag}:open`, channel: `ch:${tag}` };
}
