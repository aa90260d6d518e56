/** Cryptography that must not be in the product, found in its sources; exceptions are written down with their reason. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type WeakRule = { id: string; pattern: RegExp };
export type WeakFinding = { file: string; rule: string; line: number };

export const weakRules: readonly WeakRule[] = [
  {
    id: 'library',
    pattern:
      /(?:from|import|require)\s*\(?\s*['"](?:crypto-js|crypto-js\/[\w-]+|md5|js-md5|blueimp-md5|sha1|js-sha1|sjcl|aes-js|node-forge|des\.js|jsencrypt|bcryptjs)['"]/,
  },
  {
    id: 'broken digest',
    pattern:
      /\b(?:hash|createHash|createHmac|createSign|createVerify)\(\s*['"`](?:md4|md5|sha-?1|ripemd160|rsa-md5|rsa-sha1)['"`]/i,
  },
  {
    id: 'broken digest',
    pattern: /\bsha1hex\b|algorithm['"]?\s*:\s*['"`](?:MD5|SHA-?1)['"`]|\bdigest\(\s*['"]SHA-1['"]/i,
  },
  {
    id: 'broken cipher',
    pattern:
      /\bcreate(?:Cipher|Decipher)\(|['"`](?:des|des3|rc2|rc4|bf)(?:-[\w-]+)?['"`]\s*,|['"`]aes-\d+-(?:ecb|cbc|ctr)['"`]/i,
  },
  { id: 'predictable randomness', pattern: /\bMath\.random\b|\bpseudoRandomBytes\b/ },
  {
    id: 'unverified certificate',
    pattern:
      /rejectUnauthorized['"]?\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity\s*:\s*\(\s*\)/,
  },
  { id: 'old TLS', pattern: /['"`]TLSv1(?:\.1)?['"`]|SSLv[23]/ },
];

/** Where a rule does not apply, and why. A row that no source needs any more is a fault too. */
export type WeakException = { file: string; rule: string; why: string };

/** What is shipped: sources of packages and apps. The test kit and the simulated EHR never run in production. */
const shipped = '{packages,apps}/*/{src,functions}/**/*.{ts,tsx,lua}';
const notShipped =
  /(?:\.generated\.ts$|^packages\/testkit|^apps\/ehr-simulator|\/test\/|\/dev\/|\.test\.tsx?$|node_modules|dist)/;

/** Every line of one text that a rule forbids. Comments count: a commented-out weakness is one step from alive. */
export function weaknessesIn(text: string, file: string): WeakFinding[] {
  return text.split('\n').flatMap((line, i) =>
    [...new Set(weakRules.filter(({ pattern }) => pattern.test(line)).map(({ id }) => id))].map((rule) => ({
      file,
      rule,
      line: i + 1,
    })),
  );
}

/** Weaknesses in the shipped sources below `root`. */
export function weaknessesBelow(root: string): WeakFinding[] {
  return globSync(shipped, { cwd: root })
    .filter((file) => !notShipped.test(file))
    .sort()
    .flatMap((file) => weaknessesIn(readFileSync(join(root, file), 'utf8'), file));
}
