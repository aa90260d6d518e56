/** Random days against the invariants of the specification. fast-check prints seed and path on failure. */
import { type LogFrame, type Milestone, milestones, type Role, type Visit } from '@workflow-bolt/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoardView, Decision } from './board.ts';
import type { BoardPlayer } from './board-player.ts';
import { BoardState } from './board-state.ts';
import { decide, targetOf } from './decide.ts';
import { foldFrame } from './evolve.ts';
import { flowOf } from './flow.ts';
import { commandOf, openDay, roleOf, type Step, stepArbitrary } from './random-day.ts';
import { flowMilestones, isClosed, isHidden, isInOffice, statusInfo } from './status-info.ts';
import { intervalNames, waitOf } from './waits.ts';

const day = fc.array(stepArbitrary, { minLength: 5, maxLength: 45, size: 'max' });

type Played = { command: ReturnType<typeof commandOf>; role: Role; decision: Decision; before: Visit | null };

function playStep(player: BoardPlayer, step: Step): Played {
  player.now += step.minutes * 60_000;
  const command = commandOf(player, step);
  const role = roleOf(player, command, step);
  const entity = player.board.get(`v:${step.visitId}`)?.d;
  const before = entity?.type === 'visit' ? entity : null;
  return { command, role, decision: player.play(role, command), before };
}

function assertOrder(flow: Pick<Visit, 'milestones'>): void {
  const times = flowMilestones.flatMap((name) => flow.milestones[name] ?? []);
  expect(times).toEqual([...times].sort((a, b) => a - b));
}

function assertSegments(visit: Visit): void {
  const isOpen = (lane: readonly { to: number | null }[]) => lane.filter((each) => each.to === null).length;
  expect(isOpen(visit.providerSegments)).toBe(visit.status === 'with-doctor' ? 1 : 0);
  expect(isOpen(visit.waitSegments)).toBe(visit.status === 'ready-for-md' ? 1 : 0);
  expect(isOpen(visit.roomStays)).toBe(visit.roomId === null ? 0 : 1);
  for (const lane of [visit.providerSegments, visit.waitSegments, visit.roomStays]) {
    const ends = lane.flatMap((each) => [each.from, each.to ?? Number.MAX_SAFE_INTEGER]);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
  }
}

function assertVisit(visit: Visit): void {
  assertOrder(visit);
  for (const episode of visit.earlierEpisodes) assertOrder(episode);
  assertSegments(visit);
  const isSet = (name: Milestone) => visit.milestones[name] !== undefined;
  expect(visit.skipped.filter(isSet)).toEqual([]);
  expect([...visit.estimated, ...visit.corrected].filter((name) => !isSet(name))).toEqual([]);
  expect(new Set(visit.skipped).size).toBe(visit.skipped.length);
  const { milestone } = statusInfo[visit.status];
  const isKnown = milestone === null || isSet(milestone) || visit.skipped.includes(milestone);
  // A reopened visit does not know when the provider finished; all others know or were marked.
  if (visit.status !== 'seen-by-md') expect(isKnown).toBe(true);
  if (!isInOffice(visit.status)) expect([visit.roomId, visit.steppedOut]).toEqual([null, null]);
  if (isClosed(visit.status) || isHidden(visit.status)) expect(visit.reservedRoomId).toBeNull();
  for (const name of intervalNames) expect(waitOf(visit, name, 0)?.ms ?? 0).toBeGreaterThanOrEqual(0);
}

/** I4, and that rooms and visits tell the same story. */
function assertRooms(board: BoardView): void {
  const inside: string[] = [];
  const held: string[] = [];
  for (const [, { d }] of board.entries()) {
    if (d.type === 'visit' && d.roomId) inside.push(`${d.roomId} ${d.id}`);
    if (d.type === 'visit' && d.reservedRoomId) held.push(`${d.reservedRoomId} ${d.id}`);
  }
  const occupied: string[] = [];
  const reserved: string[] = [];
  for (const [, { d }] of board.entries()) {
    if (d.type !== 'room') continue;
    expect(d.occupants.length).toBeLessThanOrEqual(d.capacity ?? Number.MAX_SAFE_INTEGER);
    occupied.push(...d.occupants.map((id) => `${d.id} ${id}`));
    if (d.reservation) reserved.push(`${d.id} ${d.reservation.visitId}`);
    if (d.occupants.length > 0) expect(['occupied', 'out-of-service']).toContain(d.state);
    if (d.state === 'occupied') expect(d.occupants.length).toBeGreaterThan(0);
  }
  expect(occupied.sort()).toEqual(inside.sort());
  expect(reserved.sort()).toEqual(held.sort());
}

function assertBoard(player: BoardPlayer): void {
  for (const visit of player.visits()) assertVisit(visit);
  assertRooms(player.board);
}

describe('random days', () => {
  it('[V1] [V3] [V15] [V18] keep milestones in order, segments closed and rooms exclusive (I4)', () => {
    fc.assert(
      fc.property(day, (steps) => {
        const player = openDay();
        for (const step of steps) {
          playStep(player, step);
          assertBoard(player);
        }
      }),
      { numRuns: 120 },
    );
  });

  it('[V3] the state is the fold of the log, from scratch and frame by frame (I2)', () => {
    fc.assert(
      fc.property(day, (steps) => {
        const player = openDay();
        for (const step of steps) playStep(player, step);
        const again = new BoardState();
        for (const frame of player.frames) again.apply(foldFrame(again, frame), again.seq + 1);
        expect([...again.entries()].sort()).toEqual([...player.board.entries()].sort());
        expect([again.digestText, again.seq]).toEqual([player.board.digestText, player.board.seq]);
        const wire = JSON.parse(JSON.stringify(player.frames)) as LogFrame[];
        const fromWire = new BoardState();
        for (const frame of wire) fromWire.apply(foldFrame(fromWire, frame), fromWire.seq + 1);
        expect([...fromWire.entries()].sort()).toEqual([...player.board.entries()].sort());
      }),
      { numRuns: 100 },
    );
  });

  it('[V4] a stale version is always refused and changes nothing', () => {
    fc.assert(
      fc.property(day, (steps) => {
        const player = openDay();
        for (const step of steps) {
          const command = commandOf(player, step);
          const target = targetOf(command);
          const present = target && player.board.get(target);
          if (present && command.type !== 'createVisit') {
            const role = roleOf(player, command, { ...step, role: 1 });
            const decision = player.play(role, command, { expectedVersion: present.v - 1 });
            const code = decision.ok ? 'ok' : decision.refusal.code;
            expect(['version_conflict', 'permission_denied']).toContain(code);
          }
          playStep(player, step);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a command sent again has one effect (I1), given a store that keeps outcomes', () => {
    fc.assert(
      fc.property(day, (steps) => {
        const once = openDay();
        const often = openDay();
        const outcomes = new Map<string, Decision>();
        steps.forEach((step, n) => {
          const { command, role } = playStep(once, step);
          const send = () => {
            const commandId = `client-x:${n}`;
            const known = outcomes.get(commandId);
            if (known) return known;
            const decision = often.play(role, command, { now: once.now });
            outcomes.set(commandId, decision);
            return decision;
          };
          const first = send();
          if (step.isReplayed) expect(send()).toEqual(first);
        });
        const plain = (player: BoardPlayer) => JSON.stringify([...player.board.entries()]);
        expect(plain(often)).toBe(plain(once));
      }),
      { numRuns: 40 },
    );
  });

  it('[V12] undoing a command at once restores the flow exactly', () => {
    fc.assert(
      fc.property(day, (steps) => {
        const player = openDay();
        for (const step of steps) {
          const { decision, before } = playStep(player, step);
          const entity = player.board.get(`v:${step.visitId}`)?.d;
          const after = entity?.type === 'visit' ? entity : null;
          const isUndoable = after?.undoable?.eventId.startsWith(`${player.frames.at(-1)?.commandId}#`);
          if (!decision.ok || !before || !after?.undoable || !isUndoable) continue;
          const { eventId } = after.undoable;
          const undone = player.play('manager', { type: 'undoLast', visitId: after.id, eventId });
          const room = before.roomId && player.board.get(`r:${before.roomId}`)?.d;
          const isClosedRoom = room && room.type === 'room' && room.state === 'out-of-service';
          if (isClosedRoom && !undone.ok) continue;
          expect(undone.ok).toBe(true);
          const restored = player.visit(after.id);
          expect(flowOf(restored)).toEqual(flowOf(before));
          expect(restored.earlierEpisodes).toEqual(before.earlierEpisodes);
          expect([restored.isPinned, restored.flags, restored.visitTypeId]).toEqual([
            before.isPinned,
            before.flags,
            before.visitTypeId,
          ]);
          assertBoard(player);
        }
      }),
      { numRuns: 120 },
    );
  });

  it('[V19] [V20] the EHR moves nobody backwards and invents nothing (I6)', () => {
    const rankOf = (visit: Visit) => statusInfo[visit.status].rank ?? -1;
    fc.assert(
      fc.property(day, (steps) => {
        const player = openDay();
        for (const step of steps) {
          const { command, decision, before } = playStep(player, step);
          if (command.type !== 'applyScheduleRow' || !decision.ok || !before) continue;
          const after = player.visit(command.visitId);
          if (isInOffice(before.status)) expect(rankOf(after)).toBeGreaterThanOrEqual(rankOf(before));
          const isUnknown = ['Seen', 'Unknown', 'Unrecognised'].includes(command.status);
          if (isUnknown) expect(flowOf(after)).toEqual({ ...flowOf(before), providerId: after.providerId });
          const isFresh = after.earlierEpisodes.length > before.earlierEpisodes.length;
          const former = isFresh ? {} : before.milestones;
          const gained = milestones.filter(
            (name) => after.milestones[name] !== former[name] && after.milestones[name],
          );
          expect(gained.filter((name) => !after.estimated.includes(name))).toEqual([]);
          // What people closed stays closed until people answer.
          const isClosedByPeople = isClosed(before.status) && before.outcome?.by !== 'ehr';
          if (isClosedByPeople) expect(after.status).toBe(before.status);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('decide depends on nothing but what it read through `get`, and events touch nothing else', () => {
    fc.assert(
      fc.property(day, (steps) => {
        const player = openDay();
        for (const step of steps) {
          player.now += step.minutes * 60_000;
          const command = commandOf(player, step);
          const role = roleOf(player, command, step);
          const ctx = {
            board: { clinic: 'test', date: '2026-03-10' },
            actor: { id: 'u-x', name: role, role, station: null },
            now: player.now,
            source: 'ui' as const,
            commandId: 'reader-client:1',
          };
          const read = new Set<string>();
          const watching: BoardView = {
            get: (id) => {
              read.add(id);
              return player.board.get(id);
            },
            entries: () => player.board.entries(),
          };
          const decision = decide(watching, command, ctx);
          const narrow = new BoardState([...player.board.entries()].filter(([id]) => read.has(id)));
          const again = decide(narrow, command, ctx);
          const exact = (each: Decision) =>
            each.ok
              ? each
              : { ...each, refusal: { ...each.refusal, details: { ...each.refusal.details, free: [] } } };
          expect(exact(again)).toEqual(exact(decision));
          if (decision.ok) {
            const { commandId, actor, source } = ctx;
            const frame: LogFrame = {
              rules: 1,
              commandId,
              command: command.type,
              at: ctx.now,
              actor,
              source,
              events: decision.events,
            };
            const touched = [...foldFrame(player.board, frame).keys()];
            expect(touched.filter((id) => !read.has(id))).toEqual([]);
          }
          player.play(role, command);
        }
      }),
      { numRuns: 80 },
    );
  });

  it('reaches every status and most commands, so that the properties above say something', () => {
    const seen = new Set<string>();
    for (const steps of fc.sample(day, { numRuns: 150, seed: 7 })) {
      const player = openDay();
      for (const step of steps) {
        const { decision, command } = playStep(player, step);
        if (decision.ok) seen.add(command.type);
        for (const visit of player.visits()) seen.add(visit.status);
        for (const visit of player.visits()) if (visit.conflict) seen.add('conflict');
        for (const visit of player.visits()) if (visit.earlierEpisodes.length > 0) seen.add('episode');
      }
    }
    const wanted = [
      ...Object.keys(statusInfo),
      'conflict',
      'episode',
      'undoLast',
      'correctTime',
      'reserveRoom',
    ];
    expect(wanted.filter((each) => !seen.has(each))).toEqual([]);
  });
});
