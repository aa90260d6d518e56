import { Fault, type SecurityEvent, securityEventSchema } from '@workflow-bolt/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { auditedProvider } from './audited-provider.ts';
import type { KeyProvider } from './key-provider.ts';
import { KeyUseRecorder } from './key-use-recorder.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const bytes = new Uint8Array([1]);
function provider(more: Partial<KeyProvider> = {}): KeyProvider {
  return {
    wrap: async () => 'w',
    unwrap: async () => bytes,
    mac: async () => bytes,
    sign: async () => bytes,
    publicKey: async () => bytes,
    wrappedBy: () => 'k1',
    status: async () => ({ kind: 'local-file', keys: [] }),
    rotate: async () => null,
    ...more,
  };
}

function audited(raw: KeyProvider) {
  const events: SecurityEvent[] = [];
  const record = async (event: SecurityEvent) => void events.push(securityEventSchema.parse(event));
  const uses = new KeyUseRecorder({ record, clinics: ['north'], onError: () => {} });
  return {
    keys: auditedProvider(
      () => raw,
      (use) => uses.take(use),
    ),
    events,
  };
}
const said = (events: readonly SecurityEvent[]) =>
  events.map(({ cid, job, out, why, ent }) => [cid, job, out, why ?? null, ent]);

it('[audit] [crypto] [H-06] credentials, sessions and signatures: told at once, then counted for an hour', async () => {
  const { keys, events } = audited(provider());
  for (let i = 0; i < 30; i++) await keys.unwrap('credentials', 'w', 'a');
  await keys.mac('session-mac', bytes);
  await keys.sign(bytes);
  vi.advanceTimersByTime(600);
  const used = (purpose: string, n: number) => [
    null,
    'key.used',
    0,
    null,
    [{ t: 'Key', id: `kek/${purpose}`, n }],
  ];
  expect(said(events)).toEqual([used('credentials', 30), used('session-mac', 1), used('audit-sign', 1)]);
  for (let minute = 0; minute < 59; minute++) {
    await keys.unwrap('credentials', 'w', 'a');
    vi.advanceTimersByTime(60_000);
  }
  expect(events).toHaveLength(3);
  vi.advanceTimersByTime(61_000);
  expect(said(events.slice(3))).toEqual([used('credentials', 59)]);
});

it('[audit] [crypto] what does not open is an alarm, and the caller hears of it as before', async () => {
  const refused = new Fault('phi_unreadable');
  const { keys, events } = audited(provider({ unwrap: () => Promise.reject(refused) }));
  await expect(keys.unwrap('credentials', 'w', 'a')).rejects.toBe(refused);
  vi.advanceTimersByTime(600);
  expect(said(events)).toEqual([
    [null, 'key.failed', 8, 'phi_unreadable', [{ t: 'Key', id: 'kek/credentials', n: 1 }]],
  ]);
});

it('[audit] keys of boards are told where they are opened, not here', async () => {
  const { keys, events } = audited(provider());
  await keys.wrap('phi', bytes, 'a');
  await keys.unwrap('phi', 'w', 'a');
  vi.advanceTimersByTime(600);
  expect(events).toEqual([]);
});
