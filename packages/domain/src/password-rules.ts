/**
 * What a new password must be, after NIST SP 800-63B-4, 3.1.1.2: long enough, not a known one, not made of what
 * everybody knows about the account. No rule about kinds of characters, no expiry. Pure: the list of known passwords is
 * handed in.
 */

/** Code points. 15 where the password is the only factor, 8 beside a second one. */
export const passwordLengthMin = { alone: 15, besideSecondFactor: 8 } as const;
/** Code points; above the 64 that must be allowed, and a bound on the work of hashing. */
export const passwordLengthMax = 128;

export type PasswordRules = {
  hasSecondFactor: boolean;
  /** Folded as `foldPassword` does. */
  isCommon: (folded: string) => boolean;
  /** Names of the product, the clinics and the person. */
  contextWords: readonly string[];
};
export type PasswordProblem = 'too_short' | 'too_long' | 'common' | 'pattern' | 'context';

/** The form that is hashed: one way to write an é, whatever the keyboard. Nothing else is changed. */
export const normalPassword = (typed: string): string => typed.normalize('NFC');

/** The form that is looked up: a list need not know each capital letter. */
export const foldPassword = (typed: string): string => typed.normalize('NFKC').toLowerCase();

/** Everything that is wrong with a new password; empty when it will do. */
export function passwordProblems(typed: string, rules: PasswordRules): PasswordProblem[] {
  const length = [...normalPassword(typed)].length;
  const lengthMin = rules.hasSecondFactor ? passwordLengthMin.besideSecondFactor : passwordLengthMin.alone;
  const folded = foldPassword(typed);
  const wrong: PasswordProblem[] = [];
  if (length < lengthMin) wrong.push('too_short');
  if (length > passwordLengthMax) wrong.push('too_long');
  if (isKnown(folded, rules.isCommon)) wrong.push('common');
  if (isPattern(folded)) wrong.push('pattern');
  if (isContext(folded, rules.contextWords)) wrong.push('context');
  return wrong;
}

/** Also with a year, a few digits or marks behind a known password, which is what people add. */
function isKnown(folded: string, isCommon: (folded: string) => boolean): boolean {
  const bare = folded.replace(/[\p{N}\p{P}\p{S}]{1,6}$/u, '');
  return isCommon(folded) || (bare.length >= 8 && isCommon(bare));
}

/** One piece of up to four characters repeated, or a run up or down the alphabet or the digits. */
function isPattern(folded: string): boolean {
  if (/^(.{1,4}?)\1+$/su.test(folded)) return true;
  const codes = [...folded].map((letter) => letter.codePointAt(0) ?? 0);
  const steps = new Set(codes.slice(1).map((code, i) => code - (codes[i] ?? 0)));
  return codes.length > 2 && steps.size === 1 && (steps.has(1) || steps.has(-1));
}

/** A word shorter than this is found in too many good passwords by chance. */
const wordLengthMin = 4;
/** What must be left when the words everybody knows are taken out. */
const ownLengthMin = 6;

function isContext(folded: string, words: readonly string[]): boolean {
  const known = words
    .flatMap((word) => [foldPassword(word), ...foldPassword(word).split(/[^\p{L}\p{N}]+/u)])
    .filter((word) => [...word].length >= wordLengthMin)
    .sort((a, b) => b.length - a.length);
  const rest = known.reduce((text, word) => text.replaceAll(word, ''), folded);
  return rest !== folded && [...rest.replaceAll(/[^\p{L}\p{N}]/gu, '')].length < ownLengthMin;
}
