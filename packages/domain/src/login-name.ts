/**
 * The one spelling under which a login name is compared, counted and stored: NFKC, case folded, without spaces or
 * invisible characters. Whatever reaches a throttle or an index has passed through here once, so that no other spelling
 * of a name has a counter of its own.
 */
export function canonicalLogin(typed: string): string {
  const folded = typed.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
  return folded.replaceAll(/[\p{White_Space}\p{Cf}\p{Cc}]/gu, '');
}

const loginShape = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{1,63}$/u;

/** Whether an account may have this login name: letters and digits of one script, with `. _ @ + -` inside. */
export function isUsableLogin(canonical: string): boolean {
  return loginShape.test(canonical) && !isMixed(canonical);
}

/** Latin beside Cyrillic or Greek in one name is how a name is made to look like another. */
function isMixed(text: string): boolean {
  const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];
  return scripts.filter((script) => script.test(text)).length > 1;
}
