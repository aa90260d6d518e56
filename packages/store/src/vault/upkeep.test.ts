import { afterAll, expect, test } from 'vitest';
import { MemoryObjectStore } from '../../test/memory-object-store.ts';
import { board, keyFile, person, vaultOn } from '../../test/sealed-day.ts';
import { clinicKeyLifeMs, keepAllKeys } from './upkeep.ts';

const keys = await keyFile();
afterAll(() => keys.remove());

test('[H-05] keys are renewed when they are due, everything moves to the new ones, and records stay readable', async () => {
  const store = new MemoryObjectStore();
  const { vault, clock } = vaultOn(keys.provider, store);
  const codec = vault.board(board);
  await codec.open();
  await codec.reserve(['p:w1']);
  const text = codec.sealEntity('p:w1', person('w1'), { over: 0, commandId: 'client-a:1' });
  const [young] = await keepAllKeys(vault.hierarchy);
  expect(young).toEqual({
    clinic: 'north',
    rewrapped: 0,
    rotatedTo: null,
    sweep: { done: 1, total: 1, oldest: 'ck1' },
  });
  clock.now += clinicKeyLifeMs;
  await keys.provider.rotate('phi');
  const [due] = await keepAllKeys(vault.hierarchy);
  expect(due).toEqual({
    clinic: 'north',
    rewrapped: 2,
    rotatedTo: 'ck2',
    sweep: { done: 1, total: 1, oldest: 'ck2' },
  });
  const fresh = vaultOn(keys.provider, store).vault.board(board);
  await fresh.open();
  await fresh.prepare([text]);
  expect(fresh.openEntity('p:w1', text, 1)).toEqual(person('w1'));
});

test('a destroyed month is left alone by the upkeep', async () => {
  const store = new MemoryObjectStore();
  const { vault } = vaultOn(keys.provider, store);
  const codec = vault.board(board);
  await codec.open();
  await codec.reserve(['p:w1']);
  await vault.destroyPeriod({ clinic: 'north', period: '2026-11' }, { by: 'mia', reason: 'ended' });
  expect(await keepAllKeys(vault.hierarchy)).toMatchObject([{ sweep: { done: 0, total: 0, oldest: null } }]);
  expect([...store.objects.keys()].filter((name) => name.includes('retention-key'))).toEqual([]);
});
