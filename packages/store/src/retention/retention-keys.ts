/** Redis keys of retention and detection. */
import type { KeyRow } from '../keys.ts';
import type { BookKeys } from './record-book.ts';

export const retentionKeyRows: readonly KeyRow[] = [
  {
    name: '{rt:<clinic>}:rec',
    type: 'hash',
    content:
      '`day:<date>` (what became of it), `hold:<id>`, `holds` (bumped with each), `ask:<id>`, `cert:<class>:<month>` → `<v>|<json>`',
    life: 'for good: the proof that a deletion happened outlives the data',
  },
  {
    name: '{rt:<clinic>}:jrn',
    type: 'stream',
    content: 'who changed which record and why',
    life: 'the last 10,000',
  },
  {
    name: '{al:<clinic>}:rec',
    type: 'hash',
    content: '`alert:<id>` → `<v>|<json>` with rule, subject and review; no patient data',
    life: '90 days after the review',
  },
  {
    name: '{al:<clinic>}:jrn',
    type: 'stream',
    content: 'who noticed or reviewed what',
    life: 'the last 10,000',
  },
  {
    name: '{dt:<rule>:<subject hash>}:<window>',
    type: 'zset',
    content: 'opaque member → epoch ms last seen',
    life: 'the length of the window, 14 days at most',
  },
  {
    name: '{dt}:blocked',
    type: 'zset',
    content: '`u:<account>` or `n:<network>` → epoch ms when the block ends',
    life: '24 h after the last block',
  },
  {
    name: '{dt}:freeze',
    type: 'string',
    content: 'while it is there nothing is deleted: JSON of why and since when',
    life: 'until a person lifts it',
  },
  {
    name: '{dt}:bait',
    type: 'hash',
    content:
      'name of a planted key → the servers it lay on and the epoch ms until which every touch of it is known',
    life: 'for good',
  },
  {
    name: '<name from BOLT_HONEY_KEYS>',
    type: 'string',
    content: 'noise; only there to be read by somebody who should not be here',
    life: 'for good',
  },
  { name: 'ch:{dt}', type: 'channel', content: 'something was blocked or lifted: read again', life: '-' },
];

const clinicShape = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

function mustClinic(clinic: string): string {
  if (!clinicShape.test(clinic)) throw new RangeError('clinic id has a wrong form');
  return clinic;
}

const book = (tag: string): BookKeys => ({ records: `${tag}:rec`, journal: `${tag}:jrn` });

/** Throws RangeError on a clinic id of a wrong form. */
export const retentionBookKeys = (clinic: string): BookKeys => book(`{rt:${mustClinic(clinic)}}`);

/** Alerts of a clinic; null for those of the installation. Throws RangeError on an id of a wrong form. */
export const alertBookKeys = (clinic: string | null): BookKeys =>
  book(`{al:${clinic === null ? '.' : mustClinic(clinic)}}`);

export const detectionKeys = {
  blocked: '{dt}:blocked',
  freeze: '{dt}:freeze',
  bait: '{dt}:bait',
  channel: 'ch:{dt}',
} as const;

const wordShape = /^[A-Za-z0-9.-]{1,40}$/;

/** One sliding window. `subject` is hashed before: a key never holds what a person typed. Throws RangeError. */
export function windowKey(rule: string, subjectHash: string, window: string): string {
  for (const word of [rule, subjectHash, window]) {
    if (!wordShape.test(word)) throw new RangeError('a part of a window key has a wrong form');
  }
  return `{dt:${rule}:${subjectHash}}:${window}`;
}
