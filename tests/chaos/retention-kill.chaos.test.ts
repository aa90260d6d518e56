/**
 * Hypothesis: a sweep may end anywhere. Fault: SIGKILL at a random moment, again and again. Nobody sees anything: every
 * day is either still readable, or its deletion had begun. Recovery: the sweep after the last kill finishes all of it.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault, KeptDay } from '@workflow-bolt/contracts';
import { dateAfter, openDayCommand } from '@workflow-bolt/domain';
import {
  BoardArchive,
  BoardRegistry,
  createRedisPort,
  FolderObjectStore,
  fromUrl,
  openVault,
  RetentionStore,
} from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../stream-fuzz/random.ts';
import { chaosRounds, chaosSeed } from './chaos-seed.ts';
import { runToKill } from './killed-process.ts';

const clinic = 'north';
const today = '2026-07-10';
/** Young enough to stay, old enough to go cold, old enough to go for good; 2026-03 is wholly over. */
const dates = [...Array(4).keys()].flatMap((i) => [
  dateAfter(today, -12 - i),
  dateAfter(today, -40 - i),
  dateAfter('2026-03-20', -i),
]);
const killsMax = chaosRounds(4);
const rosa = { id: 'rosa', name: 'Rosa', role: 'front-desk', station: null } as const;
const system = { id: 'system', name: 'System', role: 'system', station: null } as const;
const settings = {
  ...{ id: clinic, name: 'North', zone: 'UTC', rooms: [], providers: [], visitTypes: [] },
  ...{ isRoomRequired: false, readyToBeSeenMeans: 'check-in-completed' as const, ehr: null },
};

let redis: RedisServer;
let root: string;
beforeAll(async () => {
  redis = await startRedis({ persist: 'aof-always' });
  root = await mkdtemp(join(tmpdir(), 'bolt-kill-'));
});
afterAll(async () => {
  await redis?.stop();
  await rm(root, { recursive: true, force: true });
});

const archiveDir = () => join(root, 'archive');
const keysDir = () => join(root, 'keys');

/** A process that looks at the boards, with its own connections and no memory. */
async function looking<T>(work: (registry: BoardRegistry, store: RetentionStore) => Promise<T>): Promise<T> {
  const port = createRedisPort(fromUrl(redis.url), 'look');
  const vault = openVault({ keys: join(keysDir(), 'top-keys.json'), keyStore: join(keysDir(), 'store') });
  const archive = new BoardArchive(new FolderObjectStore(archiveDir()));
  const registry = new BoardRegistry({ port, vault, archive });
  await registry.start();
  try {
    return await work(registry, new RetentionStore(port, clinic));
  } finally {
    await registry.stop();
    await port.close();
  }
}

async function writeDays(registry: BoardRegistry): Promise<void> {
  for (const date of dates) {
    const host = await registry.get({ clinic, date });
    const clientId = `write-${date}`;
    const send = (
      n: number,
      command: Parameters<typeof host.submit>[0]['command'],
      by: typeof rosa | typeof system,
    ) => host.submit({ clientId, n, command }, by, 'ui');
    await send(1, openDayCommand(settings), system);
    const startAt = Date.parse(`${date}T09:00:00Z`);
    const booked = { type: 'createVisit', visitId: 'v1', kind: 'booked', startAt } as const;
    expect(await send(2, { ...booked, fullName: `Zzkill ${date}` }, rosa)).toMatchObject({
      outcome: 'applied',
    });
    await send(3, { type: 'startDayClose' }, rosa);
    await send(4, { type: 'closeDay', noShows: ['v1'] }, rosa);
  }
}

/** Runs a sweep and kills it after so many ms, or lets it finish; null when it was killed, else its report. */
async function sweepFor(ms: number | null): Promise<Record<string, unknown> | null> {
  const args = [redis.url, archiveDir(), keysDir(), clinic, today];
  const { isKilled, out } = await runToKill('sweep-process.ts', args, ms);
  return isKilled ? null : (JSON.parse(out) as Record<string, unknown>);
}

/** Every day can be read whole, unless its deletion was begun on the record. */
async function assertNothingLost(registry: BoardRegistry, days: ReadonlyMap<string, KeptDay>): Promise<void> {
  for (const date of dates) {
    const state = days.get(date)?.state;
    if (state === 'purging' || state === 'purged') continue;
    const host = await registry.get({ clinic, date });
    expect(host.state.get('p:v1')?.d).toMatchObject({ fullName: `Zzkill ${date}` });
    expect(await host.visitHistory('v1')).toHaveLength(2);
  }
}

test('[abuse] [H-23] [privacy] killed while it archives, cools, purges and shreds: nothing is lost, and it finishes', async () => {
  await looking(writeDays);
  let report: Record<string, unknown> | null = null;
  let kills = 0;
  const random = new Random(chaosSeed());
  for (let latestMs = 60; report === null; latestMs += 90) {
    report = await sweepFor(kills < killsMax ? random.int(0, latestMs) : null);
    if (report === null) kills += 1;
    await looking(async (registry, store) => assertNothingLost(registry, (await store.read()).days));
  }
  expect(kills).toBeGreaterThan(0);
  await looking(async (registry, store) => {
    const { days, certificates } = await store.read();
    const states = dates.map((date) => [date, days.get(date)?.state]);
    expect(states).toEqual(
      dates.map((date) => [date, date < '2026-04' ? 'purged' : date < '2026-06-10' ? 'cold' : 'archived']),
    );
    expect(certificates).toMatchObject([{ clinic, class: 'flow', period: '2026-03' }]);
    const gone = await registry.get({ clinic, date: '2026-03-20' }).catch((error: Fault) => error.code);
    expect(gone).toBe('board_purged');
  });
  const left = (await readdir(archiveDir(), { recursive: true })).filter((name) => name.endsWith('.ndjson'));
  expect(left.filter((name) => name.includes('/2026-03/'))).toEqual([]);
  expect(left).toHaveLength(8);
});
