/** The registers, and what each of them must notice. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { accessReview, type ReviewedAccount, roleConflicts } from './access-review.ts';
import { type CodeFacts, codeFacts, hostsIn, inventoryGaps, networkMap } from './asset-inventory.ts';
import { assets, flows } from './assets.ts';
import { billOfMaterials, type Lock, readLock, unpinnedPackages } from './bill-of-materials.ts';
import { advisoriesSchema, overduePatches } from './patch-deadlines.ts';
import { covered, registerChecks, riskRegisterPath } from './register-checks.ts';
import { analysisFaults, overdueActions, type RiskRegister, readRiskRegister } from './risk-register.ts';

const root = join(import.meta.dirname, '../..');
const now = Date.parse('2026-11-23T12:00:00Z');
const dayMs = 86_400_000;

describe('[H-10] [H-11] the risk register', () => {
  const register = readRiskRegister(join(root, riskRegisterPath));
  /** The day it was made: its age and its actions are judged at each run, not in this test. */
  const madeAt = Date.parse(register.assessedOn);
  const with1 = (more: Partial<RiskRegister['risks'][number]>): RiskRegister => {
    const [first, ...rest] = register.risks;
    if (!first) throw new Error('the register is empty');
    return { ...register, risks: [{ ...first, ...more }, ...rest] };
  };

  test('covers every asset and every flow, and names only what exists', () => {
    expect(analysisFaults(register, covered(), madeAt)).toEqual([]);
    expect(overdueActions(register, madeAt)).toEqual([]);
  });

  test('[P05] a new asset, flow or a control that is gone is noticed', () => {
    const more = { ...covered(), assets: [...covered().assets, 'fax'], flows: [...covered().flows, 'F-99'] };
    expect(analysisFaults(register, more, madeAt)).toEqual([
      'no risk covers the asset fax',
      'no risk covers the flow F-99',
    ]);
    expect(analysisFaults(with1({ controls: ['H-99'] }), covered(), madeAt)).toContain(
      'a risk names the unknown control H-99',
    );
  });

  test('is good for a year, to the day', () => {
    const at = (days: number) => analysisFaults(register, covered(), madeAt + days * dayMs);
    expect(at(365)).toEqual([]);
    expect(at(366)).toEqual(['the risk analysis is 366 days old']);
    expect(at(-1)).toEqual(['the risk analysis is dated in the future']);
  });

  test('[H-11] an action is overdue from the day after its date, unless it is done', () => {
    const action = {
      what: 'Try the restore.',
      owner: 'Security official',
      dueOn: '2026-11-22',
      doneOn: null,
    };
    const overdue = (more: object) => overdueActions(with1({ actions: [{ ...action, ...more }] }), now);
    const others = overdueActions(with1({ actions: [] }), now);
    expect(overdue({})).toEqual([
      'R-01 is overdue since 2026-11-22 (Security official): Try the restore.',
      ...others,
    ]);
    expect(overdue({ dueOn: '2026-11-23' })).toEqual(others);
    expect(overdue({ doneOn: '2026-11-20' })).toEqual(others);
  });

  test('a rating that controls make worse, and a high risk that nobody treats, are faults', () => {
    const bad = with1({
      inherent: { likelihood: 2, impact: 4 },
      residual: { likelihood: 4, impact: 4 },
      treatment: 'transfer',
      actions: [],
    });
    expect(analysisFaults(bad, covered(), madeAt)).toEqual([
      'R-01 is rated worse with its controls than without',
      'R-01 stays high and nobody does anything about it',
    ]);
  });

  test('[P05] a register that cannot be read turns its controls red', () => {
    const checks = registerChecks(join(root, 'nowhere'), now, join(root, 'nowhere.json'));
    expect(Object.entries(checks).filter(([, faults]) => faults.length === 0)).toEqual([]);
  });
});

describe('[N-01] [N-04] the inventory', () => {
  const facts = codeFacts(root);
  const gaps = (more: Partial<CodeFacts>) => inventoryGaps({ ...facts, ...more });

  test('names everything the code has', () => {
    expect(facts.appFolders.length).toBeGreaterThan(3);
    expect(facts.hosts.length).toBeGreaterThan(0);
    expect(inventoryGaps(facts)).toEqual([]);
  });

  test('[P02] a new process, option, library or host that it does not name is found', () => {
    expect(gaps({ appFolders: [...facts.appFolders, 'apps/proxy'] })).toEqual(['apps/proxy is no asset']);
    expect(gaps({ addressOptions: ['BOLT_SMS_URL'] })).toEqual(['BOLT_SMS_URL points at no asset']);
    expect(gaps({ dependencies: ['react', '@sentry/node'] })).toEqual(['@sentry/node connects to no asset']);
    const text = 'fetch(`https://cdn.tracker.com/a`); // see https://docs.example.org';
    expect(hostsIn(text, 'a.ts')).toEqual([{ host: 'cdn.tracker.com', file: 'a.ts' }]);
    expect(gaps({ hosts: hostsIn(text, 'a.ts') })).toEqual(['a.ts names cdn.tracker.com']);
  });

  test('draws every asset and every flow', () => {
    const map = networkMap();
    for (const { id, name } of assets)
      expect(map).toMatch(new RegExp(`${id}[\\[({]+"${name.replace(/[()]/g, '\\$&')}"`));
    for (const { id, from, to } of flows) expect(map).toContain(`${from} -- ${id} --> ${to}`);
  });
});

describe('[N-06] patches in time', () => {
  const list = (severity: string, publishedOn: string, checkedOn = '2026-11-23') =>
    advisoriesSchema.parse({
      checkedOn,
      advisories: [{ id: 'GHSA-1', package: 'left', severity, publishedOn, fixedIn: '2.0.1' }],
    });

  test.each([
    ['critical', '2026-11-08', '2026-11-07'],
    ['high', '2026-10-24', '2026-10-23'],
    ['moderate', '2026-08-25', '2026-08-24'],
  ])('%s: the last day is in time, the day after is not', (severity, inTime, late) => {
    expect(overduePatches(list(severity, inTime), now)).toEqual([]);
    expect(overduePatches(list(severity, late), now)).toEqual([
      `GHSA-1 against left (${severity}) is open since ${late}, fixed in 2.0.1`,
    ]);
  });

  test('a list that is older than the shortest deadline says nothing about today', () => {
    expect(overduePatches({ checkedOn: '2026-11-07', advisories: [] }, now)).toEqual([
      'the list of advisories is of 2026-11-07',
    ]);
  });
});

describe('[N-07] what is shipped', () => {
  const lock = readLock(join(root, 'package-lock.json'));
  const integrity = `sha512-${Buffer.alloc(64, 1).toString('base64')}`;
  const entry = { version: '1.0.0', resolved: 'https://registry.example/a.tgz', integrity };
  const of = (more: object): Lock => ({ packages: { 'node_modules/@s/a': { ...entry, ...more } } });

  test('every package is bound to its content', () => {
    expect(unpinnedPackages(lock)).toEqual([]);
  });

  test('a weak digest, none, or a package from a repository is found; what is for development is not shipped', () => {
    for (const more of [
      { integrity: 'sha1-AAAA' },
      { integrity: undefined },
      { resolved: 'git+ssh://host/a.git' },
    ])
      expect(unpinnedPackages(of(more))).toEqual(['@s/a@1.0.0']);
    expect(unpinnedPackages(of({ integrity: undefined, dev: true }))).toEqual([]);
  });

  test('the bill of materials names each with its digest', () => {
    expect(billOfMaterials(of({ license: 'MIT' }), '0.1.0')).toMatchObject({
      bomFormat: 'CycloneDX',
      components: [
        {
          name: '@s/a',
          purl: 'pkg:npm/%40s/a@1.0.0',
          hashes: [{ alg: 'SHA-512', content: '01'.repeat(64) }],
          licenses: [{ expression: 'MIT' }],
        },
      ],
    });
    const { components } = billOfMaterials(lock, '0.1.0') as { components: { name: string }[] };
    const names = components.map(({ name }) => name);
    expect(names).toContain('express');
    expect(names).not.toContain('vitest');
    expect(names.filter((name) => /^(?:crypto-js|firebase|auth0)/.test(name))).toEqual([]);
  });
});

describe('[H-15] the review of access', () => {
  const person = (more: Partial<ReviewedAccount['account']> = {}): ReviewedAccount => ({
    account: {
      uid: '0192f3aa-0000-7000-8000-000000000001',
      kind: 'human',
      login: 'ann',
      name: 'Ann',
      roles: ['front-desk'],
      clinics: ['north'],
      state: 'active',
      version: 1,
      createdAt: now - 400 * dayMs,
      changedAt: now - 400 * dayMs,
      exportAllowedAt: null,
      owner: null,
      ...more,
    },
    factors: { hasPassword: true, totp: { addedAt: now }, passkeys: 0, recoveryCodesLeft: 8 },
    lastSignInAt: now - dayMs,
    apiTokens: 0,
  });
  const remarks = (account: ReviewedAccount) => accessReview([account], now).map((row) => row.remarks);

  test('an ordinary account stands there without a remark; a deactivated one is gone', () => {
    expect(remarks(person())).toEqual([[]]);
    expect(remarks(person({ state: 'deactivated' }))).toEqual([]);
  });

  test('what a reviewer must look at', () => {
    const noFactor = { ...person(), factors: { ...person().factors, totp: null } };
    expect(remarks(noFactor)).toEqual([['no second factor']]);
    expect(remarks({ ...person(), lastSignInAt: now - 91 * dayMs })).toEqual([['no sign-in for 91 days']]);
    expect(remarks({ ...person(), lastSignInAt: null })).toEqual([['no sign-in for 400 days']]);
    expect(remarks({ ...person({ state: 'deactivated' }), apiTokens: 1 })).toEqual([
      ['deactivated, and still has tokens', '1 tokens for scripts'],
    ]);
    expect(remarks(person({ kind: 'service', login: null }))).toEqual([
      ['a service that nobody answers for'],
    ]);
  });

  test('[N-09] roles that control each other are not held together', () => {
    expect(roleConflicts(['admin'])).toEqual([]);
    expect(roleConflicts(['admin', 'auditor'])).toEqual(['holds admin and auditor together']);
    expect(roleConflicts(['admin', 'provider'])).toEqual(['holds admin and provider together']);
  });

  test('those with the most remarks come first', () => {
    const names = accessReview(
      [person({ name: 'Bea' }), { ...person({ name: 'Zoe' }), lastSignInAt: null }, person({ name: 'Ann' })],
      now,
    ).map(({ account }) => account.name);
    expect(names).toEqual(['Zoe', 'Ann', 'Bea']);
  });
});
