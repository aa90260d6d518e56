/**
 * The judges judged: a quiet clinic with a real log, into which one fault each is put. Hypothesis: each check of the
 * other chaos tests notices the fault it is there for. Only the worker is ended, so that nobody else writes.
 */
import { awaitUntil } from '@workflow-bolt/testkit';
import { expect, test } from 'vitest';
import type { BoardTruth } from './board-truth.ts';
import { ChaosClinic } from './chaos-clinic.ts';
import { checkAnswers, checkRealTime } from './check-answers.ts';
import { checkServers, checkStore, untilAgreed } from './check-day.ts';
import { checkRooms, overfullRooms, roomsOf } from './check-rooms.ts';

test('a lost, doubled, moved or unaudited command, a torn store and a false screen are each found', async () => {
  await using clinic = await ChaosClinic.open({ seed: 3 });
  // Its progress reports would move the board between two looks.
  await clinic.system.workers[0]?.end('SIGKILL');
  const truth = clinic.truth();
  await truth.catchUp(clinic.replay);
  const rooms = roomsOf(truth);
  clinic.work();
  await awaitUntil('there is something to judge', () => clinic.history.lines.length > 400);
  await clinic.rest();
  await untilAgreed(clinic, truth, clinic.replay);
  const { lines } = clinic.history;
  const judge = (log: BoardTruth) => checkAnswers(log, lines, clinic.isOurs);
  expect([...judge(truth), ...clinic.replay.problems]).toEqual([]);

  const ours = truth.entries.filter(({ frame }) => clinic.isOurs(frame.commandId));
  const [first, second] = ours;
  if (!first || !second) throw new Error('nothing was applied');
  const withEntries = (entries: typeof truth.entries) =>
    Object.assign(Object.create(truth) as BoardTruth, { entries });
  const lost = judge(withEntries(truth.entries.filter((entry) => entry !== first)));
  expect(lost.join()).toContain('acknowledged, but without effect');
  const doubled = judge(withEntries([...truth.entries, { ...first, seq: truth.seq + 1 }]));
  expect(doubled.join()).toContain('2 effects');
  const swapped = truth.entries.map((entry) => (entry === first ? { ...entry, seq: truth.seq + 9 } : entry));
  expect(checkRealTime(clinic.operations(), withEntries(swapped)).join()).toContain('began after');
  const unaudited = Object.assign(Object.create(truth) as BoardTruth, {
    audits: truth.audits.filter(({ commandId }) => commandId !== first.frame.commandId),
  });
  expect(judge(unaudited).join()).toContain('audited 0 times');

  const room = [...truth.state.entries()].find(([, { d }]) => d.type === 'room' && d.capacity === 1)?.[1].d;
  if (room?.type !== 'room') throw new Error('there is no exclusive room');
  const full = {
    ...first,
    changes: new Map([[`r:${room.id}` as const, { ...room, occupants: ['a', 'b'] }]]),
  };
  expect(overfullRooms([full])).toHaveLength(1);
  expect(checkRooms(rooms, [full], lines).verdict).toBe('violation');

  const [screen] = clinic.observers;
  const shown = screen?.last;
  if (!screen || !shown) throw new Error('nobody watches');
  expect(screen.unexplained(() => [truth])).toEqual([]);
  screen.sightings.push({ ...shown, hash: 'another board', atMs: 0 });
  expect(screen.unexplained(() => [truth]).join()).toContain('showed');
  screen.sightings.push({
    ...shown,
    seq: shown.seq - 1,
    hash: truth.hashAt('staff-manager', shown.seq - 1) ?? '',
    atMs: 0,
  });
  expect(screen.unexplained(() => [truth]).join()).toContain('went back');

  await tear(clinic, first.seq);
  expect((await checkStore(truth)).join()).toContain('is not the fold of the log');
  expect(await checkServers(clinic, truth)).toEqual([]);
});

/** One entity in Redis is given another version, as a write outside the log would. */
async function tear(clinic: ChaosClinic, seq: number): Promise<void> {
  const redis = clinic.redis(clinic.system.redisUrl);
  const { clinic: id, date } = clinic.board;
  const key = `{b:${id}:${date.replaceAll('-', '')}}:ent`;
  const day = await redis.hget(key, 'day');
  await redis.hset(key, 'day', `${seq + 1}${day?.slice(day.indexOf('|'))}`);
}
