/**
 * A record as it stands in Redis: `<HMAC-SHA256>.<JSON>`. The MAC covers the record's address, so a record that somebody
 * with access to Redis wrote, changed or copied to another address does not count.
 */
import type { MacKey } from '../mac-key.ts';
import { isSameText } from './session-token.ts';

const macLength = 43;

function macOf(key: MacKey, address: string, json: string): string {
  return key.mac('base64url', `bolt-rec-v1|${address}|`, json);
}

export function sealRecord(key: MacKey, address: string, value: unknown): string {
  const json = JSON.stringify(value);
  return `${macOf(key, address, json)}.${json}`;
}

/** Null when there is nothing, or when it was not written by us for this address. */
export function openRecord<T>(key: MacKey, address: string, text: string | null): T | null {
  if (text === null || text[macLength] !== '.') return null;
  const json = text.slice(macLength + 1);
  return isSameText(text.slice(0, macLength), macOf(key, address, json)) ? (JSON.parse(json) as T) : null;
}
