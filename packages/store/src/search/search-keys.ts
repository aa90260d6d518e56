/** Redis keys of the search for patients. */
import type { BoardKey } from '@workflow-bolt/contracts';
import { boardTag, type KeyRow } from '../keys.ts';

/** How long it is remembered that a day must not be indexed again, ms: no process holds a deleted board as long. */
export const goneMs = 7 * 86_400_000;

export const searchKeyRows: readonly KeyRow[] = [
  {
    name: 'T:find',
    type: 'hash',
    content:
      'blind index of the day: `<kind><bits>.<tag>` → visit ids; at (`<epoch> <seq> <bits> <key id> <rows>`: what it was made of, or `gone`), v. Tags are truncated HMACs; nothing else',
    life: 'as the board; `gone` for 7 days',
  },
  {
    name: '{find:<clinic>}:days',
    type: 'set',
    content: 'dates that have an index',
    life: 'as the boards',
  },
  {
    name: '{find:<clinic>}:bits',
    type: 'string',
    content: 'how many bits of a tag are kept, by the number of rows',
    life: 'for good',
  },
  {
    name: '{find.u:<uid>}:minute, {find.u:<uid>}:hour',
    type: 'zset',
    content: 'searches of one person by time; nothing of what was searched',
    life: 'a minute, an hour',
  },
];

const slugShape = /^[a-z0-9-]{1,40}$/;

function mustSlug(id: string): string {
  if (!slugShape.test(id)) throw new RangeError('an id has a wrong form');
  return id;
}

/** The index of one day, in the slot of its board. Throws RangeError on ids of a wrong form. */
export const dayIndexKey = (board: BoardKey): string => `${boardTag(board)}:find`;

/** What a clinic's index is made of. Throws RangeError on an id of a wrong form. */
export function clinicIndexKeys(clinic: string): { days: string; bits: string } {
  const tag = `{find:${mustSlug(clinic)}}`;
  return { days: `${tag}:days`, bits: `${tag}:bits` };
}

/** Searches of one person. Throws RangeError on an id of a wrong form. */
export function searchCountKeys(uid: string): { minute: string; hour: string } {
  const tag = `{find.u:${mustSlug(uid)}}`;
  return { minute: `${tag}:minute`, hour: `${tag}:hour` };
}
