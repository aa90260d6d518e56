/** How what identifies a patient is written, so that two ways of writing one thing are the same. */

/** Behind a last name, and no part of it. */
const afterNames: ReadonlySet<string> = new Set(['jr', 'sr', 'ii', 'iii', 'iv']);
/** Ways in which the last name of one person is said: "van der Berg" is also "Berg". */
const lastNamesMax = 4;

/** Words of a name without accents, case and punctuation, in the order they stand; "O'Brien" is one word. */
export function nameWords(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/[\p{M}'’ʼ]/gu, '')
    .toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

/** Letters and digits that count when somebody is searched for by name. */
export const countLetters = (text: string): number => [...nameWords(text).join('')].length;

/**
 * What this person's last name may be said to be, longest first: "Anna van der Berg" and "van der Berg, Anna" are
 * found under "van der berg", "der berg" and "berg". A single word is its own last name.
 */
export function lastNamesOf(fullName: string): string[] {
  const comma = fullName.indexOf(',');
  const family = nameWords(comma < 0 ? fullName : fullName.slice(0, comma));
  const isGivenFirst = comma < 0 && family.length > 1;
  const words = (isGivenFirst ? family.slice(1) : family).filter((word) => !afterNames.has(word));
  const kept = words.length > 0 ? words : family;
  return kept.map((_, i) => kept.slice(i).join(' ')).slice(-lastNamesMax);
}

/** True when each word that was typed begins another word of the name, or is one (`isWhole`). */
export function isNamed(fullName: string, typed: string, { isWhole }: { isWhole: boolean }): boolean {
  const left = nameWords(fullName);
  // The longest first: "an ann" is Ann Anders only when "ann" has not been taken by "an".
  const asked = nameWords(typed).toSorted((a, b) => b.length - a.length);
  return (
    asked.length > 0 &&
    asked.every((word) => {
      const at = isWhole ? left.indexOf(word) : left.findIndex((each) => each.startsWith(word));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    })
  );
}

const extension = /(?:ext\.?|x|#)\s*\d{1,6}\s*$/i;
const asciiDigit = /\p{Nd}/gu;

/** Digits of any script as 0-9: a keyboard may write the number in another. */
function digitsOf(text: string): string {
  const found = text.normalize('NFKC').match(asciiDigit) ?? [];
  return found.map(digitValue).join('');
}

/** Decimal digits of a script stand in a row of ten that begins with its zero. */
function digitValue(digit: string): string {
  let code = digit.codePointAt(0) ?? 0;
  if (code < 0x80) return digit;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - 1))) {
    code -= 1;
    value += 1;
  }
  return String(value);
}

/**
 * A telephone number as E.164. Without a country's code it is one of the North American plan when it has its ten
 * digits; any other number stands as it was dialled, without the plus. Null for what is too short or long to be one.
 */
export function normalisedPhone(text: string): string | null {
  const dialled = text.normalize('NFKC').replace(extension, '');
  const digits = digitsOf(dialled);
  const isInternational = /^\s*\+/.test(dialled);
  if (isInternational) return within(digits, 7, 15) ? `+${digits}` : null;
  if (/^(?:00|011)/.test(digits) && within(digits, 10, 18)) return `+${digits.replace(/^(?:00|011)/, '')}`;
  if (digits.length === 10) return `+1${digits}`;
  if (digits.length === 11 && digits.startsWith('1')) return `+${digits}`;
  return within(digits, 7, 15) ? digits : null;
}

const within = ({ length }: string, min: number, max: number): boolean => length >= min && length <= max;

/** A number of the EHR: letters and digits, without case and what stands between them. Null when there are none. */
export function normalisedRecord(text: string): string | null {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  return plain === '' ? null : plain;
}
