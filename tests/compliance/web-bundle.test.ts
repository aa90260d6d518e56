/** [P01] The former system served a browser the key that opened every service behind it. */
import { join } from 'node:path';
import { configOptions } from '@workflow-bolt/contracts';
import { build } from 'vite';
import { describe, expect, test } from 'vitest';
import { entropyOf, findSecrets } from '../../compliance/scans/bundle-secrets.ts';

const configFile = join(import.meta.dirname, '../../apps/web/vite.config.ts');
const canary = 'q9Xw2LmT7vB4nK8sR3dF6hJ1';

type Output = { fileName: string; code?: string; source?: string | Uint8Array };

/** What browsers would load, without writing it: other tests use the folder of the build. */
async function bundle(): Promise<{ file: string; text: string }[]> {
  const made = await build({ configFile, logLevel: 'silent', build: { write: false } });
  const outputs = (Array.isArray(made) ? made : [made]) as { output: Output[] }[];
  return outputs
    .flatMap(({ output }) => output)
    .map(({ fileName, code, source }) => ({ file: fileName, text: code ?? textOf(source) }));
}
const textOf = (source: string | Uint8Array | undefined): string =>
  typeof source === 'string' ? source : new TextDecoder().decode(source);

test('[P01] [H-08] the built web application holds no secret, and nothing from the environment of its build', async () => {
  const before = { ...process.env };
  Object.assign(process.env, { VITE_API_KEY: canary, BOLT_EHR_PASSWORD: canary, NODE_ENV: 'production' });
  try {
    const files = await bundle();
    expect(files.filter(({ file }) => file.endsWith('.js')).length).toBeGreaterThan(2);
    expect(files.flatMap(({ file, text }) => findSecrets(text).map((found) => ({ file, ...found })))).toEqual(
      [],
    );
    expect(files.filter(({ text }) => text.includes(canary))).toEqual([]);
    expect(files.filter(({ file }) => file.endsWith('.map'))).toEqual([]);
  } finally {
    for (const name of ['VITE_API_KEY', 'BOLT_EHR_PASSWORD', 'NODE_ENV']) restore(name, before[name]);
  }
}, 90_000);

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

test('[P01] no option of any process brings a secret with it', () => {
  const secrets = Object.values(configOptions).flatMap((options) =>
    Object.values(options).filter(({ isSecret }) => isSecret),
  );
  expect(
    secrets.map(({ default: value }) => value).filter((value) => findSecrets(`"${value}"`).length > 0),
  ).toEqual([]);
  expect(secrets.filter(({ env, default: value }) => env !== 'REDIS_URL' && value !== '')).toEqual([]);
});

describe('[P01] the search finds', () => {
  const key = 'A'.repeat(3) + canary.slice(0, 16);
  const cases: [string, string][] = [
    ['private key', `const k = "-----BEGIN RSA ${'PRIVATE'} KEY-----\\nMIIE";`],
    ['key of a service account', '{"type":"service_account","project_id":"x"}'],
    ['Google API key', `apiKey:"AIza${'Sy'.padEnd(35, 'B1-x')}"`],
    ['AWS access key', `"AKIA${'ABCDEFGH12345678'}"`],
    ['GitHub token', `"ghp_${'a1B2'.repeat(9)}"`],
    ['signed token', `"eyJ${'hbGciOiJ'}.eyJ${'zdWIiOiIx'}.${'abcdefghijklmnopqrst'}"`],
    ['token of this product', `"bolt_${'0192f3aa'}_${'xY3'.repeat(12)}"`],
    ['password in an address', 'connect("rediss://board:hunter2hunter2@redis.internal:6379")'],
    ['variable of the build machine', 'fetch(import.meta.env.VITE_PROXY_KEY)'],
    ['configuration of the former login', 'authDomain:"clinic-123.firebaseapp.com"'],
    ['source map', '//# sourceMappingURL=index.js.map'],
    ['value under a secret name', `headers:{"x-api-key":"${key}"}`],
  ];

  test.each(cases)('a %s', (kind, text) => {
    const found = findSecrets(text);
    expect(found.map((each) => each.kind)).toContain(kind);
    expect(JSON.stringify(found)).not.toContain(canary.slice(0, 16));
  });

  test('and neither words nor the names of fields', () => {
    const harmless = [
      'label:"Password must have 15 characters"',
      'token:"authentication-required"',
      'const tokenSchema=z.string()',
      'href:"https://example.org/a@b"',
      'secret:"aaaaaaaaaaaaaaaaaaaaaaaa"',
    ];
    expect(findSecrets(harmless.join('\n'))).toEqual([]);
    expect(entropyOf('aaaa')).toBe(0);
  });
});
