/** Connections outwards: a certificate that is wrong in any way ends them before a byte of ours is sent. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { configOptions, readConfig, serverOptions } from '@workflow-bolt/contracts';
import { createRedisPort, fromUrl } from '@workflow-bolt/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiHeaders, pageHeaders } from '../../apps/server/src/http/security-headers.ts';
import { type TestCertificate, testCertificate } from './test-certificate.ts';

const host = '127.0.0.1';
let dir = '';
let authority: TestCertificate;
const servers: Server[] = [];
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'bolt-tls-'));
  authority = testCertificate({ name: 'Test authority' });
  writeFileSync(join(dir, 'ca.pem'), authority.cert);
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(dir, { recursive: true });
});

type Listening = { port: number; received: string[] };

/** Notes what it is told in clear, and answers nothing. */
async function listen(options: TlsOptions): Promise<Listening> {
  const received: string[] = [];
  const server = createServer(options, (socket) => {
    socket.on('data', (data) => received.push(data.toString()));
    socket.on('error', () => {});
  });
  server.on('tlsClientError', () => {});
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return { port: (server.address() as AddressInfo).port, received };
}

/** Tries to reach it as Redis with our authority trusted; says what the server was told. */
async function dial({ port, received }: Listening, query = `?ca=${join(dir, 'ca.pem')}`): Promise<string> {
  const redis = createRedisPort(fromUrl(`rediss://board:open-sesame@${host}:${port}/${query}`), 'tls-test');
  await redis.connect().catch(() => {});
  await redis.close();
  return received.join('');
}

describe('[H-09] [ONC-d-9] Redis over TLS', () => {
  const good = () => testCertificate({ name: 'redis', ip: host, issuer: authority });

  test('a good certificate is believed, and the password is sent to it', async () => {
    expect(await dial(await listen(good()))).toContain('open-sesame');
  });

  test.each<[string, () => TestCertificate]>([
    ['one that signed itself', () => testCertificate({ name: 'redis', ip: host })],
    [
      'one of another authority',
      () => testCertificate({ name: 'redis', ip: host, issuer: testCertificate({ name: 'Other' }) }),
    ],
    ['one for another address', () => testCertificate({ name: 'redis', ip: '10.0.0.9', issuer: authority })],
    ['one for no address', () => testCertificate({ name: 'redis', issuer: authority })],
    [
      'one that has ended',
      () => testCertificate({ name: 'redis', ip: host, issuer: authority, endsInDays: -1 }),
    ],
    [
      'one that begins later',
      () => testCertificate({ name: 'redis', ip: host, issuer: authority, endsInDays: 30 }),
    ],
  ])('%s is not: nothing is sent', async (_what, make) => {
    expect(await dial(await listen(make()))).toBe('');
  });

  test('without our authority the same good certificate is a stranger', async () => {
    expect(await dial(await listen(good()), '')).toBe('');
  });

  test('nothing below TLS 1.2 is offered', () => {
    expect(fromUrl(`rediss://${host}:1`).tls).toMatchObject({ minVersion: 'TLSv1.2' });
    expect(fromUrl(`redis://${host}:1`).tls).toBeNull();
  });
});

describe('[H-09] [ONC-d-9] [N-03] requests to the EHR', () => {
  test.each<[string, () => TestCertificate]>([
    ['one that signed itself', () => testCertificate({ name: 'ehr', ip: host })],
    [
      'one of an authority that nobody installed',
      () => testCertificate({ name: 'ehr', ip: host, issuer: authority }),
    ],
    ['one that has ended', () => testCertificate({ name: 'ehr', ip: host, endsInDays: -1 })],
  ])('a certificate of the wrong kind is refused: %s', async (_what, make) => {
    const listening = await listen(make());
    const calling = fetch(`https://${host}:${listening.port}/`, { method: 'POST', body: 'secret' });
    await expect(calling).rejects.toThrow();
    expect(listening.received.join('')).toBe('');
  });
});

describe('[H-09] [ONC-d-9] browsers', () => {
  test('are told for two years to come back over HTTPS only, on pages and data alike', () => {
    const hsts = 'max-age=63072000; includeSubDomains; preload';
    expect(Object.fromEntries(apiHeaders)['Strict-Transport-Security']).toBe(hsts);
    expect(Object.fromEntries(pageHeaders('n'))['Strict-Transport-Security']).toBe(hsts);
  });
});

describe('[N-03] protection cannot be switched off', () => {
  const flags = Object.values(configOptions).flatMap((options) =>
    Object.values(options).filter(({ schema }) => schema.safeParse('true').data === true),
  );

  test('the switches of all processes are known, and none weakens encryption, the record or sign-in', () => {
    const names = [...new Set(flags.map(({ env }) => env))].sort();
    // The witness is beside the record: with or without one it is written, sealed and checked.
    expect(names).toEqual(['BOLT_ALLOW_VOLATILE_REDIS', 'BOLT_AUDIT_WITNESS_REQUIRED', 'BOLT_DEV_LOGIN']);
    const all = Object.values(configOptions).flatMap((options) =>
      Object.values(options).map(({ env }) => env),
    );
    expect(
      all.filter((name) => /ENCRYPT|PLAIN|INSECURE|NO_AUDIT|AUDIT_OFF|MFA|DISABLE|SKIP/.test(name)),
    ).toEqual([]);
  });

  test.each([
    ['BOLT_KEYS', ''],
    ['BOLT_KEY_STORE', ''],
    ['BOLT_MODE', 'unprotected'],
  ])('%s=%j is refused', (name, value) => {
    expect(() => readConfig(serverOptions, { BOLT_CLINICS_FILE: 'x', [name]: value })).toThrow(name);
  });
});
