/** What must never be in a file that browsers load: the former system shipped an API key that opened every service. */

export type SecretFinding = { kind: string; shown: string };
type Rule = { kind: string; pattern: RegExp };

const rules: readonly Rule[] = [
  { kind: 'private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/g },
  {
    kind: 'key of a service account',
    pattern: /["']?private_key(?:_id)?["']?\s*:\s*["'`]|type["']?\s*:\s*["'`]service_account/g,
  },
  { kind: 'Google API key', pattern: /AIza[0-9A-Za-z_-]{35}/g },
  { kind: 'AWS access key', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  { kind: 'GitHub token', pattern: /\bgh[pousr]_[A-Za-z0-9]{36}/g },
  { kind: 'Slack token', pattern: /\bxox[abprs]-[A-Za-z0-9-]{10,}/g },
  { kind: 'payment key', pattern: /\b[rs]k_live_[A-Za-z0-9]{16,}/g },
  { kind: 'signed token', pattern: /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}/g },
  { kind: 'token of this product', pattern: /\bbolt_[A-Za-z0-9-]{6,}_[A-Za-z0-9_-]{30,}/g },
  {
    kind: 'password in an address',
    pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'`$\\]*:[^\s/@"'`$\\]+@[\w[]/g,
  },
  { kind: 'variable of the build machine', pattern: /\b(?:VITE|REACT_APP|NEXT_PUBLIC)_[A-Z0-9_]+/g },
  {
    kind: 'configuration of the former login',
    pattern: /\b[\w-]+\.(?:firebaseapp|firebaseio|auth0)\.com\b/g,
  },
  { kind: 'source map', pattern: /[#@] sourceMappingURL=/g },
];

/** A name that says secret, given a value; whether the value is one is asked of its letters. */
const named =
  /(?:api[-_]?key|secret|token|passw(?:or)?d|passphrase|credential|customer[-_]?key|private[-_]?key)["'`]?\s*[:=]\s*["'`]([^"'`\s]{16,})["'`]/gi;
/** Bits a letter of text that somebody could have chosen; random letters of base64 have near six, words about three. */
const entropyMin = 3.6;

/** Everything in `text` that looks like a secret; `shown` is cut so that no report repeats one. */
export function findSecrets(text: string): SecretFinding[] {
  const direct = rules.flatMap(({ kind, pattern }) =>
    [...text.matchAll(pattern)].map(([found]) => ({ kind, shown: shorten(found) })),
  );
  const assigned = [...text.matchAll(named)]
    .filter(([, value = '']) => entropyOf(value) >= entropyMin && /\d/.test(value))
    .map(([found]) => ({ kind: 'value under a secret name', shown: shorten(found) }));
  return [...direct, ...assigned];
}

const shorten = (found: string): string => (found.length > 24 ? `${found.slice(0, 20)}…` : found);

/** Shannon entropy in bits a letter. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const total = [...text].length;
  return [...counts.values()].reduce((sum, count) => sum - (count / total) * Math.log2(count / total), 0);
}
