/** The board server or Redis is killed mid-morning: scenario 23, on processes with an append-only file. */
import type { Command, LogFrame } from '@workflow-bolt/contracts';
import { awaitUntil } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BoardRecord } from '../system/board-record.ts';
import { type ClinicSystem, startClinicSystem } from '../system/clinic-system.ts';
import { middayZone } from '../system/midday-zone.ts';
import { Screen } from '../system/screen.ts';
import { StaffMember } from '../system/staff-member.ts';

let system: ClinicSystem;
let desk: StaffMember;

beforeAll(async () => {
  system = await startClinicSystem({ workers: 0, appointments: 2, zone: middayZone() });
  desk = await StaffMember.signIn(system, 'dana');
  await desk.snapshot();
});
afterAll(() => system[Symbol.asyncDispose]());

const redis = () => {
  if (!system.redis) throw new Error('this system has no Redis of its own');
  return system.redis;
};
const server = () => {
  const [first] = system.servers;
  if (!first) throw new Error('this system has no server');
  return first.process;
};
const walkIn = (visitId: string): Command => ({
  type: 'createVisit',
  visitId,
  kind: 'walk-in',
  fullName: `Patient ${visitId}`,
});

type Given = { n: number; command: Command; isAcknowledged: boolean };

/** One after the other, until told to stop; a command without an answer is sent again with the same n. */
function work(prefix: string) {
  const given: Given[] = [];
  let isOver = false;
  let unanswered = 0;
  const loop = async () => {
    for (let i = 0; !isOver; i += 1) {
      const command = walkIn(`${prefix}-${i}`);
      desk.n += 1;
      const item: Given = { n: desk.n, command, isAcknowledged: false };
      given.push(item);
      while (!item.isAcknowledged) {
        const answer = await desk.giveAs(item.n, command).catch(() => null);
        item.isAcknowledged = answer?.status === 200;
        if (item.isAcknowledged) continue;
        unanswered += 1;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
  };
  const done = loop();
  return {
    given,
    unanswered: () => unanswered,
    stop: async () => {
      isOver = true;
      await done;
    },
  };
}

const createdIn = (frames: readonly LogFrame[]): string[] =>
  frames.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === 'visit.created' ? [event.visit.id] : [])),
  );

type Kill = { name: string; kill: () => Promise<unknown>; restart: () => Promise<unknown> };
const kills: Kill[] = [
  {
    name: 'the API server is killed',
    kill: () => server().end('SIGKILL'),
    restart: async () => server().start(),
  },
  { name: 'Redis is killed', kill: () => redis().kill9(), restart: () => redis().start() },
];

test.each(kills)(
  'scenario 23: $name mid-morning: no accepted step is lost or doubled, and the screen says so, then catches up',
  async ({ name, kill, restart }) => {
    await using screen = await Screen.open(system, desk);
    const prefix = name.includes('Redis') ? 'redis' : 'server';
    const steps = work(prefix);
    await awaitUntil('ten steps are taken', () => steps.given.length > 10);
    await kill();
    await screen.until('it no longer looks live', () => !screen.client.getSnapshot().connection.isLive);
    const shown = Object.keys(screen.content()).length;
    expect(shown, 'the last known board stays on the screen').toBeGreaterThan(10);
    await awaitUntil('a step was not answered', () => steps.unanswered() > 0);
    await restart();
    const count = steps.given.length;
    await awaitUntil('ten more steps are taken', () => steps.given.length > count + 10, 30_000);
    await steps.stop();
    const record = new BoardRecord(redis().client(), { clinic: system.clinic, date: system.date });
    const frames = await record.frames();
    const own = createdIn(frames).filter((id) => id.startsWith(prefix));
    expect(own).toEqual(steps.given.map((_, i) => `${prefix}-${i}`));
    const snapshot = await desk.snapshot();
    await screen.until('it is live again', () => screen.client.getSnapshot().connection.isLive);
    await screen.until(
      'it is where the server is',
      () => screen.client.getSnapshot().position?.seq === snapshot.seq,
    );
    expect(screen.content()).toEqual(
      Object.fromEntries(snapshot.entities.map(({ id, v, d }) => [id, { v, d }])),
    );
    expect(frames).toHaveLength(snapshot.seq);
  },
);
