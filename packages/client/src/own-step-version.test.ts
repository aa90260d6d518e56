import {
  type Actor,
  type BoardEvent,
  type Command,
  type CommandEnvelope,
  rulesVersion,
  streamSchemaVersion,
} from '@workflow-bolt/contracts';
import {
  BoardState,
  decide,
  defaultColumnRules,
  defaultThresholds,
  foldFrame,
  localDate,
} from '@workflow-bolt/domain';
import { expect, test } from 'vitest';
import { createBoardClient } from './board-client.ts';
import type { StreamTransport } from './stream/stream-transport.ts';

// Walk-ins come today only.
const board = { clinic: 'main', date: localDate('America/Chicago', Date.now()) };
const dana: Actor = { id: 'dana', name: 'Dana', role: 'front-desk', station: null };
const system: Actor = { id: 'system', name: 'System', role: 'system', station: null };
const opening: Command = {
  type: 'configureDay',
  day: {
    clinicName: 'Main',
    zone: 'America/Chicago',
    providers: [],
    visitTypes: [],
    thresholds: defaultThresholds,
    columnRules: defaultColumnRules,
    isRoomRequired: false,
    readyToBeSeenMeans: 'check-in-completed',
  },
  rooms: [],
};

function openBoard(): BoardState {
  const state = new BoardState();
  const at = Date.now();
  const context = { commandId: 'open:1', actor: system, source: 'rule' as const };
  const decision = decide(state, opening, { ...context, board, now: at });
  const events: BoardEvent[] = decision.ok ? decision.events : [];
  state.apply(foldFrame(state, { ...context, rules: rulesVersion, command: 'configureDay', at, events }), 1);
  return state;
}

/** A stream that shows the open board once and then says nothing more. */
function quietStream(state: BoardState): StreamTransport {
  const common = { e: 'a'.repeat(32), s: 1, c: 'b'.repeat(32), t: Date.now(), dur: 0 };
  const counted = { dg: state.digestText, n: state.size };
  const ents = [...state.entries()].map(([id, { v, d }]) => ({ id, v, d }));
  const about = { id: '1-0', view: 'staff', schema: streamSchemaVersion, reason: 'init', part: 1, parts: 1 };
  const frames = {
    hello: { conn: 'c', proto: 1, hb: 15_000, maxAge: 3_000_000, now: Date.now(), node: 'n' },
    snap: { ...common, ...counted, ...about, ents },
    hb: { ...common, ...counted },
  };
  const text = Object.entries(frames).map(
    ([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`,
  );
  return (_url, sink) => {
    queueMicrotask(() => {
      sink.headers();
      sink.bytes(new TextEncoder().encode(text.join('')));
    });
    return () => {};
  };
}

test('a step made upon an own step that was answered, but is not on the stream yet, names the version of that answer', async () => {
  const sent: CommandEnvelope[] = [];
  const client = createBoardClient({
    ...board,
    baseUrl: 'http://board.test',
    actor: dana,
    storage: 'memory',
    notify: 'sync',
    transport: quietStream(openBoard()),
    fetch: async (_url, init) => {
      const { commands } = JSON.parse(String(init?.body)) as { commands: CommandEnvelope[] };
      sent.push(...commands);
      return Response.json({
        outcomes: commands.map(({ n }) => ({ outcome: 'applied', n, seq: n + 1, eventIds: [] })),
      });
    },
  });
  await client.start();
  await expect.poll(() => client.getSnapshot().connection.isLive).toBe(true);
  await client.submit({ type: 'createVisit', visitId: 'w1', kind: 'walk-in', fullName: 'Walk In' }).settled;
  await client.submit({ type: 'setNote', visitId: 'w1', note: 'wheelchair' }).settled;
  expect(sent.map(({ n, expectedVersion }) => ({ n, expectedVersion }))).toEqual([
    { n: 1, expectedVersion: null },
    { n: 2, expectedVersion: 2 },
  ]);
  await client.close();
});
