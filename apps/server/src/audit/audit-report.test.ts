import { type AuditEvent, auditEventSchema } from '@workflow-bolt/contracts';
import { describe, expect, test } from 'vitest';
import { ActivityCount, isOfClinic } from './audit-report.ts';

const at = 1_773_151_200_000;
function event(more: Partial<AuditEvent>): AuditEvent {
  return auditEventSchema.parse({
    ...{ v: 1, id: `security/${at}-0`, ts: at, src: 'security', sn: 1, sat: at, cid: null },
    ...{ type: 'auth', sub: 'login', act: 'E', out: 4, agent: { uid: 'ann', kind: 'human', role: null } },
    ...more,
  });
}

/** Ann is of this clinic, Bob of another only; of anybody else nothing is known. */
const belongsHere = (uid: string): boolean | null => ({ ann: true, bob: false })[uid] ?? null;
const human = (uid: string) => ({ uid, kind: 'human' as const, role: null });
const anonymous = { uid: 'anonymous', kind: 'anonymous' as const, role: null };
const account = (id: string) => [{ t: 'Account', id }];

describe('[authz] [audit] whose entries of the installation a clinic’s auditor reads', () => {
  test.each([
    ['of one’s own person', { agent: human('ann') }, true],
    ['of somebody of another clinic only', { agent: human('bob') }, false],
    ['about one’s own person, by somebody of another', { agent: human('bob'), ent: account('ann') }, true],
    ['about somebody of another, by one’s own', { agent: human('ann'), ent: account('bob') }, true],
    ['a stranger at the account of one’s own', { agent: anonymous, ent: account('ann') }, true],
    ['a stranger at the account of another', { agent: anonymous, ent: account('bob') }, false],
    ['a stranger under a name that nobody has', { agent: anonymous }, true],
    ['a part of the installation', { agent: human('vault') }, true],
  ])('%s', (_what, more, isRead) => {
    expect(isOfClinic(event(more), belongsHere)).toBe(isRead);
  });
});

test('[H-13] what an account did is counted by kind, and each patient once', () => {
  const count = new ActivityCount();
  const of = (more: Partial<AuditEvent>) => count.add(event({ type: 'rest', out: 0, ...more }));
  of({ sub: 'read', act: 'R', ts: at + 5 });
  of({ sub: 'vread', act: 'R', pat: ['p1'], ts: at + 9 });
  of({ sub: 'update', act: 'U', pat: ['p1', 'p2'], ts: at + 1 });
  of({ sub: 'print', act: 'R' });
  of({ sub: 'export', act: 'R' });
  of({ sub: 'update', act: 'U', out: 4, why: 'room_occupied' });
  of({ sub: 'update', act: 'U', agent: human('bob'), ts: at + 2 });
  const empty = { role: null, refusals: 0, takenAway: 0, patients: 0 };
  expect(count.rows).toEqual([
    {
      uid: 'ann',
      role: null,
      reads: 2,
      changes: 1,
      refusals: 1,
      takenAway: 2,
      patients: 2,
      firstAt: at,
      lastAt: at + 9,
    },
    { ...empty, uid: 'bob', reads: 0, changes: 1, firstAt: at + 2, lastAt: at + 2 },
  ]);
});
