/** Hosts of one board in several processes: what they decide, hear and remember. */
import type { Command, CommandOutcome, Cursor } from '@workflow-bolt/contracts';
import { rulesVersion, streamSchemaVersion } from '@workflow-bolt/contracts';
import { BoardState, foldFrame } from '@workflow-bolt/domain';
import { awaitUntil } from '@workflow-bolt/testkit';
import { expect, test } from 'vitest';
import { readWholeLog } from '../../src/board-history.ts';
import { type BoardHost, boardKeys } from '../../src/index.ts';
import { Client, configureDay, freshBoard, manager, nurse, walkIn } from '../board-fixture.ts';
import { commit } from '../commit-client.ts';
import type { StoreUnderTest } from '../store-under-test.ts';

const room = (visitId: string, roomId: string): Command => ({
  type: 'moveVisit',
  visitId,
  to: 'appt-prep',
  roomId,
});

function cursorOf(host: BoardHost, view: Cursor['view'] = 'staff'): Cursor {
  const { epoch, seq, id, chain } = host.position;
  return { view, schema: streamSchemaVersion, epoch, seq, id, chain };
}

function entitiesOf(host: BoardHost): Map<string, unknown> {
  return new Map([...host.state.entries()].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function hostSuite(store: () => StoreUnderTest): void {
  async function openDay(numVisits = 0) {
    const board = freshBoard();
    const host = await store().registry.get(board);
    const client = new Client('client-a');
    await host.submit(client.next(configureDay()), manager, 'ui');
    for (let i = 1; i <= numVisits; i++) await host.submit(client.next(walkIn(`w${i}`)), nurse, 'ui');
    return { board, host, client };
  }

  /** I2: entities = fold of the log; I3: positions without a hole. */
  async function assertFold(host: BoardHost): Promise<void> {
    const folded = new BoardState();
    for await (const items of readWholeLog(
      store().port,
      boardKeys(host.board),
      await store().codecOf(host.board),
    )) {
      for (const { seq, frame } of items) {
        expect(seq).toBe(folded.seq + 1);
        folded.apply(foldFrame(folded, frame), seq);
      }
    }
    const fresh = await store().otherHost(host.board);
    expect(new Map([...folded.entries()].sort(([a], [b]) => (a < b ? -1 : 1)))).toEqual(entitiesOf(fresh));
    expect(entitiesOf(host)).toEqual(entitiesOf(fresh));
    expect(host.position).toEqual(fresh.position);
  }

  test('[I1] a command applies once, is visible here at once, and repeats its outcome', async () => {
    const { host, client } = await openDay();
    const envelope = client.next(walkIn('w1'));
    const applied = await host.submit(envelope, nurse, 'ui');
    expect(applied).toEqual({ outcome: 'applied', n: 2, seq: 2, eventIds: ['client-a:2#0'] });
    expect(host.state.get('v:w1')?.v).toBe(2);
    const again = await host.submit(envelope, nurse, 'ui');
    expect(again).toEqual({ outcome: 'duplicate', n: 2, seq: 2, code: null });
    expect(host.position.seq).toBe(2);
    expect(host.durableSeq).toBe(2);
  });

  test('[I1] the same number from another person is another command', async () => {
    const { host, client } = await openDay();
    const envelope = client.next(walkIn('w1'));
    await host.submit(envelope, nurse, 'ui');
    expect(await host.submit(envelope, manager, 'ui')).toMatchObject({
      outcome: 'rejected',
      code: 'idempotency_mismatch',
    });
  });

  test('a refusal is final, and a conflict shows the present state and who made it so', async () => {
    const { host, client } = await openDay(1);
    const version = host.state.get('v:w1')?.v;
    await host.submit(client.next(room('w1', 'r1')), nurse, 'ui');
    const conflict = await host.submit(client.next(room('w1', 'r2'), version), nurse, 'ui');
    expect(conflict).toEqual({
      outcome: 'conflict',
      n: 4,
      code: 'version_conflict',
      current: { id: 'v:w1', ...host.state.get('v:w1') },
      by: nurse,
      at: host.position.t,
    });
    const refused = await host.submit(client.next(walkIn('w1')), manager, 'ui');
    expect(refused).toMatchObject({ outcome: 'rejected', n: 5, code: 'permission_denied' });
  });

  test('a number that skips one is held and told what is expected', async () => {
    const { host } = await openDay();
    const outcome = await host.submit({ clientId: 'client-b', n: 3, command: walkIn('w1') }, nurse, 'ui');
    expect(outcome).toMatchObject({ outcome: 'hold', code: 'sequence_gap', expectedN: 1 });
  });

  test('a command past its deadline is held and not carried out', async () => {
    const { host, client } = await openDay();
    const outcome = await host.submit(client.next(walkIn('w1')), nurse, 'ui', { deadlineMs: 1 });
    expect(outcome).toMatchObject({ outcome: 'hold', code: 'deadline_exceeded' });
    expect(host.state.get('v:w1')).toBeUndefined();
  });

  test('[BL-STALE] a host that lags decides again on what is true', async () => {
    const { board, host, client } = await openDay(2);
    const other = await store().otherHost(board);
    await other.close();
    await host.submit(client.next(room('w1', 'r1')), nurse, 'ui');
    expect(other.state.get('r:r1')?.d).toMatchObject({ occupants: [] });
    const outcome = await other.submit(
      { clientId: 'client-b', n: 1, command: room('w2', 'r1') },
      nurse,
      'ui',
    );
    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'room_occupied' });
    expect(other.state.get('r:r1')?.d).toMatchObject({ occupants: ['w1'] });
  });

  test('many commands of one client go through in order, also those that build on one another', async () => {
    const { host, client } = await openDay();
    const commands = [walkIn('w1'), walkIn('w2'), room('w1', 'r1'), walkIn('w3'), room('w2', 'r1')];
    const outcomes = await host.submitMany(
      commands.map((command) => client.next(command)),
      nurse,
      'ui',
    );
    expect(outcomes.map((o) => [o.n, o.outcome, 'seq' in o ? o.seq : o.code])).toEqual([
      [2, 'applied', 2],
      [3, 'applied', 3],
      [4, 'applied', 4],
      [5, 'applied', 5],
      [6, 'rejected', 'room_occupied'],
    ]);
    await assertFold(host);
  });

  test('many commands stop at the first that is held', async () => {
    const { host, client } = await openDay();
    const envelopes = [
      client.next(walkIn('w1')),
      { ...client.next(walkIn('w2')), n: 9 },
      client.next(walkIn('w3')),
    ];
    const outcomes = await host.submitMany(envelopes, nurse, 'ui');
    expect(outcomes.map((o) => o.outcome)).toEqual(['applied', 'hold']);
    expect(host.state.get('v:w3')).toBeUndefined();
  });

  test('[BL-GAP] another process hears each change, and fills in one it missed', async () => {
    const { board, host, client } = await openDay();
    const other = await store().otherHost(board);
    const steps: [number, number][] = [];
    other.onChange(({ p, s }) => steps.push([p, s]));
    await host.submit(client.next(walkIn('w1')), nurse, 'ui');
    await awaitUntil('the first change is heard', async () => other.position.seq === 2);
    // A lost message: this commit rings no bell.
    await silently(host, client.next(walkIn('w2')));
    expect(other.position.seq).toBe(2);
    await host.submit(client.next(walkIn('w3')), nurse, 'ui');
    await awaitUntil('the gap is filled', async () => other.position.seq === 4);
    expect(steps).toEqual([
      [1, 2],
      [2, 4],
    ]);
    expect(entitiesOf(other)).toEqual(entitiesOf(host));
  });

  test('[BL-GAP] the position check finds what a silent channel did not say', async () => {
    const { board, host, client } = await openDay();
    const registry = await store().otherProcess();
    const other = await registry.get(board);
    await silently(host, client.next(walkIn('w1')));
    expect(other.position.seq).toBe(1);
    await registry.checkAll();
    expect(other.position).toEqual(host.position);
  });

  test('an entry of another rules version is not folded: the entities say what it led to', async () => {
    const { board, host, client } = await openDay(1);
    const other = await store().otherHost(board);
    const [visit, person] = [host.state.get('v:w1')?.d, host.state.get('p:w1')?.d];
    const context = {
      commandId: 'newer-client:1',
      command: 'setNote',
      at: host.now(),
      actor: nurse,
      source: 'ui',
    };
    const steps: unknown[] = [];
    other.onChange(({ p, s, entries }) => steps.push([p, s, entries[0]?.frame, entries[0]?.changes]));
    const note = { ...person, note: 'written by newer rules' };
    const reply = await commit(
      board,
      store().port,
      {
        n: 1,
        frame: JSON.stringify({
          rules: rulesVersion + 1,
          ...context,
          events: [{ type: 'person.noted-anew' }],
        }),
        ids: ['v:w1', 'p:w1'],
        versions: ['2', '2'],
        writes: [['p:w1', JSON.stringify(note)]],
      },
      'newer-client',
    );
    expect(reply).toMatchObject({ status: 'committed', seq: 3 });
    await awaitUntil('both have read it', async () => host.position.seq === 3 && other.position.seq === 3);
    expect(other.state.get('p:w1')).toEqual({ v: 3, d: note });
    expect(other.state.get('v:w1')).toEqual({ v: 2, d: visit });
    expect(steps).toEqual([[2, 3, null, [{ id: 'p:w1', v: 3, d: note, m: '' }]]]);
    const next = await other.submit(
      client.next({ type: 'setPinned', visitId: 'w1', isPinned: true }),
      nurse,
      'ui',
    );
    expect(next).toMatchObject({ outcome: 'applied', seq: 4 });
  });

  /** Commits through a host whose doorbell is mute. */
  async function silently(
    host: BoardHost,
    envelope: Parameters<BoardHost['submit']>[0],
  ): Promise<CommandOutcome> {
    const mute = await store().muteHost(host.board);
    const outcome = await mute.submit(envelope, nurse, 'ui');
    await store().registry.checkAll();
    return outcome;
  }

  test('[I1 I2 I3 I4] three processes at once: everything once, in one order, no room shared', async () => {
    const { board, host } = await openDay(12);
    const hosts = [host, await store().otherHost(board), await store().otherHost(board)];
    const runs = hosts.map(async (own, h) => {
      const client = new Client(`client-${h}-x`);
      const outcomes: CommandOutcome[] = [];
      for (let i = 0; i < 12; i++) {
        const command = room(`w${((i * 5 + h) % 12) + 1}`, `r${((i + h) % 3) + 1}`);
        const envelope = client.next(command);
        const first = await own.submit(envelope, nurse, 'ui');
        outcomes.push(first);
        if (i % 4 === 0)
          expect(await own.submit(envelope, nurse, 'ui')).toMatchObject({ outcome: 'duplicate' });
      }
      return outcomes;
    });
    const outcomes = (await Promise.all(runs)).flat();
    const applied = outcomes.flatMap((o) => (o.outcome === 'applied' ? [o.seq] : []));
    expect(outcomes.every((o) => o.outcome !== 'hold')).toBe(true);
    expect(new Set(applied).size).toBe(applied.length);
    await awaitUntil('all processes stand at the end', async () =>
      hosts.every((h) => h.position.seq === 13 + applied.length),
    );
    for (const own of hosts) expect(own.position).toEqual(host.position);
    for (const own of hosts) expect(own.state.digestText).toBe(host.state.digestText);
    for (const [id, { d }] of host.state.entries()) {
      if (id.startsWith('r:') && d.type === 'room') expect(d.occupants.length).toBeLessThanOrEqual(1);
    }
    await assertFold(host);
  });

  test('a reader goes on from its cursor: live, replay, or a snapshot with its reason', async () => {
    const { host, client } = await openDay();
    const early = cursorOf(host);
    expect(await host.resume(early, 'staff')).toEqual({ kind: 'live', top: host.position });
    await host.submit(client.next(walkIn('w1')), nurse, 'ui');
    await host.submit(client.next(walkIn('w2')), nurse, 'ui');
    const replay = await host.resume(early, 'staff');
    expect(replay).toMatchObject({
      kind: 'replay',
      top: host.position,
      entries: [
        { p: 1, seq: 2 },
        { p: 2, seq: 3 },
      ],
    });
    const now = cursorOf(host);
    const snaps = [
      [null, 'init'],
      [{ ...now, view: 'wall' }, 'view'],
      [{ ...now, schema: 999 }, 'schema'],
      [{ ...now, epoch: 'f'.repeat(32) }, 'epoch'],
      [{ ...now, seq: 4 }, 'ahead'],
      [{ ...now, chain: 'f'.repeat(32) }, 'fork'],
      [{ ...early, chain: 'f'.repeat(32) }, 'fork'],
    ] as const;
    for (const [cursor, reason] of snaps) {
      expect(await host.resume(cursor, 'staff')).toEqual({ kind: 'snap', top: host.position, reason });
    }
  });

  test('a process that has just started replays from the log, deletions and commands included', async () => {
    const { board, host, client } = await openDay(1);
    const early = cursorOf(host);
    await host.submit(client.next(walkIn('w2')), nurse, 'ui');
    await host.submit(client.next(configureDay(['r1', 'r2'])), manager, 'ui');
    const other = await store().otherHost(board);
    const answer = await other.resume(early, 'staff');
    expect(answer).toMatchObject({ kind: 'replay', entries: [{ p: 2, seq: 4, frame: null }] });
    const changes = answer.kind === 'replay' ? answer.entries.flatMap((entry) => entry.changes) : [];
    expect(changes.map(({ id, v, d, m }) => [id, v, d === null ? 'del' : 'set', m]).sort()).toEqual([
      ['day', 4, 'set', 'client-a:4'],
      ['p:w2', 3, 'set', 'client-a:3'],
      ['r:r3', 4, 'del', 'client-a:4'],
      ['v:w2', 3, 'set', 'client-a:3'],
    ]);
    expect(await other.resume({ ...early, chain: 'f'.repeat(32) }, 'staff')).toMatchObject({
      reason: 'fork',
    });
  });

  test('[BL-TRIM] behind a trimmed log a reader gets a snapshot, even when one entry is missing', async () => {
    const { board, host, client } = await openDay(1);
    const early = cursorOf(host);
    await host.submit(client.next(walkIn('w2')), nurse, 'ui');
    await host.submit(client.next(walkIn('w3')), nurse, 'ui');
    const { log } = boardKeys(board);
    const entries = (await store().port.command('XRANGE', log, '-', '+')) as [string, string[]][];
    await store().port.command('XTRIM', log, 'MINID', entries[2]?.[0] ?? '');
    const other = await store().otherHost(board);
    expect(await other.resume(early, 'staff')).toEqual({
      kind: 'snap',
      top: other.position,
      reason: 'trimmed',
    });
    await expect(other.historyAt(Date.now())).rejects.toMatchObject({ code: 'history_trimmed' });
  });

  test('a replay of more than 500 commits is dearer than a snapshot', async () => {
    const { host, client } = await openDay(1);
    const early = cursorOf(host);
    const pins = Array.from({ length: 502 }, (_, i) =>
      client.next({ type: 'setPinned', visitId: 'w1', isPinned: i % 2 === 0 }),
    );
    const outcomes = await host.submitMany(pins, nurse, 'ui');
    expect(outcomes.every((o) => o.outcome === 'applied')).toBe(true);
    expect(await host.resume(early, 'staff')).toMatchObject({ kind: 'snap', reason: 'cheaper' });
  });

  test('the board as of an instant, and what happened to one visit', async () => {
    const { host, client } = await openDay(1);
    const then = host.position;
    await awaitUntil('a millisecond passes', async () => host.now() > then.t + 1);
    await host.submit(client.next(room('w1', 'r1')), nurse, 'ui');
    const past = await host.historyAt(then.t);
    expect(past.seq).toBe(2);
    expect(past.state.get('v:w1')?.d).toMatchObject({ status: 'arrived' });
    expect((await host.historyAt(host.now() + 1_000)).state.digestText).toBe(host.state.digestText);
    const entries = await host.visitHistory('w1');
    expect(entries.map(({ seq, actor, events }) => [seq, actor.id, events[0]?.type])).toEqual([
      [2, 'noa', 'visit.created'],
      [3, 'noa', 'visit.moved'],
    ]);
    expect(await host.visitHistory('w9')).toEqual([]);
  });

  test('[I5] every change and every kept read has one audit entry, without a name in it', async () => {
    const { board, host, client } = await openDay(1);
    await host.submit(client.next(room('w1', 'r9')), nurse, 'ui');
    const reads = [1, 2, 3].map(() => host.auditRead({ actor: nurse, what: 'snapshot', entities: [] }));
    await Promise.all(reads);
    const trail = (await store().port.command('XRANGE', boardKeys(board).aud, '-', '+')) as [
      string,
      string[],
    ][];
    expect(trail.map(([, fields]) => fields[3])).toEqual([
      'applied',
      'applied',
      'room_not_found',
      'read',
      'read',
      'read',
    ]);
    expect(JSON.stringify(trail)).not.toContain('Zztest');
    expect(JSON.parse(trail[1]?.[1][5] ?? '')).toEqual({
      actor: 'noa',
      role: 'medical-assistant',
      station: 'tablet-2',
      source: 'ui',
      command: 'createVisit',
      commandId: 'client-a:2',
      entities: ['v:w1', 'p:w1'],
      pat: ['visit:w1'],
    });
  });

  test('[BL-PRESENCE] tabs come, are listed, and leave', async () => {
    const { host } = await openDay();
    const tab = { user: 'noa', name: 'Noa', role: 'medical-assistant', editing: null, ackSeq: 1 };
    expect(await host.presence.touch('tab-1', tab)).toBe(true);
    await host.presence.touch('tab-2', { ...tab, user: 'mia' });
    await host.presence.touch('tab-1', { ...tab, ackSeq: 4 });
    expect(await host.presence.list()).toEqual(
      new Map([
        ['tab-1', { ...tab, ackSeq: 4 }],
        ['tab-2', { ...tab, user: 'mia' }],
      ]),
    );
    await host.presence.leave('tab-2');
    expect([...(await host.presence.list()).keys()]).toEqual(['tab-1']);
  });
}
