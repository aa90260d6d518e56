import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dana, ModelServer, walkIn } from '../../test/model-server.ts';
import { type BoardClient, createBoardClient } from '../board-client.ts';
import type { TabPorts } from '../client-options.ts';
import { exclusively, LeaderElection } from './leader-election.ts';
import type { TabChannel, TabMessage } from './tab-link.ts';

let server: ModelServer;
let tabs: TabPorts;
const opened: BoardClient[] = [];

/** Channels between tabs of one page: everyone but the sender hears, later, a copy. */
function channels(): (name: string) => TabChannel {
  const all = new Map<TabChannel, { name: string; hear: (message: TabMessage) => void }>();
  return (name) => {
    const channel: TabChannel = {
      post: (message) => {
        for (const [other, { name: theirs, hear }] of all)
          if (other !== channel && theirs === name) queueMicrotask(() => hear(structuredClone(message)));
      },
      listen: (hear) => all.set(channel, { name, hear }),
      close: () => all.delete(channel),
    };
    return channel;
  };
}

async function openTab(): Promise<BoardClient> {
  const { board, fetch, transport } = server;
  const client = createBoardClient({
    ...board,
    baseUrl: 'http://model',
    actor: dana,
    notify: 'sync',
    fetch,
    transport,
    tabs,
  });
  opened.push(client);
  await client.start();
  await expect.poll(() => client.getSnapshot().connection.phase).toBe('live');
  return client;
}

const shown = (client: BoardClient) =>
  [...client.getSnapshot().entities.values()].flatMap(({ d }) =>
    d.type === 'visit' ? [`${d.id} ${d.status}`] : [],
  );

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  server = new ModelServer();
  tabs = { locks: lockManager(), channel: channels() };
});
afterEach(async () => {
  for (const client of opened.splice(0)) await client.close();
});

describe('[3.12] Duplicate tabs', () => {
  test('share one stream, and each sees every change', async () => {
    const [one, two] = [await openTab(), await openTab()];
    server.apply(walkIn('w1'));
    await expect.poll(() => [shown(one), shown(two)]).toEqual([['w1 arrived'], ['w1 arrived']]);
    expect([
      server.streamUrls.length,
      one.getSnapshot().connection.isLeader,
      two.getSnapshot().connection.isLeader,
    ]).toEqual([1, true, false]);
  });

  test('number their steps in one row, so that none is written twice', async () => {
    const [one, two] = [await openTab(), await openTab()];
    const steps = [one.submit(walkIn('w1')), two.submit(walkIn('w2')), one.submit(walkIn('w3'))];
    const outcomes = await Promise.all(steps.map(({ settled }) => settled));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
    expect(server.received.map(({ n }) => n)).toEqual([1, 2, 3]);
    expect(new Set(server.received.map(({ clientId }) => clientId)).size).toBe(1);
  });

  test('when the leader goes, a follower takes over from its own cursor', async () => {
    const [one, two] = [await openTab(), await openTab()];
    await one.close();
    await expect.poll(() => two.getSnapshot().connection.isLeader).toBe(true);
    await expect.poll(() => two.getSnapshot().connection.phase).toBe('live');
    const cursor = new URL(server.streamUrls.at(-1) ?? '').searchParams.get('cursor');
    expect([server.streamUrls.length, cursor?.startsWith('v1.staff.')]).toEqual([2, true]);
  });

  test('the follower is not live when the leader is not', async () => {
    const [, two] = [await openTab(), await openTab()];
    server.isStreamDown = true;
    server.cut();
    await expect.poll(() => two.getSnapshot().connection.isLive).toBe(false);
  });

  test('a follower that missed a change is not live until it has the copy of the leader', async () => {
    const one = await openTab();
    const lossy = tabs.channel;
    let isLosing = false;
    tabs = {
      ...tabs,
      channel: (name) => {
        const channel = lossy(name);
        return {
          ...channel,
          listen: (hear) => channel.listen((message) => (isLosing ? undefined : hear(message))),
        };
      },
    };
    const two = await openTab();
    isLosing = true;
    server.apply(walkIn('w1'));
    await expect.poll(() => shown(one)).toEqual(['w1 arrived']);
    isLosing = false;
    server.apply(walkIn('w2'));
    await expect.poll(() => shown(two), { timeout: 3_000 }).toEqual(['w1 arrived', 'w2 arrived']);
    await expect.poll(() => two.getSnapshot().connection.phase).toBe('live');
  });

  test('signing out in one clears all', async () => {
    const [one, two] = [await openTab(), await openTab()];
    server.apply(walkIn('w1'));
    await expect.poll(() => shown(two)).toEqual(['w1 arrived']);
    await one.clear();
    await expect
      .poll(() => [one.getSnapshot().entities.size, two.getSnapshot().entities.size])
      .toEqual([0, 0]);
  });
});

describe('LeaderElection', () => {
  const elect = (locks: TabPorts['locks'], log: string[], who: string) =>
    new LeaderElection({
      locks,
      name: 'lead',
      onLead: () => log.push(`${who} leads`),
      onLost: () => log.push(`${who} lost`),
    });

  test('one leads, the next when it leaves, and a silent leader can be replaced', async () => {
    const log: string[] = [];
    const locks = lockManager();
    const [a, b] = [elect(locks, log, 'a'), elect(locks, log, 'b')];
    a.join();
    b.join();
    await expect.poll(() => log).toEqual(['a leads']);
    b.takeOver();
    await expect.poll(() => [...log].sort()).toEqual(['a leads', 'a lost', 'b leads']);
    b.leave();
    await expect.poll(() => log.at(-1)).toBe('a leads');
    a.leave();
  });

  test('work of one name never overlaps', async () => {
    const locks = lockManager();
    let running = 0;
    const overlaps: number[] = [];
    const work = async () => {
      overlaps.push(++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    };
    await Promise.all([
      exclusively(locks, 'w', work),
      exclusively(locks, 'w', work),
      exclusively(null, 'w', async () => {}),
    ]);
    expect(overlaps).toEqual([1, 1]);
  });
});

/** Web Locks as far as they are used here: a queue per name, abort and steal. */
function lockManager(): TabPorts['locks'] {
  type Held = { reject: (error: Error) => void };
  const held = new Map<string, Held>();
  const queue = new Map<string, (() => void)[]>();
  const free = (name: string, holder: Held) => {
    if (held.get(name) !== holder) return;
    held.delete(name);
    queue.get(name)?.shift()?.();
  };
  const request = (name: string, second: unknown, third?: unknown): Promise<unknown> => {
    const options = (third ? second : {}) as LockOptions;
    const run = (third ?? second) as (lock: Lock | null) => Promise<unknown>;
    return new Promise((resolve, reject) => {
      const grant = () => {
        if (options.signal?.aborted) {
          queue.get(name)?.shift()?.();
          reject(new Error('aborted'));
          return;
        }
        const holder = { reject };
        held.set(name, holder);
        Promise.resolve(run({ name, mode: 'exclusive' }))
          .then(resolve, reject)
          .finally(() => free(name, holder));
      };
      if (options.steal) {
        held.get(name)?.reject(new Error('stolen'));
        grant();
      } else if (held.has(name)) queue.set(name, [...(queue.get(name) ?? []), grant]);
      else grant();
    });
  };
  return { request } as TabPorts['locks'];
}
