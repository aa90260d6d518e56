/** Which PINs are too easily guessed by somebody who knows the person, or nobody. */

const digitsOf = (pin: string): number[] => [...pin].map(Number);

/** Every digit is the one before plus the same step: 123456, 987654, 135790 does not, 111111 does. */
function isProgression(pin: string): boolean {
  const digits = digitsOf(pin);
  const steps = digits.slice(1).map((digit, i) => (digit - (digits[i] ?? 0) + 10) % 10);
  return new Set(steps).size === 1;
}

/** The same one to four digits over and over: 121212, 123123, 12341234. */
function isRepetition(pin: string): boolean {
  for (let length = 1; length <= pin.length / 2; length += 1) {
    const part = pin.slice(0, length);
    if (part.repeat(Math.ceil(pin.length / length)).slice(0, pin.length) === pin) return true;
  }
  return false;
}

const isPalindrome = (pin: string): boolean => [...pin].reverse().join('') === pin;

const isMonth = (text: string): boolean => Number(text) >= 1 && Number(text) <= 12;
const isDay = (text: string): boolean => Number(text) >= 1 && Number(text) <= 31;
const isYear = (text: string): boolean => Number(text) >= 1900 && Number(text) <= 2099;

/** Six or eight digits that read as a date in any usual order: a birthday is what everybody tries first. */
function isDate(pin: string): boolean {
  const at = (from: number, to: number): string => pin.slice(from, to);
  const isPair = (a: string, b: string): boolean => (isMonth(a) && isDay(b)) || (isDay(a) && isMonth(b));
  if (pin.length === 6) return isPair(at(0, 2), at(2, 4)) || isPair(at(2, 4), at(4, 6));
  if (pin.length !== 8) return false;
  const yearLast = isPair(at(0, 2), at(2, 4)) && isYear(at(4, 8));
  return yearLast || (isYear(at(0, 4)) && isPair(at(4, 6), at(6, 8)));
}

/** True for sequences, repetitions, palindromes, few different digits, and dates. `pin` is digits only. */
export function isSimplePin(pin: string): boolean {
  if (new Set(pin).size < 4) return true;
  return isProgression(pin) || isRepetition(pin) || isPalindrome(pin) || isDate(pin);
}
