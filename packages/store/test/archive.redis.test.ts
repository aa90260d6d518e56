/** A day leaves Redis for the archive, and is read there as if it had stayed. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BoardKey, Fault } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boardKeys, dropBoardCall, FolderObjectStore, fromUrl, lookBackDays } from '../src/index.ts';
import { Client, configureDay, manager } from './board-fixture.ts';
import { namesIn, RetentionProcess } from './retention-fixture.ts';

let redis: RedisServer;
let root: string;
let here: RetentionProcess;
beforeAll(async () => {
  redis = await startRedis({ persist: 'aof-always' });
  root = await mkdtemp(join(tmpdir(), 'bolt-archive-'));
  here = await RetentionProcess.start(fromUrl(redis.url), new FolderObjectStore(root));
});
afterAll(async () => {
  await here?.stop();
  await redis?.stop();
  await rm(root, { recursive: true, force: true });
});

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fine',
    (error: unknown) => (error instanceof Fault ? error.code : String(error)),
  );
const dropArgs = (board: BoardKey, at: { epoch: string; seq: number; chain: string }, object: string) => ({
  epoch: at.epoch,
  seq: at.seq,
  chain: at.chain,
  object,
  newEpoch: 'f'.repeat(32),
  doorbell: here.port.doorbell,
  channel: boardKeys(board).channel,
});

test('[BL-ARCHIVE] a cold day has the same entities, history and position, and none of it in Redis', async () => {
  const board = { clinic: 'cold', date: '2026-03-02' };
  await here.day(board, 12, true);
  const host = await here.registry.get(board);
  const before = {
    entities: new Map(host.state.entries()),
    digest: host.state.digestText,
    seq: host.position.seq,
    chain: host.position.chain,
    visit: await host.visitHistory('w1'),
    half: [...(await host.historyAt(host.position.t - 1)).state.entries()],
  };
  const [archivedAt, cooledAt] = ['2026-03-11', '2026-04-01'];
  expect(await here.sweep('cold', archivedAt)).toMatchObject({ archived: ['2026-03-02'], cooled: [] });
  expect(await here.sweep('cold', cooledAt)).toMatchObject({
    archived: [],
    cooled: ['2026-03-02'],
    purged: [],
  });
  const left = (await here.port.command('KEYS', '{b:cold:*')) as string[];
  const { meta, aud, idem } = boardKeys(board);
  expect(left.sort()).toEqual([meta, aud, idem('day-2026-03-02')].sort());
  const other = await RetentionProcess.start(fromUrl(redis.url), here.objects);
  const cold = await other.registry.get(board);
  expect(new Map(cold.state.entries())).toEqual(before.entities);
  expect([cold.state.digestText, cold.position.seq, cold.position.chain]).toEqual([
    before.digest,
    before.seq,
    before.chain,
  ]);
  expect(await cold.visitHistory('w1')).toEqual(before.visit);
  expect([...(await cold.historyAt(before.visit[0]?.at ?? 0)).state.entries()].length).toBeGreaterThan(0);
  await other.stop();
});

test('[BL-ARCHIVE] whoever followed the board hears of it and goes on reading', async () => {
  const board = { clinic: 'followed', date: '2026-03-02' };
  await here.day(board, 2, true);
  const other = await RetentionProcess.start(fromUrl(redis.url), here.objects);
  const follower = await other.registry.get(board);
  const resets: string[] = [];
  follower.onReset((reason) => resets.push(reason));
  await here.sweep('followed', '2026-04-02');
  await other.registry.checkAll();
  expect(resets).toContain('epoch');
  expect(follower.state.get('v:w1')?.d).toMatchObject({ status: 'no-show' });
  await other.stop();
});

test('[BL-ARCHIVE] [abuse] a cold day refuses every command, whatever this process believes of it', async () => {
  const board = { clinic: 'cold', date: '2026-03-02' };
  const other = await RetentionProcess.start(fromUrl(redis.url), here.objects);
  const host = await other.registry.get(board);
  const client = new Client('late-client');
  const refused = { outcome: 'rejected', code: 'board_archived' };
  const reopen = { type: 'reopenDay', reason: 'too late' } as const;
  expect(await host.submit(client.next(reopen), manager, 'ui')).toMatchObject(refused);
  const day = host.state.get('day');
  if (day?.d.type !== 'day') throw new Error('the day is missing');
  host.state.put('day', { v: day.v, d: { ...day.d, state: 'open' } });
  const pin = { type: 'setPinned', visitId: 'w1', isPinned: true } as const;
  expect(await host.submit(client.next(pin), manager, 'ui')).toMatchObject(refused);
  expect(await other.port.command('EXISTS', boardKeys(board).ent, boardKeys(board).log)).toBe(0);
  await other.stop();
});

test('[BL-ARCHIVE] Redis lets go of exactly what was archived: a board that went on is refused', async () => {
  const board = { clinic: 'went-on', date: '2026-03-02' };
  await here.day(board, 1, false);
  const host = await here.registry.get(board);
  const { epoch, seq, chain } = host.position;
  await host.submit(
    new Client('late-step').next({ type: 'setPinned', visitId: 'w1', isPinned: true }),
    manager,
    'ui',
  );
  const call = (at: { epoch: string; seq: number; chain: string }) =>
    here.port.fcall(dropBoardCall(boardKeys(board), dropArgs(board, at, 'boards/x')));
  expect(await call({ epoch, seq, chain })).toMatchObject({ status: 'changed', seq: seq + 1 });
  expect(await call({ ...host.position, chain: '0'.repeat(32) })).toMatchObject({ status: 'changed' });
  expect(await call({ ...host.position, epoch: '0'.repeat(32) })).toMatchObject({ status: 'changed' });
  expect(host.state.get('v:w1')?.d).toMatchObject({ isPinned: true });
});

test('[BL-ARCHIVE] intents that still wait for the relay keep the board where it is', async () => {
  const board = { clinic: 'owed', date: '2026-03-02' };
  await here.day(board, 1, true);
  const { out } = boardKeys(board);
  await here.port.command('XADD', out, '*', 'q', '1');
  const report = await here.sweep('owed', '2026-04-20');
  expect(report).toMatchObject({ archived: ['2026-03-02'], cooled: [] });
  await here.port.command('DEL', out);
  expect(await here.sweep('owed', '2026-04-20')).toMatchObject({ cooled: ['2026-03-02'] });
});

test('[H-07] [crypto] a flipped byte, a missing line or another day in the archive is found before it is believed', async () => {
  const board = { clinic: 'bitten', date: '2026-03-02' };
  await here.day(board, 3, true);
  await here.sweep('bitten', '2026-04-02');
  const [name = ''] = await namesIn(here.objects, 'boards/bitten/');
  const path = join(root, name);
  const whole = await readFile(path);
  const open = async () => {
    const other = await RetentionProcess.start(fromUrl(redis.url), here.objects);
    const answer = await codeOf(other.registry.get(board));
    await other.stop();
    return answer;
  };
  expect(await open()).toBe('fine');
  const flipped = Buffer.from(whole);
  flipped[Math.floor(whole.length / 2)] = (flipped[Math.floor(whole.length / 2)] ?? 0) ^ 1;
  const lines = whole.toString().split('\n');
  const cut = lines.toSpliced(3, 1).join('\n');
  const moved = whole.toString().replace('"clinic":"bitten"', '"clinic":"sister"');
  for (const bad of [flipped, cut, moved, '', '{}\n{}\n']) {
    await writeFile(path, bad);
    expect(await open()).toBe('archive_broken');
  }
  await rm(path);
  expect(await open()).toBe('board_purged');
  await writeFile(path, whole);
  expect(await open()).toBe('fine');
});

test('[H-07] an archive whose sum was made to fit is still not the chain that Redis remembers', async () => {
  const [boardA, boardB] = ['2026-03-02', '2026-03-03'].map((date) => ({ clinic: 'swapped', date }));
  if (!boardA || !boardB) throw new Error('two days are needed');
  await here.day(boardA, 2, true);
  await here.day(boardB, 2, true);
  await here.sweep('swapped', '2026-04-05');
  const names = await namesIn(here.objects, 'boards/swapped/');
  const [first = '', second = ''] = names.map((name) => join(root, name));
  const { hash } = await import('node:crypto');
  const body = (await readFile(second, 'utf8')).split('\n').slice(0, -2);
  const text = `${body.join('\n').replaceAll('2026-03-03', '2026-03-02')}\n`;
  await writeFile(first, `${text}${JSON.stringify({ sha256: hash('sha256', text, 'hex') })}\n`);
  const other = await RetentionProcess.start(fromUrl(redis.url), here.objects);
  expect(await codeOf(other.registry.get(boardA))).toBe('archive_broken');
  await other.stop();
});

test('the sweep looks back further than any board may live', () => {
  expect(lookBackDays).toBeGreaterThan(365 + 90);
});

test('[BL-ARCHIVE] without an archive configured a cold day is away, not empty', async () => {
  const { BoardRegistry, createRedisPort } = await import('../src/index.ts');
  const port = createRedisPort(fromUrl(redis.url), 'bare');
  const registry = new BoardRegistry({ port, checkIntervalMs: 3_600_000 });
  await registry.start();
  expect(await codeOf(registry.get({ clinic: 'cold', date: '2026-03-02' }))).toBe('archive_unavailable');
  const outcome = await codeOf(
    (async () => {
      const host = await registry.get({ clinic: 'untouched', date: '2026-03-02' });
      await host.submit(new Client('bare-one').next(configureDay()), manager, 'ui');
    })(),
  );
  expect(outcome).toBe('fine');
  await registry.stop();
  await port.close();
});
