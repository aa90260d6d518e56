import { type Agreement, agreementRegisterSchema } from '@workflow-bolt/contracts';
import { describe, expect, test } from 'vitest';
import { agreementProblem, unverifiedVendors } from './agreement-gate.ts';

const agreement: Agreement = {
  vendor: 'tebra',
  name: 'Tebra',
  service: 'The EHR that holds the record of reference.',
  signedOn: '2026-01-15',
  endsOn: null,
  verifiedOn: '2026-06-01',
  incidentNoticeHours: 72,
};
const problem = (more: Partial<Agreement>, today = '2026-11-23') =>
  agreementProblem({ agreements: [{ ...agreement, ...more }] }, 'tebra', today);

describe('[H-21] a connector needs a signed agreement', () => {
  test('that is in force: from the day of signing to the last day', () => {
    expect(problem({})).toBeNull();
    expect(problem({}, '2026-01-15')).toBeNull();
    expect(problem({ endsOn: '2026-11-23' })).toBeNull();
  });

  test('not signed, signed for later, ended, or with somebody else: it stays off', () => {
    expect(problem({ signedOn: null })).toBe('no agreement with tebra is signed');
    expect(problem({}, '2026-01-14')).toBe('no agreement with tebra is signed');
    expect(problem({ endsOn: '2026-11-22' })).toBe('the agreement with tebra has ended');
    expect(problem({ vendor: 'aws' })).toBe('the register has no agreement with tebra');
  });

  test('a new agreement takes over from one that has ended', () => {
    const agreements = [
      { ...agreement, endsOn: '2026-06-30' },
      { ...agreement, signedOn: '2026-07-01' },
    ];
    expect(agreementProblem({ agreements }, 'tebra', '2026-11-23')).toBeNull();
  });

  test('a register with a date that does not exist, or a field of its own, is refused', () => {
    const parse = (more: object) =>
      agreementRegisterSchema.safeParse({ agreements: [{ ...agreement, ...more }] });
    expect(parse({}).success).toBe(true);
    for (const more of [
      { signedOn: '2026-02-30' },
      { signedOn: 'yes' },
      { waived: true },
      { vendor: 'acme' },
    ])
      expect(parse(more).success).toBe(false);
  });
});

test('[N-08] a vendor verifies its safeguards once a year', () => {
  const due = (verifiedOn: string | null, today: string) =>
    unverifiedVendors({ agreements: [{ ...agreement, verifiedOn }] }, today);
  expect(due('2026-06-01', '2027-06-02')).toEqual([]);
  expect(due('2026-06-01', '2027-06-03')).toEqual(['tebra']);
  expect(due(null, '2026-11-23')).toEqual(['tebra']);
});
