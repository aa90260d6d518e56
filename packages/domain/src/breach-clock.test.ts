import { describe, expect, test } from 'vitest';
import { assessBreach, type BreachCase, breachFactors } from './breach-assessment.ts';
import {
  addDays,
  type BreachFacts,
  breachDeadlines,
  contingencyNoticeDueAt,
  missedDeadlines,
} from './breach-clock.ts';

const facts: BreachFacts = {
  discoveredOn: '2026-11-23',
  party: 'covered-entity',
  affected: 120,
  affectedInOneStateMax: 120,
  contractDays: null,
  silentUntil: null,
};
const due = (more: Partial<BreachFacts>) =>
  Object.fromEntries(breachDeadlines({ ...facts, ...more }).map(({ to, dueOn }) => [to, dueOn]));

describe('[H-18] clocks of a breach', () => {
  test('a small one: people within 60 days, the Secretary 60 days after the year', () => {
    expect(breachDeadlines(facts)).toEqual([
      { to: 'individuals', basis: '45 CFR 164.404(b)', dueOn: '2027-01-22' },
      { to: 'secretary', basis: '45 CFR 164.408(c)', dueOn: '2027-03-01' },
    ]);
  });

  test('in a leap year the sixtieth day after the year is the 29th of February', () => {
    expect(due({ discoveredOn: '2027-05-01' }).secretary).toBe('2028-02-29');
  });

  test('499 and 500 people differ for the Secretary, 500 and 501 of one state for the media', () => {
    expect(due({ affected: 499 }).secretary).toBe('2027-03-01');
    expect(due({ affected: 500, affectedInOneStateMax: 500 })).toEqual({
      individuals: '2027-01-22',
      secretary: '2027-01-22',
    });
    expect(due({ affected: 501, affectedInOneStateMax: 501 })).toEqual({
      individuals: '2027-01-22',
      secretary: '2027-01-22',
      media: '2027-01-22',
    });
    expect(due({ affected: 2_000, affectedInOneStateMax: 400 }).media).toBeUndefined();
  });

  test('a vendor tells its customer, by contract before the law asks', () => {
    expect(due({ party: 'business-associate' })).toEqual({ 'covered-entity': '2027-01-22' });
    expect(breachDeadlines({ ...facts, party: 'business-associate', contractDays: 3 })).toEqual([
      { to: 'covered-entity-by-contract', basis: 'Business associate contract', dueOn: '2026-11-26' },
      { to: 'covered-entity', basis: '45 CFR 164.410(b)', dueOn: '2027-01-22' },
    ]);
  });

  test('a request for silence moves only what would be due before its end', () => {
    expect(due({ silentUntil: '2027-02-10' })).toEqual({
      individuals: '2027-02-10',
      secretary: '2027-03-01',
    });
    expect(due({ silentUntil: '2026-12-01' })).toEqual(due({}));
  });

  test('nobody affected, nobody to tell', () => {
    expect(breachDeadlines({ ...facts, affected: 0 })).toEqual([]);
  });

  test('the last day is in time, the next is not; a late notice stays late', () => {
    const deadlines = breachDeadlines(facts);
    const missed = (today: string, sentOn = {}) =>
      missedDeadlines(deadlines, sentOn, today).map(({ to }) => to);
    expect(missed('2027-01-22')).toEqual([]);
    expect(missed('2027-01-23')).toEqual(['individuals']);
    expect(missed('2027-03-02')).toEqual(['individuals', 'secretary']);
    expect(missed('2027-03-02', { individuals: '2027-01-10', secretary: '2027-03-01' })).toEqual([]);
    expect(missed('2027-01-24', { individuals: '2027-01-23' })).toEqual(['individuals']);
  });

  test('days are counted across the change of clocks, of month and of year', () => {
    expect(addDays('2026-03-07', 1)).toBe('2026-03-08');
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(() => addDays('yesterday', 1)).toThrow(RangeError);
  });

  test('[N-08] a vendor’s contingency notice is due a day to the millisecond after activation', () => {
    expect(contingencyNoticeDueAt(1_000)).toBe(86_401_000);
  });
});

describe('[H-18] the four factors', () => {
  const low = {
    probability: 'low' as const,
    reason: 'The recipient is bound by confidentiality and confirmed deletion.',
  };
  const all: BreachCase = {
    isSecured: false,
    exception: null,
    factors: Object.fromEntries(breachFactors.map((factor) => [factor, low])),
  };

  test('all low with reasons: low probability', () => {
    expect(assessBreach(all)).toEqual({ verdict: 'low-probability' });
  });

  test('one not rated, one not low, one without a reason: notice is due', () => {
    const { 'was-it-seen': _seen, ...three } = all.factors;
    expect(assessBreach({ ...all, factors: three })).toEqual({
      verdict: 'notify',
      because: ['was-it-seen was not rated'],
    });
    expect(
      assessBreach({ ...all, factors: { ...three, 'was-it-seen': { ...low, probability: 'medium' } } }),
    ).toEqual({ verdict: 'notify', because: ['was-it-seen is medium'] });
    expect(
      assessBreach({ ...all, factors: { ...three, 'was-it-seen': { ...low, reason: ' no ' } } }),
    ).toEqual({
      verdict: 'notify',
      because: ['was-it-seen has no reason in writing'],
    });
    expect(assessBreach({ ...all, factors: {} })).toMatchObject({ verdict: 'notify' });
  });

  test('encrypted data, and the three exceptions of the law, are no breach', () => {
    expect(assessBreach({ ...all, factors: {}, isSecured: true })).toEqual({ verdict: 'not-unsecured' });
    expect(assessBreach({ ...all, factors: {}, exception: 'could-not-be-retained' })).toEqual({
      verdict: 'excepted',
    });
  });
});
