import { isCertificateOf } from '@workflow-bolt/audit-verifier';
import type { EntityId } from '@workflow-bolt/contracts';
import { afterAll, expect, test } from 'vitest';
import { MemoryObjectStore } from '../../test/memory-object-store.ts';
import { board, keyFile, person, vaultOn } from '../../test/sealed-day.ts';
import { cryptReasonOf } from './crypt-failure.ts';
import { destroyDataKeys } from './destroy-keys.ts';
import { kidOf } from './envelope.ts';
import { keyCacheMs } from './key-hierarchy.ts';
import {
  clinicKeysInUse,
  retentionKeysInUse,
  rewrapClinicKeys,
  rotateClinicKey,
  rotateRetentionKey,
  sweepClinic,
  sweepScope,
} from './rotate-keys.ts';
import { readSealedText } from './sealed-text.ts';
import { scopeOf, type Vault } from './vault.ts';

const keys = await keyFile();
afterAll(() => keys.remove());
const scope = scopeOf(board);
const order = { by: 'mia', reason: 'the month has ended' };
const ids: EntityId[] = Array.from({ length: 150 }, (_, i): EntityId => `p:w${i}`);
const late = 3 * keyCacheMs;

/** A day of 150 patients: three blocks of data keys. */
async function sealedDay(store: MemoryObjectStore): Promise<Map<EntityId, string>> {
  const codec = vaultOn(keys.provider, store).vault.board(board);
  await codec.open();
  await codec.reserve(ids);
  const stamp = { over: 0, commandId: 'client-a:1' };
  return new Map(ids.map((id) => [id, codec.sealEntity(id, person(id.slice(2)), stamp)]));
}

/** How many of the records a process that starts now can read. */
async function readable(
  store: MemoryObjectStore,
  texts: Map<EntityId, string>,
): Promise<Record<string, number>> {
  const codec = vaultOn(keys.provider, store).vault.board(board);
  const found: Record<string, number> = {};
  const count = (word: string) => {
    found[word] = (found[word] ?? 0) + 1;
  };
  await codec.open();
  for (const [id, text] of texts) {
    try {
      await codec.prepare([text]);
      const opened = codec.openEntity(id, text, 1);
      const isErased = opened.type === 'person' && opened.fullName === 'Erased' && opened.dob === null;
      count(isErased ? 'erased' : 'read');
    } catch (error) {
      count(cryptReasonOf(error) ?? String(error));
    }
  }
  return found;
}

const kidsOf = (texts: Map<EntityId, string>, id: EntityId): string[] =>
  readSealedText(texts.get(id) ?? '').parts.map(({ envelope }) => kidOf(envelope));

test('[H-05] a rotated provider key rewraps the clinic keys; then the former may be switched off', async () => {
  const own = await keyFile();
  const store = new MemoryObjectStore();
  const { vault } = vaultOn(own.provider, store);
  const codec = vault.board(board);
  await codec.open();
  await codec.reserve(['p:w1']);
  const text = codec.sealEntity('p:w1', person('w1'), { over: 0, commandId: 'client-a:1' });
  const former = (await own.provider.status()).keys.find((key) => key.purpose === 'phi')?.kid ?? '';
  await own.provider.rotate('phi');
  expect(await rewrapClinicKeys(vault.hierarchy, 'north')).toBe(2);
  expect(await rewrapClinicKeys(vault.hierarchy, 'north')).toBe(0);
  await own.provider.setState(former, 'disabled');
  const fresh = vaultOn(own.provider, store).vault.board(board);
  await fresh.open();
  await fresh.prepare([text]);
  expect(fresh.openEntity('p:w1', text, 1)).toEqual(person('w1'));
  await own.remove();
});

test('[crypto] [H-06] a key version that is switched off opens nothing, and that is told', async () => {
  const own = await keyFile();
  const store = new MemoryObjectStore();
  await vaultOn(own.provider, store).vault.board(board).open();
  const former = (await own.provider.status()).keys.find((key) => key.purpose === 'phi')?.kid ?? '';
  await own.provider.rotate('phi');
  await own.provider.setState(former, 'disabled');
  const { vault, uses } = vaultOn(own.provider, store);
  await expect(vault.board(board).open()).rejects.toMatchObject({ details: { reason: 'disabled_key' } });
  expect(uses).toEqual([{ use: 'failed', clinic: 'north', kid: 'ik', period: null, reason: 'disabled_key' }]);
  await own.remove();
});

test('[H-05] clinic and month keys rotate; the sweeps end with nothing under the former keys', async () => {
  const store = new MemoryObjectStore();
  const texts = await sealedDay(store);
  const { vault, clock } = vaultOn(keys.provider, store);
  const { hierarchy } = vault;
  expect(await rotateClinicKey(hierarchy, 'north')).toBe('ck2');
  expect(await rotateRetentionKey(hierarchy, scope)).toBe('rk2');
  const seen: (string | null)[] = [];
  const swept = await sweepScope(hierarchy, scope, {
    onProgress: ({ done, total, oldest }) => seen.push(`${done}/${total} ${oldest}`),
  });
  expect([seen, swept.oldest]).toEqual([['1/3 rk1', '2/3 rk1', '3/3 rk2'], 'rk2']);
  expect((await sweepClinic(hierarchy, 'north')).oldest).toBe('ck2');
  expect([...(await retentionKeysInUse(hierarchy, scope))]).toEqual([['rk2', 3]]);
  expect([...(await clinicKeysInUse(hierarchy, 'north'))]).toEqual([['ck2', 2]]);
  // Another process may still hold the former keys as its newest: they go only later.
  const names = () => [...store.objects.keys()].filter((name) => /(clinic|retention)-key/.test(name)).sort();
  expect(names()).toHaveLength(4);
  clock.now += late;
  await sweepScope(hierarchy, scope);
  await sweepClinic(hierarchy, 'north');
  expect(names()).toEqual([
    'clinics/north/clinic-key/ck2.json',
    'clinics/north/flow/2026-11/retention-key/rk2.json',
  ]);
  expect(await readable(store, texts)).toEqual({ read: 150 });
});

/** All of a rotation, as an operator or a job runs it. */
async function rotateAll(vault: Vault, clock: { now: number }): Promise<void> {
  const { hierarchy } = vault;
  await rotateClinicKey(hierarchy, 'north');
  await rotateRetentionKey(hierarchy, scope);
  clock.now += late;
  await sweepScope(hierarchy, scope);
  await sweepClinic(hierarchy, 'north');
}

test('[crypto] a rotation that is killed after any step leaves nothing unreadable, and goes on from there', async () => {
  const before = new MemoryObjectStore();
  const texts = await sealedDay(before);
  let steps = 0;
  for (let isDone = false; !isDone; steps++) {
    const store = before.copy();
    store.changesLeft = steps;
    const { vault, clock } = vaultOn(keys.provider, store);
    isDone = await rotateAll(vault, clock).then(
      () => true,
      () => false,
    );
    store.changesLeft = Number.POSITIVE_INFINITY;
    expect(await readable(store, texts)).toEqual({ read: 150 });
    const next = vaultOn(keys.provider, store);
    next.clock.now += 2 * late;
    await sweepScope(next.vault.hierarchy, scope);
    await sweepClinic(next.vault.hierarchy, 'north');
    expect((await retentionKeysInUse(next.vault.hierarchy, scope)).size).toBe(1);
    expect(await readable(store, texts)).toEqual({ read: 150 });
  }
  // Two new keys, three blocks, a former month key, a resealed month key, a former clinic key: each step was cut once.
  expect(steps).toBe(8);
});

test('[H-23] [privacy] a destroyed month is gone here, in every other process, and in a restored backup', async () => {
  const store = new MemoryObjectStore();
  const texts = await sealedDay(store);
  const { vault } = vaultOn(keys.provider, store);
  const certificate = await vault.destroyPeriod({ clinic: 'north', period: '2026-11' }, order);
  // The texts are what a backup of Redis holds.
  expect(await readable(store, texts)).toEqual({ erased: 150 });
  expect([...store.objects.keys()].filter((name) => /blocks|retention-key/.test(name))).toEqual([]);
  expect(certificate.destruction).toMatchObject({
    clinic: 'north',
    period: '2026-11',
    scope: 'period',
    unrecoverableFrom: certificate.destruction.destroyedAt + 7 * 86_400_000,
    ...order,
  });
  expect(certificate.destruction.keys.map(({ kid }) => kid.replace(/[0-9a-f]{12}/, '…'))).toEqual([
    'rk1',
    'block/…',
    'block/…',
    'block/…',
  ]);
  expect(JSON.stringify(certificate)).not.toContain('anary');
  // Nothing new is sealed under a month that is gone.
  const codec = vaultOn(keys.provider, store).vault.board(board);
  await codec.open();
  await expect(codec.reserve(['p:new'])).rejects.toMatchObject({ details: { reason: 'destroyed_key' } });
});

test('[H-23] [crypto] a process that works on a month when another destroys it lets its keys go, and seals nothing more', async () => {
  const store = new MemoryObjectStore();
  const texts = await sealedDay(store);
  const working = vaultOn(keys.provider, store).vault;
  const codec = working.board(board);
  await codec.open();
  await codec.prepare([...texts.values()]);
  await codec.reserve(['p:new']);
  const own = working.dataKeys(scope);
  const [kid = ''] = kidsOf(texts, 'p:w7');
  expect([own.get(kid) === undefined, own.numSpare > 0]).toEqual([false, true]);
  await vaultOn(keys.provider, store).vault.destroyPeriod({ clinic: 'north', period: '2026-11' }, order);
  await own.refresh();
  expect([own.get(kid), own.numSpare]).toEqual(['destroyed', 0]);
  await expect(codec.reserve(['p:new'])).rejects.toMatchObject({ details: { reason: 'destroyed_key' } });
});

test('[H-23] [crypto] a certificate is valid under the key its reader trusts only, and as it was signed only', async () => {
  const store = new MemoryObjectStore();
  await sealedDay(store);
  const { vault } = vaultOn(keys.provider, store);
  const certificate = await vault.destroyPeriod({ clinic: 'north', period: '2026-11' }, order);
  const trusted = await keys.provider.publicKey();
  expect(isCertificateOf(certificate, trusted)).toBe(true);
  const forged = { ...certificate, destruction: { ...certificate.destruction, by: 'nobody' } };
  expect(isCertificateOf(forged, trusted)).toBe(false);
  expect(isCertificateOf({ ...certificate, signature: '' }, trusted)).toBe(false);
  expect(
    isCertificateOf({ ...certificate, destruction: { ...certificate.destruction, extra: 1 } }, trusted),
  ).toBe(false);
  const other = await keyFile();
  expect(isCertificateOf(certificate, await other.provider.publicKey())).toBe(false);
  expect(isCertificateOf(certificate, Buffer.from(''))).toBe(false);
  await other.remove();
});

test('[H-23] a destruction that is killed after any step is completed by asking again, with what it first found', async () => {
  const before = new MemoryObjectStore();
  const texts = await sealedDay(before);
  for (let steps = 1, isDone = false; !isDone; steps++) {
    const store = before.copy();
    store.changesLeft = steps;
    const destroy = () =>
      vaultOn(keys.provider, store).vault.destroyPeriod({ clinic: 'north', period: '2026-11' }, order);
    isDone = await destroy().then(
      () => true,
      () => false,
    );
    store.changesLeft = Number.POSITIVE_INFINITY;
    // The mark is first: from then on nothing of the month is shown.
    expect(await readable(store, texts)).toEqual({ erased: 150 });
    const { destruction } = await destroy();
    expect(destruction.keys).toHaveLength(4);
    expect([...store.objects.keys()].filter((name) => /blocks|retention-key/.test(name))).toEqual([]);
  }
});

test('[H-23] [privacy] one patient is forgotten; all others stay, also when the sweep meets the destruction', async () => {
  const store = new MemoryObjectStore();
  const texts = await sealedDay(store);
  const { vault } = vaultOn(keys.provider, store);
  const kids = kidsOf(texts, 'p:w7');
  await rotateRetentionKey(vault.hierarchy, scope);
  const sweeper = vaultOn(keys.provider, store).vault;
  const [certificate] = await Promise.all([
    destroyDataKeys(vault.hierarchy, scope, kids, order),
    sweepScope(sweeper.hierarchy, scope),
  ]);
  expect(certificate.destruction).toMatchObject({ scope: 'records', keys: [{ kid: kids[0] }] });
  expect(await readable(store, texts)).toEqual({ read: 149, erased: 1 });
  await sweepScope(sweeper.hierarchy, scope);
  expect(await readable(store, texts)).toEqual({ read: 149, erased: 1 });
});

test('[crypto] keys of another clinic or month are not destroyed by a wrong id', async () => {
  const store = new MemoryObjectStore();
  const texts = await sealedDay(store);
  const { vault } = vaultOn(keys.provider, store);
  for (const kid of ['202610~000000000000~1', 'rk1', '../../south~1', ''])
    await expect(destroyDataKeys(vault.hierarchy, scope, [kid], order)).rejects.toMatchObject({
      details: { reason: 'unknown_key' },
    });
  expect(await readable(store, texts)).toEqual({ read: 150 });
});

test('[crypto] wrapped keys do not open in another place: clinics, months and blocks cannot be exchanged', async () => {
  const store = new MemoryObjectStore();
  const texts = await sealedDay(store);
  const south = vaultOn(keys.provider, store).vault.board({ ...board, clinic: 'south' });
  await south.open();
  await south.reserve(['p:w1']);
  const swap = async (a: string, b: string) => {
    const swapped = store.copy();
    swapped.objects.set(a, store.objects.get(b) ?? Buffer.from(''));
    return readable(swapped, texts);
  };
  const [first = '', second = ''] = [...store.objects.keys()].filter((name) =>
    name.includes('north/flow/2026-11/blocks'),
  );
  expect(await swap('clinics/north/clinic-key/ck1.json', 'clinics/south/clinic-key/ck1.json')).toEqual({
    tampered: 150,
  });
  expect(
    await swap(
      'clinics/north/flow/2026-11/retention-key/rk1.json',
      'clinics/south/flow/2026-11/retention-key/rk1.json',
    ),
  ).toEqual({ wrong_key: 150 });
  const mixed = await swap(first, second);
  expect(mixed.read).toBeGreaterThan(0);
  expect(mixed.wrong_key ?? mixed.tampered).toBeGreaterThan(0);
});

test('data keys are kept before they are used: a process that dies leaves no record without its key', async () => {
  const store = new MemoryObjectStore();
  const { vault } = vaultOn(keys.provider, store);
  const codec = vault.board(board);
  await codec.open();
  store.changesLeft = 0;
  await expect(codec.reserve(['p:w1'])).rejects.toMatchObject({ code: 'keys_unavailable' });
  expect(() => codec.sealEntity('p:w1', person('w1'), { over: 0, commandId: 'client-a:1' })).toThrow(
    RangeError,
  );
});
