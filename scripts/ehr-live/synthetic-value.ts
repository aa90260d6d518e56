/** Values that look like those of an account and are not: same form, same length, nothing of the content. */
import { createHmac, randomBytes } from 'node:crypto';
import { isListedWord } from './known-names.ts';

/** Digits that follow from a value by a key that nobody keeps, so that equal values stay equal and none can be undone. */
export type Mixer = (value: string) => number;

/** A mixer for one recording. Its key lives in this process's memory and nowhere else. */
export function newMixer(key: Uint8Array = randomBytes(32)): Mixer {
  return (value) => createHmac('sha256', key).update(value).digest().readUInt32BE(0);
}

export type ValueForm = 'blank' | 'truth' | 'word' | 'placeholder' | 'date' | 'number' | 'guid' | 'text';

export interface SyntheticValue {
  readonly text: string;
  readonly form: ValueForm;
  /** For a date, how it is written, such as `M/D/YYYY h:mm:ss AM`; null for any other. */
  readonly format: string | null;
}

/** What the vendor writes for "never": no date of anybody. */
const PLACEHOLDER =
  /^(0?1\/0?1\/(0001|1753|1900)( 12:00:00 AM)?|(0001|1753|1900)-01-01(T00:00:00(\.0+)?Z?)?)$/;
const TRUTH = /^(true|false)$/i;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const US = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:( +)(\d{1,2}):(\d{2})(?::(\d{2}))?( ?)(AM|PM)?)?$/i;
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:([T ])(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Replaces one value of a member. */
export function synthetic(member: string, value: string, mix: Mixer): SyntheticValue {
  const as = (form: ValueForm, text: string, format: string | null = null) => ({ form, text, format });
  if (value.trim() === '') return as('blank', value.replace(/[^\r\n\t]/g, ' ').slice(0, 80));
  if (TRUTH.test(value)) return as('truth', value);
  if (isListedWord(member, value)) return as('word', value);
  if (PLACEHOLDER.test(value)) return as('placeholder', value);
  const date = usDate(value, mix) ?? isoDate(value, mix);
  if (date) return as('date', date.text, date.format);
  if (NUMBER.test(value)) return as('number', number(value, mix));
  if (GUID.test(value)) return as('guid', value.replace(/[0-9a-f]/gi, '0'));
  return as('text', letters(value));
}

/** Same signs, same count of digits, leading zeros where they were. */
function number(value: string, mix: Mixer): string {
  let state = mix(value);
  let isLeading = true;
  return value.replace(/\d/g, (digit) => {
    if (isLeading && digit === '0') return '0';
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const drawn = (state >>> 16) % 10;
    const made = isLeading && drawn === 0 ? 1 : drawn;
    isLeading = false;
    return String(made);
  });
}

const padded = (value: number, length: number): string => String(value).padStart(length, '0');

/** A number below `max` with as many digits as the one it stands for, at least `min`. */
function sameDigits(given: string, range: { min: number; max: number }, drawn: number): string {
  const [low, high] =
    given.length === 1
      ? [range.min, Math.min(9, range.max)]
      : [given.startsWith('0') ? range.min : 10, range.max];
  return padded(low + (drawn % (high - low + 1)), given.length);
}

const YEAR = '2001';

function usDate(value: string, mix: Mixer): { text: string; format: string } | null {
  const found = US.exec(value);
  if (!found) return null;
  const [, month = '', day = '', , blanks = '', hour, minute, second, gap = '', half] = found;
  const drawn = mix(value);
  const date = `${sameDigits(month, { min: 1, max: 12 }, drawn)}/${sameDigits(day, { min: 1, max: 28 }, drawn >>> 4)}/${YEAR}`;
  const format = `${'M'.repeat(month.length)}/${'D'.repeat(day.length)}/YYYY`;
  if (hour === undefined || minute === undefined) return { text: date, format };
  const hours = sameDigits(hour, half ? { min: 1, max: 12 } : { min: 0, max: 23 }, drawn >>> 9);
  const seconds = second === undefined ? '' : `:${clock(second, drawn >>> 20)}`;
  const text = `${date}${blanks}${hours}:${clock(minute, drawn >>> 14)}${seconds}${gap}${half ?? ''}`;
  return {
    text,
    format: `${format} ${'h'.repeat(hour.length)}:mm${second ? ':ss' : ''}${half ? ` ${half}` : ''}`,
  };
}

/** Full hours and minutes tell that nothing finer is kept, so they stay. */
function clock(given: string, drawn: number): string {
  return given === '00' ? '00' : padded(1 + (drawn % 59), 2);
}

function isoDate(value: string, mix: Mixer): { text: string; format: string } | null {
  const found = ISO.exec(value);
  if (!found) return null;
  const [, , , , between = '', hour, minute = '', second, fraction = '', zone = ''] = found;
  const drawn = mix(value);
  const date = `${YEAR}-${padded(1 + (drawn % 12), 2)}-${padded(1 + ((drawn >>> 4) % 28), 2)}`;
  if (hour === undefined) return { text: date, format: 'YYYY-MM-DD' };
  const seconds = second === undefined ? '' : `:${clock(second, drawn >>> 20)}`;
  const parts = fraction === '' ? '' : `.${'0'.repeat(fraction.length - 1)}`;
  const text = `${date}${between}${padded((drawn >>> 9) % 24, 2)}:${clock(minute, drawn >>> 14)}${seconds}${parts}${zone}`;
  const shown = zone === '' || zone === 'Z' ? zone : '±hh:mm';
  return { text, format: `YYYY-MM-DD${between}hh:mm${second ? ':ss' : ''}${fraction ? '.f' : ''}${shown}` };
}

/** Longer than this, words tell who wrote them by their lengths alone. */
const SHAPED_MAX = 40;
const FILLER = 'xxxx xx xxxxxx xxx ';

function letters(value: string): string {
  if (value.length <= SHAPED_MAX) return value.replace(/./gsu, signFor);
  const filler = FILLER.repeat(Math.ceil(value.length / FILLER.length)).slice(0, value.length);
  return value.includes('\n') ? `${filler.slice(0, -2)}\r\n` : filler;
}

/** One sign of the same kind: script and case stay visible, the letter does not. */
function signFor(sign: string): string {
  if (/\d/.test(sign)) return '0';
  if (/[A-Z]/.test(sign)) return 'X';
  if (/[a-z]/.test(sign)) return 'x';
  if (/[\s!-/:-@[-`{-~]/.test(sign)) return sign;
  if (/\p{Lu}/u.test(sign)) return 'Ä';
  return sign.length > 1 ? '\u{1F642}' : 'ä';
}
