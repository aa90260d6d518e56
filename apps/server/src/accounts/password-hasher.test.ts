import { expect, test } from 'vitest';
import { codeOfError } from '../http/problem-answer.ts';
import { HashGate, type HashLane } from './hash-gate.ts';
import { HashProcess } from './hash-process.ts';
import { PasswordHasher } from './password-hasher.ts';
import { readCommonPasswords } from './password-policy.ts';

const cheap = { cost: { memoryKib: 8, passes: 1 }, running: 1, waiting: 8 };
const password = 'seven loud tractors sing';

test('[crypto] [H-08] at the cost of production a verifier is argon2id with these parameters, and opens with its password only', async () => {
  const hasher = new PasswordHasher({ cost: { memoryKib: 65_536, passes: 3 }, running: 1, waiting: 8 });
  const verifier = await hasher.hash(password);
  expect(verifier).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(await hasher.verify(verifier, password, 'stranger')).toBe(true);
  expect(await hasher.verify(verifier, `${password} `, 'stranger')).toBe(false);
  expect(await hasher.verify(null, password, 'stranger')).toBe(false);
  expect(hasher.isOutdated(verifier)).toBe(false);
  expect(hasher.computed).toBe(4);
});

test('[crypto] two hashes of one password differ: each has a salt of its own', async () => {
  const hasher = new PasswordHasher(cheap);
  expect(await hasher.hash(password)).not.toBe(await hasher.hash(password));
});

test('[crypto] a verifier of other parameters is outdated, whichever differs', async () => {
  const verifier = await new PasswordHasher(cheap).hash(password);
  for (const cost of [
    { memoryKib: 16, passes: 1 },
    { memoryKib: 8, passes: 2 },
  ]) {
    const hasher = new PasswordHasher({ ...cheap, cost });
    expect(hasher.isOutdated(verifier)).toBe(true);
    expect(await hasher.verify(verifier, password, 'stranger')).toBe(true);
  }
  expect(new PasswordHasher(cheap).isOutdated(verifier)).toBe(false);
});

test('[login] the decoy for unknown names has the parameters of a real verifier', async () => {
  const hasher = new PasswordHasher(cheap);
  expect(await hasher.verify(null, 'anything', 'stranger')).toBe(false);
  expect(await hasher.verify(null, '', 'stranger')).toBe(false);
  expect(hasher.computed).toBe(2);
});

test('[login] [abuse] so many run, so many wait, the next is told at once; all who wait get their turn in order', async () => {
  const gate = new HashGate({ running: 2, waiting: 3 });
  const release: (() => void)[] = [];
  const order: number[] = [];
  const start = (n: number) =>
    gate.run('stranger', () => {
      order.push(n);
      return new Promise<number>((resolve) => release.push(() => resolve(n)));
    });
  const admitted = [0, 1, 2, 3, 4].map(start);
  expect(gate.isFull('stranger')).toBe(true);
  expect(order).toEqual([0, 1]);
  await expect(start(5).catch((error: unknown) => codeOfError(error).code)).resolves.toBe('sign_in_busy');
  for (let done = 0; done < 5; done += 1) {
    release[done]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await Promise.all(admitted)).toEqual([0, 1, 2, 3, 4]);
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(gate.isFull('stranger')).toBe(false);
});

test('[login] [abuse] a full lane of strangers keeps no known browser out: it waits apart, and goes first', async () => {
  const gate = new HashGate({ running: 1, waiting: 2 });
  const release: (() => void)[] = [];
  const order: string[] = [];
  const start = (lane: HashLane, name: string) =>
    gate.run(lane, () => {
      order.push(name);
      return new Promise<void>((resolve) => release.push(resolve));
    });
  const strangers = ['s1', 's2', 's3'].map((name) => start('stranger', name));
  expect([gate.isFull('stranger'), gate.isFull('known')]).toEqual([true, false]);
  const known = ['k1', 'k2'].map((name) => start('known', name));
  expect(gate.isFull('known')).toBe(true);
  await expect(start('known', 'k3').catch((error: unknown) => codeOfError(error).code)).resolves.toBe(
    'sign_in_busy',
  );
  for (let done = 0; done < 5; done += 1) {
    release[done]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all([...strangers, ...known]);
  expect(order).toEqual(['s1', 'k1', 'k2', 's2', 's3']);
});

test('[abuse] a hash that fails frees its place', async () => {
  const gate = new HashGate({ running: 1, waiting: 1 });
  const broken = gate.run('stranger', () => Promise.reject(new Error('out of memory')));
  const next = gate.run('stranger', async () => 'served');
  await expect(broken).rejects.toThrow('out of memory');
  await expect(next).resolves.toBe('served');
});

test('the list of known passwords is folded, long enough and not empty', () => {
  const known = readCommonPasswords();
  expect(known.size).toBeGreaterThan(10_000);
  for (const each of ['password', '12345678', 'qwertyuiop', 'iloveyou']) expect(known.has(each)).toBe(true);
  expect([...known].filter((each) => each !== each.toLowerCase() || [...each].length < 8)).toEqual([]);
});

test('[crypto] [abuse] a process of its own computes the same, goes on after a crash, and ends with stop', async () => {
  const engine = new HashProcess();
  try {
    const hasher = new PasswordHasher({ ...cheap, engine });
    const verifier = await hasher.hash(password);
    expect(await new PasswordHasher(cheap).verify(verifier, password, 'stranger')).toBe(true);
    expect(await hasher.verify(verifier, 'another password', 'stranger')).toBe(false);
    expect(await hasher.verify(null, password, 'stranger')).toBe(false);
    const slow = engine.hash(password, { memoryKib: 262_144, passes: 8 });
    engine.stop();
    await expect(slow).rejects.toThrow('the hash process ended');
    expect(await hasher.verify(verifier, password, 'stranger')).toBe(true);
  } finally {
    engine.stop();
  }
});

test('[crypto] what cannot be computed is an error, not a wrong password', async () => {
  const engine = new HashProcess();
  try {
    await expect(engine.verify('not a verifier', password)).rejects.toThrow('could not be computed');
  } finally {
    engine.stop();
  }
});
