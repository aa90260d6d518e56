/** Words of a name in the order they are spoken: "Doe, Jane" is Jane Doe. */
function spokenWords(fullName: string): string[] {
  const parts = fullName.includes(',') ? fullName.split(',').reverse() : [fullName];
  return parts.join(' ').split(/\s+/).filter(Boolean);
}

const firstLetter = (word: string): string[] =>
  (/\p{L}/u.exec(word) ?? []).map((letter) => letter.toUpperCase());

/** Up to three initials, such as "J. D."; a name without letters shows as "?". */
export function initialsOf(fullName: string): string {
  const letters = spokenWords(fullName).flatMap(firstLetter).slice(0, 3);
  return letters.length > 0 ? letters.map((letter) => `${letter}.`).join(' ') : '?';
}

/** The first name and one letter of the last, such as "Ann S."; a single name shows its first letter only. */
export function shortNameOf(fullName: string): string {
  const words = spokenWords(fullName);
  const [first] = words;
  const last = words.at(-1);
  if (first === undefined || last === undefined || words.length < 2) return initialsOf(fullName);
  return [first, ...firstLetter(last).map((letter) => `${letter}.`)].join(' ');
}

/** Ten years at a time, such as "40-49", from 90 on together; on that date (YYYY-MM-DD). */
export function ageBandOf(dob: string, date: string): string {
  const years = Number(date.slice(0, 4)) - Number(dob.slice(0, 4));
  const age = Math.max(0, date.slice(5) < dob.slice(5) ? years - 1 : years);
  if (age >= 90) return '90+';
  const from = Math.floor(age / 10) * 10;
  return `${from}-${from + 9}`;
}
