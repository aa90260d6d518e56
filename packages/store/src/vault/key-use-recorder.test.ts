import { Fault, type SecurityEvent, securityEventSchema } from '@workflow-bolt/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KeyUse } from './key-hierarchy.ts';
import { KeyUseRecorder } from './key-use-recorder.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const use = (more: Partial<KeyUse> = {}): KeyUse => ({
  ...{ use: 'opened', clinic: 'north', kid: 'ck1', period: null },
  ...more,
});
const failed = (more: Partial<KeyUse> = {}) =>
  use({ use: 'failed', kid: '202611~0123456789ab~7', period: '2026-11', reason: 'tampered', ...more });

function recorder(keep: (event: SecurityEvent) => Promise<void> = async () => {}) {
  const events: SecurityEvent[] = [];
  const errors: unknown[] = [];
  const record = async (event: SecurityEvent) => {
    // As the record does: what does not fit the schema is refused.
    events.push(securityEventSchema.parse(event));
    await keep(event);
  };
  const uses = new KeyUseRecorder({ record, clinics: ['north'], onError: (error) => errors.push(error) });
  return { uses, events, errors };
}

describe('[audit] [I5] key use on the record', () => {
  it('names clinic, key and act, and nothing else', async () => {
    const { uses, events } = recorder();
    uses.take(use());
    uses.take(use({ use: 'created', kid: 'rk2', period: '2026-11' }));
    uses.take(use({ use: 'destroyed', kid: 'rk1', period: '2026-10' }));
    await uses.stop();
    const vault = { uid: 'vault', kind: 'service', role: null };
    const common = { cid: 'north', type: 'security', sub: 'key', out: 0, agent: vault, pou: 'SYSADMN' };
    expect(events).toEqual([
      { ...common, act: 'E', ent: [{ t: 'Key', id: 'ck1', n: 1 }], job: 'key.opened' },
      { ...common, act: 'C', ent: [{ t: 'Key', id: '2026-11/rk2', n: 1 }], job: 'key.created' },
      { ...common, act: 'D', ent: [{ t: 'Key', id: '2026-10/rk1', n: 1 }], job: 'key.destroyed' },
    ]);
  });

  it('one entry for each key and moment, however often it was used', () => {
    const { uses, events } = recorder();
    for (let i = 0; i < 400; i++) uses.take(use());
    uses.take(use({ kid: 'ik1' }));
    vi.advanceTimersByTime(600);
    expect(events.map(({ ent }) => ent)).toEqual([
      [{ t: 'Key', id: 'ck1', n: 400 }],
      [{ t: 'Key', id: 'ik1', n: 1 }],
    ]);
    uses.take(use());
    vi.advanceTimersByTime(1_000);
    expect(events).toHaveLength(3);
  });

  it('[crypto] a failure is an alarm at once; repeated, it is counted for a minute', () => {
    const { uses, events } = recorder();
    for (let i = 0; i < 3; i++) uses.take(failed({ kid: `202611~0123456789ab~${i}` }));
    vi.advanceTimersByTime(600);
    const told = { sub: 'key', out: 8, why: 'tampered', job: 'key.failed' };
    expect(events).toMatchObject([
      { ...told, ent: [{ t: 'Key', id: '2026-11/202611/0123456789ab/0', n: 3 }] },
    ]);
    for (let second = 0; second < 50; second++) {
      uses.take(failed());
      vi.advanceTimersByTime(1_000);
    }
    expect(events).toHaveLength(1);
    vi.advanceTimersByTime(15_000);
    expect(events.slice(1)).toMatchObject([{ ...told, ent: [{ n: 50 }] }]);
  });

  it('[crypto] another reason or month is another matter', () => {
    const { uses, events } = recorder();
    for (const more of [{}, { reason: 'wrong_key' }, { period: '2026-10' }]) uses.take(failed(more));
    vi.advanceTimersByTime(600);
    expect(events.map(({ why, ent }) => [why, ent?.[0]?.id.slice(0, 7)])).toEqual([
      ['tampered', '2026-11'],
      ['wrong_key', '2026-11'],
      ['tampered', '2026-10'],
    ]);
  });

  it('[crypto] what was destroyed on purpose is refused without an alarm', () => {
    const { uses, events } = recorder();
    uses.take(failed({ reason: 'destroyed_key' }));
    uses.take(failed({ reason: 'keys_unavailable' }));
    vi.advanceTimersByTime(600);
    expect(events.map(({ out, why }) => [out, why])).toEqual([
      [4, 'destroyed_key'],
      [8, 'keys_unavailable'],
    ]);
  });

  it('a clinic without a log of its own is told in the installation’s', async () => {
    const { uses, events } = recorder();
    uses.take(use({ clinic: 'closed-down' }));
    await uses.stop();
    expect(events).toMatchObject([{ cid: null, ent: [{ t: 'Key' }, { t: 'Clinic', id: 'closed-down' }] }]);
  });

  it('an entry that cannot be kept is told, and does not stop the next', async () => {
    let isAway = true;
    const { uses, events, errors } = recorder(async () => {
      if (isAway) throw new Fault('store_unavailable');
    });
    uses.take(use());
    await uses.flush();
    expect(errors).toMatchObject([{ code: 'store_unavailable' }]);
    isAway = false;
    uses.take(use({ kid: 'ck2' }));
    await uses.stop();
    expect([events.length, errors.length]).toEqual([2, 1]);
  });
});
