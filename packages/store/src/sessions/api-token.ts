/**
 * API tokens, for scripts and services: `bolt_<id>_<secret><checksum>`. The prefix and the checksum let a scanner of
 * repositories recognise one without asking us; the id finds the record; of the secret only its SHA-256 is stored.
 */
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { addressOfId, idOf, type RecordAddress } from './session-token.ts';

const secretBytes = 32;
const secretHexLength = 64;
const checksumLength = 8;
const shape = /^bolt_([A-Za-z0-9_-]{24})_([0-9a-f]{64})([0-9a-f]{8})$/;
/** What every API token begins with. */
export const apiTokenPrefix = 'bolt_';

const checksumOf = (text: string): string => crc32(text).toString(16).padStart(checksumLength, '0');

/** A new token for a record. */
export function mintApiToken(address: RecordAddress): string {
  const body = `${apiTokenPrefix}${idOf(address)}_${randomBytes(secretBytes).toString('hex')}`;
  return body + checksumOf(body);
}

/** Where the record of a token would be; null for a wrong form or checksum, which costs no question to Redis. */
export function addressOfApiToken(token: string): RecordAddress | null {
  const [, id, secret, checksum] = shape.exec(token) ?? [];
  if (id === undefined || secret?.length !== secretHexLength) return null;
  if (checksum !== checksumOf(token.slice(0, -checksumLength))) return null;
  return addressOfId(id);
}
