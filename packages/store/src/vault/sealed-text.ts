/**
 * How a sealed record stands in Redis:
 *
 *   sealed1 <i>:<envelope>[,<i>:<envelope>…] <stamp> <clear JSON>
 *
 * A frame has one envelope for each of its events that holds something to protect; an entity has one. Stamp and clear
 * part are authenticated by each envelope. A record without anything to protect is plain JSON, as all were before.
 */
import { cryptFault } from './crypt-failure.ts';
import { kidOf } from './envelope.ts';

const prefix = 'sealed1 ';
/** JSON may end in blanks, so a padded text is still JSON. */
const smallBuckets = [32, 64, 128, 256];
const bucketStep = 256;

export type SealedPart = { i: number; envelope: string };
export type SealedText = { parts: readonly SealedPart[]; stamp: string; clear: string };

export function isSealedText(text: string): boolean {
  return text.startsWith(prefix);
}

export function writeSealedText({ parts, stamp, clear }: SealedText): string {
  return `${prefix}${parts.map(({ i, envelope }) => `${i}:${envelope}`).join(',')} ${stamp} ${clear}`;
}

function readPart(text: string): SealedPart {
  const colon = text.indexOf(':');
  const i = Number(text.slice(0, colon));
  if (colon < 1 || !Number.isInteger(i) || i < 0) throw cryptFault('malformed');
  return { i, envelope: text.slice(colon + 1) };
}

function partsEnd(text: string): number {
  const end = text.indexOf(' ', prefix.length);
  if (end < 0) throw cryptFault('malformed');
  return end;
}

const partsOf = (text: string, end: number): SealedPart[] =>
  text.slice(prefix.length, end).split(',').map(readPart);

/** Throws Fault `phi_unreadable`. */
export function readSealedText(text: string): SealedText {
  const end = partsEnd(text);
  const stampEnd = text.indexOf(' ', end + 1);
  if (stampEnd < 0) throw cryptFault('malformed');
  return {
    parts: partsOf(text, end),
    stamp: text.slice(end + 1, stampEnd),
    clear: text.slice(stampEnd + 1),
  };
}

/** Ids of the keys that a stored record needs; none for plain JSON. Throws Fault `phi_unreadable`. */
export function kidsOf(text: string): string[] {
  if (!isSealedText(text)) return [];
  return partsOf(text, partsEnd(text)).map(({ envelope }) => kidOf(envelope));
}

/** The clear JSON of a stored record: all of it when it is plain. Throws Fault `phi_unreadable`. */
export function clearTextOf(text: string): string {
  return isSealedText(text) ? readSealedText(text).clear : text;
}

/** As bytes of a length that tells little: two names of different length look alike. */
export function padded(json: string): Buffer {
  const length = Buffer.byteLength(json);
  const bucket = smallBuckets.find((size) => size >= length) ?? Math.ceil(length / bucketStep) * bucketStep;
  return Buffer.from(json + ' '.repeat(bucket - length));
}
