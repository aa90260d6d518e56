const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * True when brackets nest deeper than `max` anywhere outside strings. Looks at bytes only, so it says this before
 * a parser builds anything; text that is no JSON is the parser's business.
 */
export function isDeeperThan(text: Uint8Array, max: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const byte = text[i];
    if (byte === quote) i = endOfString(text, i);
    else if (byte === openBrace || byte === openBracket) {
      depth += 1;
      if (depth > max) return true;
    } else if (byte === closeBrace || byte === closeBracket) depth -= 1;
  }
  return false;
}

/** Index of the quote that closes the string opened at `start`, or the end of the text. */
function endOfString(text: Uint8Array, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== quote) i += text[i] === backslash ? 2 : 1;
  return i;
}
