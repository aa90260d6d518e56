import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgreementRegister, WorkerConfig } from '@workflow-bolt/contracts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ehrAgreementProblem } from './ehr-agreement.ts';

const register = (signedOn: string | null): AgreementRegister => ({
  agreements: [
    {
      vendor: 'tebra',
      name: 'Tebra',
      service: 'The EHR.',
      signedOn,
      endsOn: null,
      verifiedOn: null,
      incidentNoticeHours: 72,
    },
  ],
});
const vendor = 'https://webservice.ehr.example/3/soap';
const problem = (
  mode: WorkerConfig['mode'],
  ehrUrl: string | null,
  signed: AgreementRegister | null = null,
) => ehrAgreementProblem({ mode, ehrUrl }, signed, '2026-11-23');

describe('[H-21] the connector to the EHR', () => {
  test('speaks to a simulator on this machine without an agreement, in development only', () => {
    for (const url of ['http://127.0.0.1:4010/soap', 'http://localhost:1/', 'http://[::1]:1/']) {
      expect(problem('development', url)).toBeNull();
      expect(problem('production', url)).toContain('stays off');
    }
  });

  test.each([
    ['the vendor by default', null],
    ['the vendor by address', vendor],
    ['an address that only looks like this machine', 'http://127.0.0.1.example.org/'],
    ['this machine as somebody else’s user name', 'http://localhost@ehr.example/'],
    ['no address at all', 'localhost'],
  ])('[authz] stays off without one, in development as well: %s', (_what, url) => {
    expect(problem('development', url)).toBe(
      'The connector to the EHR stays off: the register has no agreement with tebra (BOLT_AGREEMENTS_FILE).',
    );
  });

  test('starts with a signed one, and not with an unsigned one', () => {
    expect(problem('production', vendor, register('2026-01-01'))).toBeNull();
    expect(problem('production', vendor, register(null))).toContain('no agreement with tebra is signed');
  });

  test('another EHR needs an agreement of its own', () => {
    const config = { mode: 'production', ehrUrl: 'https://ehr.example.org/fhir' } as const;
    expect(ehrAgreementProblem(config, register('2026-01-01'), '2026-11-23', 'fhir')).toBe(
      'The connector to the EHR stays off: the register has no agreement with fhir-ehr (BOLT_AGREEMENTS_FILE).',
    );
  });

  test('the process says so and ends with 1', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bolt-agreement-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const clinics = join(folder, 'clinics.json');
    const clinic = { id: 'north', name: 'North', zone: 'America/Chicago', rooms: [] };
    writeFileSync(clinics, JSON.stringify({ clinics: [clinic] }));
    const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      env: {
        PATH: process.env.PATH ?? '',
        BOLT_CLINICS_FILE: clinics,
        BOLT_EHR_CUSTOMER_KEY: 'k',
        BOLT_EHR_USER: 'u',
        BOLT_EHR_PASSWORD: 'p',
      },
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'worker: The connector to the EHR stays off: the register has no agreement with tebra (BOLT_AGREEMENTS_FILE).\n',
    });
  });
});
