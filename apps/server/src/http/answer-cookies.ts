const nameOf = (cookie: string): string => cookie.slice(0, cookie.indexOf('='));

/**
 * The `Set-Cookie` lines of an answer. Writing the header block takes the place of what was set while the request was let
 * in, so that is said again here; of one name the answer's own line counts: the handler has replaced the token once more,
 * or ended the session.
 */
export function answerCookies(
  early: string | number | readonly string[] | undefined,
  own: readonly string[],
): readonly string[] {
  // Nothing of its own: what was set stays set.
  if (own.length === 0 || early === undefined) return own;
  const names = new Set(own.map(nameOf));
  const kept = [early].flat().map(String);
  return [...kept.filter((cookie) => !names.has(nameOf(cookie))), ...own];
}
