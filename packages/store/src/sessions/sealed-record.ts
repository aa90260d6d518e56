/**
 * A record as it stands in Redis: `<HMAC-SHA256>.<JSON>`. The MAC covers the record's address, so a record that somebody
 * with access to Redis wrote, changed or copied to another address does not count.
 */
import { createHmac } from 'node:crypto';
import { isSameText } from './session-token.ts';

const macLength = 43;

function macOf(key: Uint8Array, address: string, json: string): string {
  return createHmac('sha256', key).update(`bolt-rec-v1|${address}|`).update(json).digest('base64url');
}

export function sealRecord(key: Uint8Array, address: string, value: unknown): string {
  const json = JSON.stringify(value);
  return `${macOf(key, address, json)}.${json}`;
}

/** Null when there is nothing, or when it was not written by us for this address. */
export function openRecord<T>(key: Uint8Array, address: string, text: string | null): T | null {
  if (text === null || text[macLength] !== '.') return null;
  const json = text.slice(macLength + 1);
  return isSameText(text.slice(0, macLength), macOf(key, address, json)) ? (JSON.parse(json) as T) : null;
}
