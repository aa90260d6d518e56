import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { readConfig, workerOptions } from '@workflow-bolt/contracts';
import { createCallGaps, type EhrCallRecord } from '@workflow-bolt/ehr';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ehrAccount, fhirAccount, tebraAccount } from './ehr-account.ts';

const configOf = (environment: Record<string, string>) =>
  readConfig(workerOptions, { REDIS_URL: 'redis://127.0.0.1:1', BOLT_CLINICS_FILE: 'none', ...environment });

/** A token endpoint and a server that has one patient, on one port; answers what was sent to the former. */
async function startServer() {
  const forms: URLSearchParams[] = [];
  const tokens: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    const isToken = request.url === '/token';
    if (isToken) forms.push(new URLSearchParams(await text(request)));
    else tokens.push(request.headers.authorization);
    const body = isToken
      ? { access_token: 'abc', token_type: 'bearer', expires_in: 300 }
      : { resourceType: 'Patient', id: 'p1' };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, forms, tokens };
}

function keyFile(key: KeyObject): string {
  const folder = mkdtempSync(join(tmpdir(), 'bolt-key-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'key.pem');
  writeFileSync(file, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return file;
}

const parts = {
  guard: { acquire: async () => ({ report: () => undefined }) },
  deadlineMs: 10_000,
  observe: (_record: EhrCallRecord) => undefined,
};

describe('an account on a FHIR server', () => {
  test.each([
    ['ES384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
    ['RS384', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
  ] as const)('proves itself by a key file: %s', async (alg, newKey) => {
    const { url, forms, tokens } = await startServer();
    const account = fhirAccount(
      configOf({
        BOLT_EHR_URL: `${url}/fhir`,
        BOLT_FHIR_TOKEN_URL: `${url}/token`,
        BOLT_FHIR_CLIENT_ID: 'board',
        BOLT_FHIR_KEY_FILE: keyFile(newKey()),
        BOLT_FHIR_KEY_ID: 'key-1',
      }),
    );
    expect(await account.connect(parts).patient('p1')).toMatchObject({
      ok: true,
      value: { patientId: 'p1' },
    });
    const [head = ''] = (forms[0]?.get('client_assertion') ?? '').split('.');
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toMatchObject({ alg, kid: 'key-1' });
    expect(forms[0]?.get('scope')).toContain('system/Appointment.crus');
    expect(tokens).toEqual(['Bearer abc']);
  });

  test('its limits are counted by address and client, never by the secret', () => {
    const config = configOf({
      BOLT_EHR_URL: 'https://ehr.example.org/fhir',
      BOLT_FHIR_TOKEN_URL: 'https://ehr.example.org/token',
      BOLT_FHIR_CLIENT_ID: 'board',
      BOLT_FHIR_CLIENT_SECRET: 'canary',
      BOLT_FHIR_GAP_MS: '40',
    });
    const account = ehrAccount('fhir', config, createCallGaps());
    expect(account.key).toBe('fhir|https://ehr.example.org/fhir|board');
    expect(account.gaps.gapMs('SearchAppointment')).toBe(40);
    expect(JSON.stringify(account)).not.toContain('canary');
  });

  const base = { BOLT_EHR_URL: 'https://ehr.example.org/fhir' };
  const token = { BOLT_FHIR_TOKEN_URL: 'https://ehr.example.org/token' };
  test.each([
    [{}, 'A FHIR server needs its base: set BOLT_EHR_URL.'],
    [{ ...base, ...token }, 'Set BOLT_FHIR_TOKEN_URL and BOLT_FHIR_CLIENT_ID together.'],
    [{ ...base, BOLT_FHIR_CLIENT_ID: 'board' }, 'Set BOLT_FHIR_TOKEN_URL and BOLT_FHIR_CLIENT_ID together.'],
    [
      { ...base, ...token, BOLT_FHIR_CLIENT_ID: 'board', BOLT_FHIR_KEY_FILE: 'key.pem' },
      'Set BOLT_FHIR_CLIENT_SECRET, or BOLT_FHIR_KEY_FILE with BOLT_FHIR_KEY_ID.',
    ],
  ])('what is missing is said: %o', (environment, message) => {
    expect(() => fhirAccount(configOf(environment))).toThrow(message);
  });
});

test('an account of Tebra needs all three of its credentials', () => {
  const whole = { BOLT_EHR_CUSTOMER_KEY: 'k', BOLT_EHR_USER: 'u', BOLT_EHR_PASSWORD: 'p' };
  expect(tebraAccount(configOf(whole), createCallGaps()).key).toBe('k');
  for (const name of Object.keys(whole)) {
    expect(() => tebraAccount(configOf({ ...whole, [name]: '' }), createCallGaps())).toThrow(
      'Set BOLT_EHR_CUSTOMER_KEY, BOLT_EHR_USER and BOLT_EHR_PASSWORD.',
    );
  }
});
