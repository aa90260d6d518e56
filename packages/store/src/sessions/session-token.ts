/**
 * Tokens are opaque: 8 characters that find the person's keys, 16 that find the record, and 43 that prove it. The last
 * are 256 random bits; of the whole only its SHA-256 is ever stored, so whoever reads Redis cannot sign in with it.
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { MacKey } from '../mac-key.ts';

/** Where the records of a person are (`tag`), and which of them it is (`sel`). */
export type RecordAddress = { tag: string; sel: string };

const tokenShape = /^([A-Za-z0-9_-]{8})([A-Za-z0-9_-]{16})[A-Za-z0-9_-]{43}$/;
const idShape = /^([A-Za-z0-9_-]{8})([A-Za-z0-9_-]{16})$/;
const selectorBytes = 12;
const secretBytes = 32;
const tagLength = 8;

/** The same person always gets the same tag; without the key nobody can tell whose it is. */
export function tagOf(key: MacKey, uid: string): string {
  return key.mac('base64url', 'bolt-tag-v1|', uid).slice(0, tagLength);
}

export const newSelector = (): string => randomBytes(selectorBytes).toString('base64url');

/** A new token for a record. */
export const mintToken = ({ tag, sel }: RecordAddress): string =>
  `${tag}${sel}${randomBytes(secretBytes).toString('base64url')}`;

export const tokenHash = (token: string): string => hash('sha256', `bolt-sess-v1${token}`, 'base64url');

/** Where the record of a token would be; null for anything that no token looks like. */
export const addressOfToken = (token: string): RecordAddress | null => addressIn(tokenShape.exec(token));

/** Where the record of a session id would be; null for anything that is no session id. */
export const addressOfId = (id: string): RecordAddress | null => addressIn(idShape.exec(id));

export const idOf = ({ tag, sel }: RecordAddress): string => `${tag}${sel}`;

function addressIn(match: RegExpExecArray | null): RecordAddress | null {
  const [, tag, sel] = match ?? [];
  return tag === undefined || sel === undefined ? null : { tag, sel };
}

/** Compares two texts in a time that depends on their lengths only. */
export function isSameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
