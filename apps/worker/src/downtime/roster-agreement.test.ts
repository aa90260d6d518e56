import { expect, test } from 'vitest';
import { rosterAgreementProblem } from './roster-agreement.ts';

const today = '2026-11-23';

test.each([
  ['production', '.bolt/downtime', null],
  ['development', 's3://rosters', null],
  ['production', 's3://rosters', /aws|AWS|Amazon/],
  ['production', 'gs://rosters', /google|Google/],
] as const)(
  '[H-14] in %s rosters to %s need the agreement of whose bucket it is',
  (mode, downtime, problem) => {
    const found = rosterAgreementProblem({ mode, downtime }, null, today);
    if (problem === null) expect(found).toBeNull();
    else expect(found).toMatch(problem);
  },
);
