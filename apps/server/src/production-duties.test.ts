import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type AgreementRegister, readConfig, serverOptions } from '@workflow-bolt/contracts';
import { describe, expect, test } from 'vitest';
import { missingDuties } from './production-duties.ts';

const config = (environment: Record<string, string>) =>
  readConfig(serverOptions, { BOLT_CLINICS_FILE: 'unused', BOLT_MODE: 'production', ...environment });
const officials = {
  BOLT_PUBLIC_ORIGIN: 'https://board.example.org',
  BOLT_SECURITY_OFFICIAL: 'Practice manager, 555-0100',
  BOLT_PRIVACY_OFFICIAL: 'Dr. Okafor',
};
const missing = (environment: Record<string, string>, register: AgreementRegister | null = null) =>
  missingDuties(config(environment), register, '2026-11-23');

describe('[H-14] a production server names who answers for it', () => {
  test('with both officials nothing is missing', () => {
    expect(missing(officials)).toEqual([]);
  });

  test('without them, or with a dash, it does not start', () => {
    const both = [
      'Name the security official (BOLT_SECURITY_OFFICIAL).',
      'Name the privacy official (BOLT_PRIVACY_OFFICIAL).',
    ];
    const { BOLT_PUBLIC_ORIGIN } = officials;
    expect(missing({ BOLT_PUBLIC_ORIGIN })).toEqual(both);
    expect(
      missing({ BOLT_PUBLIC_ORIGIN, BOLT_SECURITY_OFFICIAL: '-', BOLT_PRIVACY_OFFICIAL: ' . ' }),
    ).toEqual(both);
    expect(missing({ ...officials, BOLT_PRIVACY_OFFICIAL: '' })).toEqual(both.slice(1));
  });

  test('[csrf] without an address on https it does not start', () => {
    const asked = ['Say where people open it, with https (BOLT_PUBLIC_ORIGIN).'];
    const { BOLT_PUBLIC_ORIGIN: _, ...people } = officials;
    expect(missing(people)).toEqual(asked);
    expect(missing({ ...people, BOLT_PUBLIC_ORIGIN: 'http://board.example.org' })).toEqual(asked);
  });

  test('a development server needs nobody', () => {
    expect(missing({ BOLT_MODE: 'development' })).toEqual([]);
  });
});

describe('[H-21] a cloud that holds keys or archives needs a signed agreement', () => {
  const keys = { ...officials, BOLT_KEYS: 'gcpkms://projects/p/locations/l/keyRings/r' };
  const signed = (vendor: 'google-cloud' | 'aws', signedOn: string | null): AgreementRegister => ({
    agreements: [
      {
        vendor,
        name: 'Cloud',
        service: 'Holds keys.',
        signedOn,
        endsOn: null,
        verifiedOn: null,
        incidentNoticeHours: 72,
      },
    ],
  });

  test('no register, no agreement, an unsigned one: refused; a signed one: started', () => {
    const refused = ['BOLT_AGREEMENTS_FILE: the register has no agreement with google-cloud.'];
    expect(missing(keys)).toEqual(refused);
    expect(missing(keys, signed('aws', '2026-01-01'))).toEqual(refused);
    expect(missing(keys, signed('google-cloud', null))).toEqual([
      'BOLT_AGREEMENTS_FILE: no agreement with google-cloud is signed.',
    ]);
    expect(missing(keys, signed('google-cloud', '2026-01-01'))).toEqual([]);
  });

  test('each cloud for itself', () => {
    expect(
      missing({ ...keys, BOLT_KEY_STORE: 's3://bucket/keys' }, signed('google-cloud', '2026-01-01')),
    ).toEqual(['BOLT_AGREEMENTS_FILE: the register has no agreement with aws.']);
  });
});

test('[H-14] [P03] the process itself says so and ends with 1, before it opens anything', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env.PATH ?? '', BOLT_CLINICS_FILE: 'unused', NODE_ENV: 'production' },
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: [
      'server: This server is not ready for production:',
      '  Name the security official (BOLT_SECURITY_OFFICIAL).',
      '  Name the privacy official (BOLT_PRIVACY_OFFICIAL).',
      '  Say where people open it, with https (BOLT_PUBLIC_ORIGIN).',
      '',
    ].join('\n'),
  });
});
