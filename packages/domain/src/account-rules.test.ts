import { type Role, roles } from '@workflow-bolt/contracts';
import { describe, expect, test } from 'vitest';
import { administrationProblem, rolesProblem } from './account-rules.ts';
import { canonicalLogin, isUsableLogin } from './login-name.ts';
import { separatedRoles } from './permission-matrix.ts';

describe('[AC-LOGIN] login names', () => {
  test.each([
    ['June.Park', 'june.park'],
    [' june.park\t', 'june.park'],
    ['ｊｕｎｅ.park', 'june.park'],
    ['june\u200b.park', 'june.park'],
    ['june\u00a0.park', 'june.park'],
    ['JUNE.PARK', 'june.park'],
    ['STRASSE', 'strasse'],
    ['straße', 'strasse'],
    ['ﬁona', 'fiona'],
    ['zoe\u0308', 'zoë'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
  ])('[H-02] %j is %j', (typed, canonical) => {
    expect(canonicalLogin(typed)).toBe(canonical);
    expect(canonicalLogin(canonicalLogin(typed))).toBe(canonical);
  });

  test.each(['june.park', 'j2', 'june@clinic.example', 'юлия.ким', 'zoë'])('%s can be a name', (name) => {
    expect(isUsableLogin(canonicalLogin(name))).toBe(true);
  });

  test.each([
    '',
    'j',
    '.june',
    'june park'.replace(' ', '/'),
    'june{acct}',
    'аdmin-latin',
    'x'.repeat(65),
    '-june',
  ])('%j cannot', (name) => {
    expect(isUsableLogin(canonicalLogin(name))).toBe(false);
  });
});

describe('[AC-DUTY] which roles go together', () => {
  const people = roles.filter((role) => !['service', 'agent', 'display', 'system'].includes(role));

  test('[H-16] an administrator is nothing else, an auditor no manager; all other pairs of people go', () => {
    const pairs = people.flatMap((a) => people.filter((b) => a < b).map((b) => [a, b] as const));
    const refused = pairs.filter(([a, b]) => rolesProblem('human', [a, b])?.rule === 'separated');
    const expected = pairs.filter(
      ([a, b]) => a === 'admin' || b === 'admin' || (a === 'auditor' && b === 'manager'),
    );
    expect(refused).toEqual(expected);
    expect(separatedRoles.length).toBe(expected.length);
  });

  test.each(people)('%s alone is a role for a person and none for a service', (role) => {
    expect(rolesProblem('human', [role])).toBeNull();
    expect(rolesProblem('service', [role])).toEqual({ rule: 'kind', roles: [role] });
  });

  test.each(['service', 'agent', 'display'] as const)(
    '%s is a role for a program and none for a person',
    (role) => {
      expect(rolesProblem('service', [role])).toBeNull();
      expect(rolesProblem('human', [role])).toEqual({ rule: 'kind', roles: [role] });
    },
  );

  test('nobody is the system, and no role is held twice', () => {
    expect(rolesProblem('human', ['system'])?.rule).toBe('kind');
    expect(rolesProblem('service', ['system'])?.rule).toBe('kind');
    expect(rolesProblem('human', ['nurse', 'nurse'])?.rule).toBe('twice');
  });
});

describe('[AC-LEVEL] who administers whom', () => {
  const by = (role: Role, clinics: string[]) => ({ uid: 'me', roles: [role], clinics });
  const standing = (role: Role, clinics: string[], uid: string | null = 'them') => ({
    uid,
    roles: [role],
    clinics,
  });

  test.each([
    ['a manager, a nurse of the own clinic', by('manager', ['a']), standing('nurse', ['a']), null],
    ['a manager, another manager of the own clinic', by('manager', ['a']), standing('manager', ['a']), null],
    ['a manager, an admin', by('manager', ['a']), standing('admin', ['a']), 'level_too_high'],
    ['a manager, an auditor', by('manager', ['a']), standing('auditor', ['a']), 'level_too_high'],
    ['a manager, a nurse of another clinic', by('manager', ['a']), standing('nurse', ['b']), 'other_clinic'],
    ['a manager, a nurse of both', by('manager', ['a']), standing('nurse', ['a', 'b']), 'other_clinic'],
    ['a manager, somebody of no clinic', by('manager', ['a']), standing('nurse', []), 'other_clinic'],
    ['a manager, himself', by('manager', ['a']), standing('manager', ['a'], 'me'), 'own_account'],
    ['an admin, himself', by('admin', []), standing('admin', [], 'me'), 'own_account'],
    ['an admin, a manager anywhere', by('admin', []), standing('manager', ['a', 'b']), null],
    ['an admin, another admin', by('admin', []), standing('admin', []), null],
    ['an admin, an auditor', by('admin', []), standing('auditor', ['a']), null],
    ['a nurse, anybody', by('nurse', ['a']), standing('viewer', ['a']), 'not_an_administrator'],
    ['an auditor, anybody', by('auditor', ['a']), standing('viewer', ['a']), 'not_an_administrator'],
  ])('[authz] %s', (_who, administrator, account, problem) => {
    expect(administrationProblem(administrator, account)).toBe(problem);
  });
});
