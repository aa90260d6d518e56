/** Scenario 28, over HTTP at wall-clock times: the day is closed by people, reported, and outlives only as numbers. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DayReport } from '@workflow-bolt/contracts';
import { dateAfter } from '@workflow-bolt/domain';
import {
  BoardArchive,
  BoardRegistry,
  createRedisPort,
  FolderObjectStore,
  fromUrl,
  RetentionSweep,
  type SweepReport,
} from '@workflow-bolt/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultVault } from '../system/board-vault.ts';
import { type ReplayedDay, startReplayedDay } from './replayed-day.ts';

let day: ReplayedDay;
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bolt-scenario-28-'));
  day = await startReplayedDay({ BOLT_ARCHIVE: root });
});
afterAll(async () => {
  await day?.[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

const byId = <T extends { id: string }>(list: readonly T[]): Map<string, T> =>
  new Map(list.map((each) => [each.id, each]));
const missed = Array.from({ length: 11 }, (_, i) => `missed-${i}`);
const close = (noShows: string[]) => ({ type: 'closeDay', noShows }) as const;

test('scenario 28: the open are listed, no-shows are proposed by the clock and confirmed by a person, none is made by itself', async () => {
  day.at('08:00');
  for (const visitId of missed) await day.book(visitId, '09:00');
  await day.book('late', '17:45');
  await day.book('here', '16:00');
  await day.move('desk', '16:02', 'here', 'arrived');
  await day.must('desk', '17:50', { type: 'startDayClose' });
  // The clock alone has made nobody a no-show, all day long.
  expect((await day.metrics('17:51')).day.counts).toMatchObject({ 'no-show': 0, scheduled: 12 });
  const walkIn = { type: 'createVisit', visitId: 'w1', kind: 'walk-in', fullName: 'Zz Late' } as const;
  expect(await day.refused('desk', '17:52', walkIn)).toEqual({ status: 422, code: 'day_closing' });
  expect(await day.refused('boss', '17:53', close(missed))).toEqual({
    status: 422,
    code: 'visits_open',
    open: [
      { visitId: 'here', status: 'arrived', kind: 'present' },
      { visitId: 'late', status: 'scheduled', kind: 'not-due' },
    ],
  });
  await day.move('desk', '18:00', 'here', 'left', { reason: 'could not wait' });
  expect(await day.refused('boss', '18:01', close([...missed, 'late']))).toMatchObject({
    code: 'grace_not_passed',
    visitId: 'late',
  });
  await day.must('boss', '18:15', close([...missed, 'late']));
  expect((await day.day()).state).toBe('closed');
  expect(await day.visit('late')).toMatchObject({
    status: 'no-show',
    outcome: { kind: 'no-show', by: null },
  });
});

test('scenario 28: a closed day is read-only for everyone, until a manager reopens it with a reason', async () => {
  const note = { type: 'setNote', visitId: 'here', note: 'x' } as const;
  expect(await day.refused('desk', '18:20', note)).toEqual({ status: 422, code: 'board_closed' });
  const reopen = { type: 'reopenDay', reason: 'One more came' } as const;
  expect(await day.refused('desk', '18:21', reopen)).toMatchObject({
    status: 403,
    code: 'permission_denied',
  });
  expect(await day.refused('boss', '18:22', { type: 'reopenDay' })).toEqual({
    status: 422,
    code: 'reason_required',
  });
  await day.must('boss', '18:23', reopen);
  await day.must('desk', '18:24', note);
  await day.must('boss', '18:25', { type: 'startDayClose' });
  await day.must('boss', '18:26', close([]));
});

test('scenario 28: the report as JSON, CSV and text says what the board says, and names nobody', async () => {
  const asked = async (format: string) => {
    const answer = await day.as('boss').request(`/report?format=${format}`);
    return { type: answer.headers.get('content-type') ?? '', text: await answer.text() };
  };
  const [json, csv, text] = [await asked('json'), await asked('csv'), await asked('text')];
  const report = JSON.parse(json.text) as DayReport;
  expect(report).toMatchObject({
    state: 'closed',
    numbers: { total: 13, arrived: 1, leftWithoutBeingSeen: 1 },
  });
  expect(report.visits.filter(({ status }) => status === 'no-show')).toHaveLength(12);
  expect([csv.type, text.type]).toEqual(['text/csv; charset=utf-8', 'text/plain; charset=utf-8']);
  expect(csv.text.trim().split('\r\n')).toHaveLength(14);
  for (const { text: said } of [json, csv, text]) expect(said).not.toContain('Patient ');
});

async function sweepAt(age: number): Promise<SweepReport> {
  const port = createRedisPort(fromUrl(day.redisUrl), 'sweep');
  const objects = new FolderObjectStore(root);
  const archive = new BoardArchive(objects);
  const registry = new BoardRegistry({ port, archive, vault: defaultVault() });
  await registry.start();
  const sweep = new RetentionSweep(
    day.clinic.id,
    { flowHotDays: 30, flowDays: 90 },
    {
      ...{ port, archive, objects, shredder: null, record: async () => {}, now: () => Date.now() },
      stateOf: async (board) => (await registry.get(board)).state,
    },
  );
  try {
    return await sweep.run(dateAfter(day.date, age));
  } finally {
    await registry.stop();
    await port.close();
  }
}

test('scenario 28: after thirty days the day is read from the archive through the same API, and changes no more', async () => {
  const before = await day.as('boss').snapshot();
  const history = await (await day.as('boss').request('/visits/here/history')).json();
  expect(await sweepAt(31)).toMatchObject({ archived: [day.date], cooled: [day.date], purged: [] });
  const after = await day.as('boss').snapshot();
  expect(byId(after.entities)).toEqual(byId(before.entities));
  expect([after.seq, after.chain]).toEqual([before.seq, before.chain]);
  expect(await (await day.as('boss').request('/visits/here/history')).json()).toEqual(history);
  const { status, body } = await day.as('boss').give({ type: 'reopenDay', reason: 'too late' });
  expect([status, body.code]).toEqual([410, 'board_archived']);
});

test('scenario 28: [I8] [privacy] after ninety days nothing is left but numbers over eleven and more', async () => {
  expect(await sweepAt(90)).toMatchObject({ purged: [day.date] });
  const names = (await readdir(root, { recursive: true, withFileTypes: true })).filter((each) =>
    each.isFile(),
  );
  const files = names.map((each) => join(each.parentPath, each.name));
  const texts = await Promise.all(files.map((path) => readFile(path, 'utf8')));
  expect(texts).toHaveLength(1);
  expect(JSON.parse(texts[0] ?? '')).toMatchObject({
    clinic: 'lakeside',
    date: day.date,
    total: null,
    counts: { 'no-show': 12 },
  });
  expect(texts[0]).not.toMatch(/missed|here|late|Patient/);
});
