/** Keys of accounts and sign-in. One hash tag: an account and its login name must change together. */
import { createHash } from 'node:crypto';
import type { KeyRow } from '../keys.ts';

const tag = '{acct}';

export const accountKeyRows: readonly KeyRow[] = [
  {
    name: '{acct}:all',
    type: 'hash',
    content: 'uid → `<version>|<account JSON>`',
    life: 'for ever: a uid is never used again',
  },
  { name: '{acct}:logins', type: 'hash', content: 'canonical login name → uid', life: 'until released' },
  {
    name: '{acct}:cred:<uid>',
    type: 'hash',
    content:
      'v, and sealed: password (argon2id), totp (seed), codes (hashes of recovery codes); step (last TOTP step)',
    life: 'until reset',
  },
  {
    name: '{acct}:dev:<uid>',
    type: 'hash',
    content: 'SHA-256 of a device token → epoch ms when it was last good',
    life: '180 days',
  },
  {
    name: '{acct}:dev-ended',
    type: 'zset',
    content: 'SHA-256 of a device token that is good for nobody any more, by when it ended',
    life: '181 days',
  },
  {
    name: '{acct}:fails:<uid>',
    type: 'hash',
    content: 'lane (strangers, a device, a workstation) → failures in a row',
    life: 'until a success',
  },
  {
    name: '{acct}:tx:<sha256>',
    type: 'hash',
    content: 'a sign-in between its factors; n (tries)',
    life: '10 min',
  },
  {
    name: '{acct}:code:<sha256>',
    type: 'string',
    content: 'what a one-time enrolment code is good for',
    life: '30 min (invitation: 72 h), or until used',
  },
  {
    name: '{acct}:code-of:<uid>',
    type: 'string',
    content: 'key of the code that is out for this account',
    life: 'as the code',
  },
  {
    name: '{acct}:reset:<sha256>',
    type: 'string',
    content: 'that a person with this name and number asked for a reset',
    life: '30 min, or until used',
  },
  {
    name: '{acct}:try:<window>:<sha256>',
    type: 'zset',
    content: 'attempts by time; no names',
    life: 'width of the window',
  },
  {
    name: '{acct}:chg:<uid>',
    type: 'hash',
    content: 'time and number of a change of this account → sealed: who changed what, and why',
    life: 'the last 200',
  },
  {
    name: '{acct}:first',
    type: 'string',
    content: 'hash of the code that names the first account',
    life: '60 min',
  },
  { name: 'ch:{acct}', type: 'channel', content: 'uid of a changed account', life: '-' },
];

/** Base64url SHA-256: what is typed or secret never stands in a key. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

const uidShape = /^[a-z0-9-]{1,40}$/;
function checked(uid: string): string {
  if (!uidShape.test(uid)) throw new RangeError('account id has a wrong form');
  return uid;
}

export const accountKeys = {
  all: `${tag}:all`,
  logins: `${tag}:logins`,
  first: `${tag}:first`,
  devicesEnded: `${tag}:dev-ended`,
  channel: `ch:${tag}`,
  credentials: (uid: string) => `${tag}:cred:${checked(uid)}`,
  devices: (uid: string) => `${tag}:dev:${checked(uid)}`,
  fails: (uid: string) => `${tag}:fails:${checked(uid)}`,
  changes: (uid: string) => `${tag}:chg:${checked(uid)}`,
  transaction: (token: string) => `${tag}:tx:${digestOf(token)}`,
  code: (code: string) => `${tag}:code:${digestOf(code)}`,
  codeOf: (uid: string) => `${tag}:code-of:${checked(uid)}`,
  reset: (canonicalLogin: string, number: string) =>
    `${tag}:reset:${digestOf(`${number} ${canonicalLogin}`)}`,
  attempts: (window: string, subject: string) => `${tag}:try:${window}:${digestOf(subject)}`,
} as const;
