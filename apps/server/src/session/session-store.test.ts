import type { User } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { type SessionKeys, SessionStore } from './session-store.ts';

const user: User = { id: 'dana', name: 'Dana', role: 'front-desk', clinics: ['north'] };

class MemoryKeys implements SessionKeys {
  readonly held = new Map<string, string>();
  isAway = false;
  async get(key: string) {
    if (this.isAway) throw new Error('away');
    return this.held.get(key) ?? null;
  }
  async setWithTtl(key: string, value: string) {
    this.held.set(key, value);
  }
  async delete(key: string) {
    this.held.delete(key);
  }
}

function stores(count: number) {
  const keys = new MemoryKeys();
  const clock = { now: 1_000_000 };
  const made = Array.from({ length: count }, () => new SessionStore(keys, 60_000, () => clock.now));
  return { keys, clock, made };
}

test('what is stored does not contain the token', async () => {
  const { keys, made } = stores(1);
  const opened = await made[0]?.open(user, 'desk-1');
  const stored = [...keys.held].flat().join();
  expect(opened?.token).toMatch(/^[\w-]{43}$/);
  expect(stored).not.toContain(opened?.token);
  expect(await made[0]?.find(opened?.token ?? '')).toEqual(opened?.session);
});

test('a session ends at its time, at the end of it, and everywhere within five seconds', async () => {
  const { clock, made } = stores(2);
  const [here, there] = made;
  const opened = await here?.open(user, null);
  const token = opened?.token ?? '';
  expect(await there?.find(token)).toEqual(opened?.session);
  if (opened) await here?.end(opened.session);
  expect(await here?.find(token)).toBeNull();
  clock.now += 5_001;
  expect(await there?.find(token)).toBeNull();
  const second = await here?.open(user, null);
  clock.now += 60_000;
  expect(await here?.find(second?.token ?? '')).toBeNull();
});

test('while the store is away, who was signed in stays so; an unknown token is a fault, not a refusal', async () => {
  const { keys, clock, made } = stores(1);
  const opened = await made[0]?.open(user, null);
  keys.isAway = true;
  clock.now += 10_000;
  expect(await made[0]?.find(opened?.token ?? '')).toEqual(opened?.session);
  await expect(made[0]?.find('x'.repeat(43))).rejects.toThrow('away');
  clock.now += 60_000;
  expect(await made[0]?.find(opened?.token ?? '')).toBeNull();
});
