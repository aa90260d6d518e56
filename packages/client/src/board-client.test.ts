import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dana, ModelServer, marc, walkIn } from '../test/model-server.ts';
import { type BoardClient, createBoardClient } from './board-client.ts';
import type { BoardClientOptions } from './client-options.ts';
import { SubmitRefused } from './command-results.ts';
import { memoryStorage } from './outbox/outbox-storage.ts';

let server: ModelServer;
const opened: BoardClient[] = [];

function makeClient(more: Partial<BoardClientOptions> = {}): BoardClient {
  const { board, fetch, transport } = server;
  const client = createBoardClient({
    ...board,
    baseUrl: 'http://model',
    actor: dana,
    notify: 'sync',
    fetch,
    transport,
    ...more,
  });
  opened.push(client);
  return client;
}

async function liveClient(more: Partial<BoardClientOptions> = {}): Promise<BoardClient> {
  const client = makeClient(more);
  await client.start();
  await expect.poll(() => client.getSnapshot().connection.phase).toBe('live');
  return client;
}

const shown = (client: BoardClient) =>
  [...client.getSnapshot().entities.values()].flatMap(({ d }) =>
    d.type === 'visit' ? [`${d.id} ${d.status}`] : [],
  );
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Takes the server away and waits until the client knows. */
async function goOffline(client: BoardClient): Promise<void> {
  server.isStreamDown = true;
  server.outage = 'unreachable';
  server.cut();
  await expect.poll(() => client.getSnapshot().connection.isLive).toBe(false);
}

async function comeBack(client: BoardClient): Promise<void> {
  server.isStreamDown = false;
  server.outage = 'none';
  client.wake();
  await expect.poll(() => client.getSnapshot().connection.phase).toBe('live');
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  server = new ModelServer();
});
afterEach(async () => {
  for (const client of opened.splice(0)) await client.close();
});

describe('a step', () => {
  test('shows at once as pending, and stays shown when the stream has brought it', async () => {
    const client = await liveClient();
    server.outage = 'unreachable';
    client.submit(walkIn('w1'));
    await expect.poll(() => shown(client)).toEqual(['w1 arrived']);
    const { pending, pendingIds, serverEntities } = client.getSnapshot();
    expect([pending.map((it) => it.stage), pendingIds.has('v:w1'), serverEntities.has('v:w1')]).toEqual([
      ['waiting'],
      true,
      false,
    ]);
    server.outage = 'none';
    client.wake();
    await expect.poll(() => client.getSnapshot().pending).toEqual([]);
    expect([shown(client), client.getSnapshot().pendingIds.size]).toEqual([['w1 arrived'], 0]);
  });

  test('is answered with the outcome of the server', async () => {
    const client = await liveClient();
    expect(await client.submit(walkIn('w1')).settled).toMatchObject({ outcome: 'applied', n: 1, seq: 2 });
    server.apply({ type: 'setPinned', visitId: 'w1', isPinned: true });
    const stale = client.submit(
      { type: 'setCheckInCompleted', visitId: 'w1', isCompleted: true },
      { expectedVersion: 2 },
    );
    expect(await stale.settled).toMatchObject({ outcome: 'conflict', code: 'version_conflict' });
    const { attention } = client.getSnapshot();
    expect(attention.map(({ problem }) => [problem.kind, problem.current?.v, problem.by])).toEqual([
      ['conflict', 3, marc],
    ]);
  });

  test('that failed can be sent again upon the present version, or let go', async () => {
    const client = await liveClient();
    await client.submit(walkIn('w1')).settled;
    server.apply({ type: 'setPinned', visitId: 'w1', isPinned: true });
    const { commandId, settled } = client.submit(
      { type: 'setCheckInCompleted', visitId: 'w1', isCompleted: true },
      { expectedVersion: 2 },
    );
    await settled;
    await client.retry(commandId);
    await expect.poll(() => client.getSnapshot().attention).toEqual([]);
    await expect
      .poll(() => server.state.get('v:w1')?.d)
      .toMatchObject({ milestones: { checkInCompletedAt: expect.any(Number) } });
    const again = client.submit(
      { type: 'setPinned', visitId: 'w1', isPinned: false },
      { expectedVersion: 1 },
    );
    await again.settled;
    await client.dismiss(again.commandId);
    expect(client.getSnapshot().attention).toEqual([]);
  });

  test('several upon one visit follow each other, each upon the version of the one before', async () => {
    const client = await liveClient();
    await client.submit(walkIn('w1')).settled;
    const steps = [true, false, true].map((isPinned) =>
      client.submit({ type: 'setPinned', visitId: 'w1', isPinned }),
    );
    const outcomes = await Promise.all(steps.map(({ settled }) => settled));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
    expect(server.received.map(({ n }) => n)).toEqual([1, 2, 3, 4]);
  });

  test('[3.12] Quota exceeded / private mode: in memory, offline steps are refused loudly', async () => {
    const client = await liveClient({ storage: 'memory' });
    await goOffline(client);
    await expect(client.submit(walkIn('w1')).settled).rejects.toMatchObject({
      reason: 'cannot-save-offline',
    });
    expect([client.getSnapshot().storage, shown(client)]).toEqual(['memory', []]);
  });

  test('that is hard to take back is not prepared while the server is away', async () => {
    const client = await liveClient();
    await client.submit(walkIn('w1')).settled;
    await goOffline(client);
    const step = client.submit({ type: 'moveVisit', visitId: 'w1', to: 'entered-in-error', reason: 'twice' });
    await expect(step.settled).rejects.toBeInstanceOf(SubmitRefused);
    expect(client.getSnapshot().pending).toEqual([]);
  });
});

describe('undo', () => {
  test('takes back an unsent step as if it never happened', async () => {
    const client = await liveClient();
    await client.submit(walkIn('w1')).settled;
    await goOffline(client);
    const first = client.submit({ type: 'setPinned', visitId: 'w1', isPinned: true });
    await settle();
    client.submit({ type: 'setCheckInCompleted', visitId: 'w1', isCompleted: true });
    await expect.poll(() => client.getSnapshot().pending.length).toBe(2);
    expect(await client.undo('w1')).toBe('cancelled');
    await comeBack(client);
    expect(await first.settled).toMatchObject({ outcome: 'applied', n: 2 });
    expect(server.received.filter(({ command }) => command.type === 'setCheckInCompleted')).toEqual([]);
  });

  test('otherwise undoes it on the board', async () => {
    const client = await liveClient();
    await client.submit(walkIn('w1')).settled;
    await client.submit({ type: 'setCheckInCompleted', visitId: 'w1', isCompleted: true }).settled;
    expect(await client.undo('w1')).toMatchObject({ outcome: 'applied' });
    expect(server.state.get('v:w1')?.d).toMatchObject({
      milestones: expect.not.objectContaining({ checkInCompletedAt: expect.anything() }),
    });
  });
});

describe('undo of one step', () => {
  test('takes back that step while it is the last', async () => {
    const client = await liveClient();
    await client.submit(walkIn('w1')).settled;
    const step = client.submit({ type: 'setCheckInCompleted', visitId: 'w1', isCompleted: true });
    await step.settled;
    expect(await client.undoStep('w1', step)).toMatchObject({ outcome: 'applied' });
    expect(server.state.get('v:w1')?.d).toMatchObject({
      milestones: expect.not.objectContaining({ checkInCompletedAt: expect.anything() }),
    });
  });

  test('leaves a later step alone: the offer was for another one', async () => {
    const client = await liveClient();
    await client.submit(walkIn('w1')).settled;
    const step = client.submit({ type: 'setCheckInCompleted', visitId: 'w1', isCompleted: true });
    await step.settled;
    await client.submit({ type: 'setPinned', visitId: 'w1', isPinned: true }).settled;
    expect(await client.undoStep('w1', step)).toMatchObject({ code: 'undo_superseded' });
    expect(server.state.get('v:w1')?.d).toMatchObject({ isPinned: true });
  });
});

describe('[3.12] Browser kills/discards tab mid-commit', () => {
  test('an unsent step is still there after a reload, and goes out once', async () => {
    const client = await liveClient();
    await goOffline(client);
    client.submit(walkIn('w1'));
    await expect.poll(() => client.getSnapshot().pending.length).toBe(1);
    await client.close();
    server.isStreamDown = false;
    server.outage = 'none';
    const reloaded = await liveClient();
    await expect.poll(() => shown(reloaded)).toEqual(['w1 arrived']);
    await expect.poll(() => server.received.length).toBe(1);
  });

  test('[I1] a step whose answer was lost has one effect', async () => {
    const client = await liveClient();
    server.outage = 'lost-answer';
    const step = client.submit(walkIn('w1'));
    await expect.poll(() => client.getSnapshot().hold).toBe('outcome_unknown');
    server.outage = 'none';
    client.wake();
    expect(await step.settled).toMatchObject({ outcome: 'duplicate', n: 1, seq: 2 });
    expect([new Set(server.received.map(({ n }) => n)), server.state.seq]).toEqual([new Set([1]), 2]);
  });
});

describe('hold never deletes', () => {
  test.each([
    [401, 'not_authenticated'],
    [429, 'too_many_requests'],
    [503, 'store_unavailable'],
    [500, 'internal'],
  ])('%i %s', async (status, code) => {
    const client = await liveClient();
    server.outage = { status, code };
    const step = client.submit(walkIn('w1'));
    await expect.poll(() => client.getSnapshot().hold).toBe(code);
    expect([client.getSnapshot().pending.length, client.getSnapshot().attention]).toEqual([1, []]);
    server.outage = 'none';
    client.wake();
    expect(await step.settled).toMatchObject({ outcome: 'applied' });
  });

  test('403 goes before a person instead of being lost', async () => {
    const client = await liveClient();
    server.outage = { status: 403, code: 'permission_denied' };
    expect(await client.submit(walkIn('w1')).settled).toMatchObject({
      outcome: 'rejected',
      code: 'permission_denied',
    });
    expect(client.getSnapshot().attention).toHaveLength(1);
    server.outage = 'none';
    expect(await client.submit(walkIn('w2')).settled).toMatchObject({ outcome: 'applied', n: 1 });
  });
});

describe('[3.12] Redis failover, tail lost', () => {
  test('an acknowledged step that was not durable re-enters the new history', async () => {
    const client = await liveClient();
    await client.submit(walkIn('w1')).settled;
    server.durableSeq = 1;
    server.loseTail(1);
    expect(server.state.get('v:w1')).toBeUndefined();
    client.wake();
    await expect.poll(() => server.state.get('v:w1')?.d).toMatchObject({ status: 'arrived' });
    await expect.poll(() => [shown(client), client.getSnapshot().pending]).toEqual([['w1 arrived'], []]);
    expect(server.received.map(({ n }) => n)).toEqual([1, 1]);
  });

  test('one that the server called durable is not kept', async () => {
    const client = await liveClient();
    await client.submit(walkIn('w1')).settled;
    server.beat();
    await settle();
    server.loseTail(1);
    client.wake();
    await expect.poll(() => client.getSnapshot().connection.isLive).toBe(true);
    await settle();
    expect([server.received.length, shown(client)]).toEqual([1, []]);
  });
});

describe('[I10] what a screen may claim', () => {
  test('[3.12] Client asleep 8 h: a cached board is shown with its age, never as live', async () => {
    // As a tablet that slept: the page, and with it its storage, is the same.
    const storage = memoryStorage(() => crypto.randomUUID());
    const client = await liveClient({ storage });
    await client.submit(walkIn('w1')).settled;
    await client.close();
    server.isStreamDown = true;
    server.outage = 'unreachable';
    const clock = {
      monotonicMs: () => performance.now(),
      wallMs: () => Date.now() + 28_800_000,
      after: later,
    };
    const reloaded = makeClient({ clock, storage });
    await reloaded.start();
    expect([shown(reloaded), reloaded.getSnapshot().connection.isLive]).toEqual([['w1 arrived'], false]);
    expect(reloaded.ageMs()).toBeGreaterThanOrEqual(28_800_000);
    await reloaded.close();
  });

  test('[I8] [ONC-d-7] no board stays on the device: not while it is shown, nor when the screen was locked', async () => {
    const client = await liveClient();
    await client.submit(walkIn('w1')).settled;
    await client.stop();
    const [database] = await indexedDB.databases();
    const stores = await new Promise((resolve, reject) => {
      const opening = indexedDB.open(database?.name ?? '');
      opening.onsuccess = () => resolve([...opening.result.objectStoreNames]);
      opening.onerror = reject;
    });
    expect(stores).toEqual(['keys', 'lanes']);
  });

  test('[ONC-d-5] [kiosk] a locked screen holds nothing of a patient; an unsent step waits for its person', async () => {
    const client = await liveClient();
    await client.submit(walkIn('w1')).settled;
    server.outage = 'unreachable';
    const { settled } = client.submit(walkIn('w2'));
    await expect.poll(() => shown(client)).toContain('w2 arrived');
    const lost = settled.catch((error: unknown) => error);
    await client.conceal();
    const { entities, position, actor, presence } = client.getSnapshot();
    expect([entities.size, position, actor, presence]).toEqual([0, null, null, []]);
    expect(await lost).toMatchObject({ name: 'SubmitRefused' });
    server.outage = 'none';
    await client.start();
    await expect.poll(() => server.state.get('v:w2')?.d).toMatchObject({ status: 'arrived' });
    await expect.poll(() => shown(client)).toEqual(expect.arrayContaining(['w1 arrived', 'w2 arrived']));
  });

  test('[3.12] Client clock wrong by ±1 day: ages come from the server and the monotonic clock', async () => {
    const clock = {
      monotonicMs: () => performance.now(),
      wallMs: () => Date.now() - 86_400_000,
      after: later,
    };
    const client = await liveClient({ clock });
    expect(Math.abs(client.nowMs() - Date.now())).toBeLessThan(5_000);
    expect(client.ageMs()).toBeLessThan(5_000);
  });

  test('[3.12] Redis down (no failover): a heartbeat without the store makes it stale', async () => {
    const client = await liveClient();
    server.beat({ degraded: ['redis'] });
    const { connection } = client.getSnapshot();
    expect([connection.phase, connection.isLive, connection.degraded]).toEqual(['stale', false, ['redis']]);
    server.beat({ degraded: ['ehr'] });
    expect(client.getSnapshot().connection.isLive).toBe(true);
  });

  test('[H-19] how the system stands is kept as the server says it, and forgotten when it says nothing', async () => {
    const client = await liveClient();
    const system = () => client.getSnapshot().connection.system;
    expect(system()).toBe(null);
    server.beat({ system: { state: 'degraded', reasons: ['ehr-away', 'keys-away'] } });
    expect(system()).toEqual({ state: 'degraded', reasons: ['ehr-away', 'keys-away'] });
    server.beat({ system: { state: 'degraded', reasons: ['keys-away'] } });
    expect(system()).toEqual({ state: 'degraded', reasons: ['keys-away'] });
    server.beat({});
    expect(system()).toBe(null);
  });

  test('[3.12] Token revoked / role lowered: nothing that was seen stays, on screen or on disk', async () => {
    const client = await liveClient();
    await client.submit(walkIn('w1')).settled;
    server.isStreamDown = true;
    server.say('bye', { code: 'revoked', after: 0 });
    expect([shown(client), client.getSnapshot().serverEntities.size, client.ageMs()]).toEqual([[], 0, null]);
    await client.close();
    server.outage = 'unreachable';
    const reloaded = makeClient();
    await reloaded.start();
    expect(reloaded.getSnapshot().entities.size).toBe(0);
  });
});

describe('who sits here', () => {
  test("another person's steps are neither sent nor shown, and wait for their owner", async () => {
    const client = await liveClient();
    await goOffline(client);
    client.submit(walkIn('w1'));
    await expect.poll(() => client.getSnapshot().pending.length).toBe(1);
    // Before the network is back: until then it is still Dana who sits here, and a retry would rightly send her step.
    await client.signedIn(marc);
    server.isStreamDown = false;
    server.outage = 'none';
    await expect.poll(() => client.getSnapshot().connection.isLive || client.wake()).toBe(true);
    expect([shown(client), server.received, client.getSnapshot().pending]).toEqual([[], [], []]);
    await client.signedIn(dana);
    await expect.poll(() => server.received.length).toBe(1);
  });

  test('signing out forgets everything on the device', async () => {
    const client = await liveClient();
    await goOffline(client);
    client.submit(walkIn('w1'));
    await expect.poll(() => client.countUnsent()).toBe(1);
    await client.clear();
    expect([client.getSnapshot().entities.size, client.getSnapshot().actor]).toEqual([0, null]);
    const reloaded = makeClient();
    await reloaded.start();
    expect([reloaded.getSnapshot().entities.size, await reloaded.countUnsent()]).toEqual([0, 0]);
  });

  test('asks the server who is here when nobody says', async () => {
    const client = await liveClient({ actor: undefined });
    expect(client.getSnapshot().actor).toMatchObject({ id: 'dana', role: 'front-desk' });
  });
});

test('starting, stopping and starting again leaves one stream and a working board', async () => {
  const client = makeClient();
  void client.start();
  void client.stop();
  await client.start();
  await expect.poll(() => client.getSnapshot().connection.phase).toBe('live');
  expect(await client.submit(walkIn('w1')).settled).toMatchObject({ outcome: 'applied' });
});

test('the snapshot is the same object until something changed', async () => {
  const client = await liveClient();
  const before = client.getSnapshot();
  expect(client.getSnapshot()).toBe(before);
  server.apply(walkIn('w1'));
  expect(client.getSnapshot()).not.toBe(before);
});

test('resumes from its cursor and asks for no snapshot when nothing was missed', async () => {
  const client = await liveClient();
  server.cut();
  client.wake();
  await expect.poll(() => server.streamUrls.length).toBe(2);
  expect(
    server.streamUrls.map((url) => new URL(url).searchParams.get('cursor')?.split('.')[4] ?? null),
  ).toEqual([null, '1']);
});

function later(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
