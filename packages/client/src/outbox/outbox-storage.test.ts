import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, expect, test } from 'vitest';
import type { OutboxLane } from './outbox-lane.ts';
import { openStorage } from './outbox-storage.ts';

const canary = 'Zqcanary Zweifel';
const databaseName = 'workflow-bolt:noa';
let ids = 0;
const open = () => openStorage('noa', () => `client-${++ids}`);

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  ids = 0;
});

/** The lane with one more step that holds a name; only its form matters here. */
const withStep = (lane: OutboxLane, id: string): OutboxLane =>
  ({ ...lane, items: [...lane.items, { id, state: 'queued', command: { fullName: canary } }] }) as never;
const stepsOf = (lane: OutboxLane): string[] => lane.items.map(({ id }) => id);

/** Everything that is on the device, as text. */
async function onDevice(): Promise<string> {
  const db = await openDB(databaseName);
  const all = await Promise.all([...db.objectStoreNames].map((name) => db.getAll(name)));
  db.close();
  const bytes = all
    .flat()
    .map((value: { data?: ArrayBuffer }) =>
      value.data ? Buffer.from(value.data).toString('latin1') : JSON.stringify(value),
    );
  return bytes.join('\n');
}

test('[I8] [ONC-d-7] [privacy] a step that waits is sealed on the device, and is there after a restart', async () => {
  const storage = await open();
  await storage.updateLane('noa@north/2026-11-23', (lane) => withStep(lane, 's1'));
  expect(await storage.countUnsent()).toBe(1);
  storage.close();
  const stored = await onDevice();
  expect(stored).not.toContain('Zqcanary');
  expect(stored.length).toBeGreaterThan(100);
  const again = await open();
  expect(stepsOf(await again.updateLane('noa@north/2026-11-23', (lane) => lane))).toEqual(['s1']);
  again.close();
});

test('[I1] two tabs that write at once lose no step', async () => {
  const [one, two] = [await open(), await open()];
  const steps = Array.from({ length: 12 }, (_, i) => `s${i}`);
  await Promise.all(
    steps.map((id, i) => (i % 2 ? one : two).updateLane('lane', (lane) => withStep(lane, id))),
  );
  const lane = await one.updateLane('lane', (same) => same);
  expect(stepsOf(lane).sort()).toEqual(steps.sort());
  one.close();
  two.close();
});

test('[I8] what an earlier version left in plain is sealed when it is opened', async () => {
  const former = await openDB(databaseName, 2, { upgrade: (db) => void db.createObjectStore('lanes') });
  await former.put('lanes', withStep({ clientId: 'client-0', nextN: 1, items: [] }, 's1'), 'lane');
  former.close();
  const storage = await open();
  storage.close();
  expect(await onDevice()).not.toContain('Zqcanary');
  const again = await open();
  expect(await again.updateLane('lane', (lane) => lane)).toMatchObject({
    clientId: 'client-0',
    items: [{ id: 's1' }],
  });
  again.close();
});

test('[crypto] a lane that was changed, or moved to another name, is not opened', async () => {
  const storage = await open();
  await storage.updateLane('lane', (lane) => withStep(lane, 's1'));
  const db = await openDB(databaseName);
  const stored = await db.get('lanes', 'lane');
  await db.put('lanes', stored, 'other');
  await expect(storage.updateLane('other', (lane) => lane)).rejects.toThrow();
  const data = new Uint8Array(stored.data.slice(0));
  data[0] = (data[0] ?? 0) ^ 1;
  await db.put('lanes', { ...stored, data: data.buffer }, 'lane');
  await expect(storage.updateLane('lane', (lane) => lane)).rejects.toThrow();
  db.close();
  storage.close();
});

test('[ONC-d-7] the key cannot be read out, and a wiped device keeps no step', async () => {
  const storage = await open();
  await storage.updateLane('lane', (lane) => withStep(lane, 's1'));
  const db = await openDB(databaseName);
  const key = (await db.get('keys', 'lanes')) as CryptoKey;
  await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  await storage.wipe();
  expect([await db.count('lanes'), await storage.countUnsent()]).toEqual([0, 0]);
  db.close();
  storage.close();
});
