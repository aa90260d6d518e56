/** Looks for patients in whatever a system leaves behind, in every form in which a name can hide. */
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One word in every canary's name, mistakable for nothing else; what follows it tells them apart. */
export const canaryStem = 'Zqxcanaryw';
export const canaryDob = '1931-07-19';
export const canaryPhone = '555-017-7342';

export const canaryNames: readonly string[] = Array.from(
  { length: 200 },
  (_, i) => `${canaryStem}${i}x Zweifel`,
);

export type Form = { name: string; text: string };

/** Base64 depends on where the word begins: the part that is the same for each of three beginnings. */
function base64Forms(word: string): Form[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.from('.'.repeat(shift) + word)
      .toString('base64')
      .replace(/=+$/, '');
    const from = Math.ceil((shift * 8) / 6);
    return {
      name: `base64 at ${shift}`,
      text: encoded.slice(from, from + Math.floor((word.length * 8) / 6) - 2),
    };
  });
}

const escaped = (word: string, each: (code: string) => string): string =>
  [...word].map((letter) => each(letter.charCodeAt(0).toString(16).padStart(2, '0'))).join('');

/** Every form of a word that is looked for. */
export function formsOf(word: string): Form[] {
  const hex = Buffer.from(word).toString('hex');
  return [
    { name: 'plain', text: word },
    { name: 'other case', text: word.toUpperCase() },
    { name: 'lower case', text: word.toLowerCase() },
    {
      name: 'swapped case',
      text: [...word].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join(''),
    },
    { name: 'reversed', text: [...word].reverse().join('') },
    { name: 'hex', text: hex },
    { name: 'HEX', text: hex.toUpperCase() },
    { name: 'URL', text: escaped(word, (code) => `%${code}`) },
    { name: 'JSON escape', text: escaped(word, (code) => `\\u00${code}`) },
    { name: 'C escape', text: escaped(word, (code) => `\\x${code}`) },
    { name: 'UTF-16', text: [...word].join('\0') },
    ...base64Forms(word),
    ...base64Forms(word).map(({ name, text }) => ({
      name: `${name}, URL`,
      text: text.replaceAll('+', '-').replaceAll('/', '_'),
    })),
  ];
}

const canaryForms = [canaryStem, canaryDob, canaryPhone].flatMap(formsOf);
/** A hash without a key is as good as the name to whoever has a list of names. */
const digests = new Set(
  canaryNames.flatMap((name) => ['sha256', 'sha1', 'md5'].map((algorithm) => hash(algorithm, name, 'hex'))),
);

/** What was found where; empty is what everybody hopes for. */
export function canariesIn(sinks: ReadonlyMap<string, string>): string[] {
  const found = formsIn(sinks, canaryForms);
  for (const [sink, text] of sinks) {
    for (const digest of text.match(/\b(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\b/g) ?? [])
      if (digests.has(digest)) found.push(`${sink}: unkeyed hash`);
  }
  return found;
}

/** Where any of these forms stands, with what is around it. */
export function formsIn(sinks: ReadonlyMap<string, string>, forms: readonly Form[]): string[] {
  const found: string[] = [];
  for (const [sink, text] of sinks) {
    for (const form of forms) {
      const at = text.indexOf(form.text);
      if (at >= 0)
        found.push(`${sink}: ${form.name}: ${JSON.stringify(text.slice(Math.max(0, at - 60), at + 40))}`);
    }
  }
  return found;
}

/** Every file below a folder as text of single bytes, by path. */
export function filesIn(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')]));
}
