import { type Entry, type Frame, formatCursor, type SnapshotReason } from '@workflow-bolt/contracts';
import { addToDigest, emptyDigest, formatDigest } from '@workflow-bolt/domain';
import { describe, expect, test } from 'vitest';
import { BoardReplica, type ReplicaSession } from './replica.ts';

const E = 'e'.repeat(32);
const chain = (seq: number, history = 'c') => history.repeat(2) + String(seq).padStart(30, '0');
const entry = (id: string, v: number) => ({ id, v, d: { type: 'sync', cards: v } }) as unknown as Entry;
const digestOf = (entries: readonly Entry[]) =>
  formatDigest(entries.reduce((digest, { id, v }) => addToDigest(digest, id, v), emptyDigest));
const counted = (entries: readonly Entry[]) => ({ dg: digestOf(entries), n: entries.length, dur: 0 });

type SnapOptions = {
  s: number;
  ents: Entry[];
  all?: Entry[];
  e?: string;
  reason?: SnapshotReason;
  part?: number;
  parts?: number;
  view?: 'staff' | 'wall';
};
const snap = ({
  s,
  ents,
  all = ents,
  e = E,
  reason = 'init',
  part = 1,
  parts = 1,
  view = 'staff',
}: SnapOptions): Frame<'snap'> => ({
  ...{ e, s, c: chain(s), id: '1-0', t: 1, view, schema: 1, reason, part, parts, ents },
  ...counted(all),
});
const ev = (p: number, s: number, entries: Entry[], e = E): Frame<'ev'> => ({
  ...{ e, p, s, c: chain(s), t: 1 },
  ch: entries.map((it) => ({ o: 'set', ...it })),
});
const idOf = (s: number, e = E) =>
  formatCursor({ view: 'staff', schema: 1, epoch: e, seq: s, id: `${s}-0`, chain: chain(s) });
const hb = (s: number, entries: Entry[], more: Partial<Frame<'hb'>> = {}): Frame<'hb'> => ({
  ...{ e: E, s, c: chain(s), t: 1 },
  ...counted(entries),
  ...more,
});

const apply = (session: ReplicaSession, frame: Frame<'ev'>) => session.ev(frame, idOf(frame.s, frame.e)).kind;
const held = (replica: BoardReplica) => [...replica.entities].map(([id, { v }]) => `${id}@${v}`);

/** A replica that stands at 3 with a@1 and b@3, and the connection that brought it there. */
function at3() {
  const replica = new BoardReplica('staff');
  const session = replica.session('snapshot');
  session.snap(snap({ s: 3, ents: [entry('a', 1), entry('b', 3)] }));
  return { replica, session };
}

describe('[3.6] the apply rule', () => {
  test('applies what follows, with absolute states', () => {
    const { replica, session } = at3();
    expect(apply(session, ev(3, 5, [entry('a', 4), entry('c', 5)]))).toBe('applied');
    expect([held(replica), replica.cursor()]).toEqual([['a@4', 'b@3', 'c@5'], idOf(5)]);
  });

  test('deletes', () => {
    const { replica, session } = at3();
    session.ev({ ...ev(3, 4, []), ch: [{ o: 'del', id: 'a', v: 4 }] }, idOf(4));
    expect(held(replica)).toEqual(['b@3']);
  });

  test('a frame that begins after our position is a gap and changes nothing', () => {
    const { replica, session } = at3();
    expect([apply(session, ev(4, 5, [entry('a', 5)])), held(replica), replica.position?.seq]).toEqual([
      'gap',
      ['a@1', 'b@3'],
      3,
    ]);
  });

  test('a frame that ends before our position is a duplicate and changes nothing', () => {
    const { replica, session } = at3();
    const before = replica.revision;
    expect([apply(session, ev(1, 3, [entry('a', 2)])), replica.revision]).toEqual(['duplicate', before]);
  });

  test('a frame that overlaps brings only what is new, and does not bring back what was deleted', () => {
    const { replica, session } = at3();
    session.ev({ ...ev(3, 4, []), ch: [{ o: 'del', id: 'a', v: 4 }] }, idOf(4));
    expect(apply(session, ev(2, 5, [entry('a', 1), entry('b', 5)]))).toBe('applied');
    expect(held(replica)).toEqual(['b@5']);
  });

  test('a frame of another epoch asks the server', () => {
    const { replica, session } = at3();
    expect([apply(session, ev(3, 4, [entry('a', 4)], 'f'.repeat(32))), replica.position?.seq]).toEqual([
      'epoch',
      3,
    ]);
  });

  test('a frame without its cursor cannot be resumed from and is refused', () => {
    const { replica, session } = at3();
    expect([session.ev(ev(3, 4, [entry('a', 4)]), null).kind, held(replica)]).toEqual([
      'gap',
      ['a@1', 'b@3'],
    ]);
  });
});

describe('snapshots', () => {
  const all = [entry('a', 1), entry('b', 2)];
  const part = (n: number) =>
    snap({ s: 9, ents: all.slice(n - 1, n), all, part: n, parts: 2, reason: 'trimmed' });

  test('[3.12] Stream trimmed past the cursor: parts change nothing until all are there', () => {
    const { replica } = at3();
    const session = replica.session('resume');
    expect([session.snap(part(2)).kind, replica.position?.seq]).toEqual(['staged', 3]);
    expect([session.snap(part(1)), held(replica)]).toEqual([
      { kind: 'snapshot', reason: 'trimmed' },
      ['b@2', 'a@1'],
    ]);
  });

  test('a heartbeat or a change while a part is missing is a gap', () => {
    for (const follow of ['hb', 'ev'] as const) {
      const { replica } = at3();
      const session = replica.session('resume');
      session.snap(part(1));
      const kind = follow === 'hb' ? session.hb(hb(9, all)).kind : apply(session, ev(3, 10, []));
      expect([kind, replica.position?.seq]).toEqual(['gap', 3]);
    }
  });

  test('a snapshot whose digest does not fit is refused', () => {
    const { replica, session } = at3();
    expect([session.snap({ ...snap({ s: 9, ents: all }), n: 3 }).kind, replica.position?.seq]).toEqual([
      'diverged',
      3,
    ]);
  });

  test('a late copy of a snapshot does not lead back', () => {
    const replica = new BoardReplica('staff');
    const session = replica.session('snapshot');
    const first = snap({ s: 3, ents: [entry('a', 3)] });
    session.snap(first);
    apply(session, ev(3, 4, [entry('a', 4)]));
    expect([session.snap(first).kind, held(replica)]).toEqual(['duplicate', ['a@4']]);
  });

  test('[3.12] Redis failover, tail lost: `ahead` leads back, once, and a former epoch is not returned to', () => {
    const { replica, session } = at3();
    const back = snap({ s: 2, ents: [entry('a', 1)], reason: 'ahead' });
    expect([session.snap(back).kind, session.snap(back).kind, held(replica)]).toEqual([
      'snapshot',
      'duplicate',
      ['a@1'],
    ]);
    const other = snap({ s: 2, ents: [entry('a', 1)], e: 'f'.repeat(32), reason: 'epoch' });
    expect(session.snap(other).kind).toBe('snapshot');
    expect([session.snap(snap({ s: 7, ents: all })).kind, replica.position?.epoch]).toEqual([
      'duplicate',
      'f'.repeat(32),
    ]);
  });

  test('[3.12] Token revoked / role lowered: a lesser view replaces everything and is what the cursor names', () => {
    const { replica } = at3();
    replica.session('resume').snap(snap({ s: 3, ents: [entry('a', 1)], reason: 'view', view: 'wall' }));
    expect([held(replica), replica.cursor()?.startsWith('v1.wall.')]).toEqual([['a@1'], true]);
  });

  test('[3.12] Schema change: entities of another shape are never shown', () => {
    const { replica, session } = at3();
    expect([session.snap({ ...snap({ s: 9, ents: all }), schema: 2 }).kind, replica.position?.seq]).toEqual([
      'diverged',
      3,
    ]);
    const record = replica.record();
    const fresh = new BoardReplica('staff');
    if (record) fresh.restore({ ...record, schema: 0 });
    expect(fresh.cursor()).toBeNull();
  });
});

describe('heartbeats', () => {
  const now = [entry('a', 1), entry('b', 3)];

  test('agree only at the same position, chain and digest', () => {
    const { session } = at3();
    expect([
      session.hb(hb(3, now)).kind,
      session.hb(hb(3, now, { c: chain(3, 'd') })).kind,
      session.hb(hb(3, [entry('a', 2), entry('b', 3)])).kind,
      session.hb(hb(3, [entry('a', 1)])).kind,
    ]).toEqual(['agreed', 'fork', 'diverged', 'diverged']);
  });

  test('pass over commits that this view does not show, and count as accounted for', () => {
    const { replica, session } = at3();
    expect([session.hb(hb(8, now)).kind, replica.position?.seq]).toEqual(['agreed', 8]);
    expect(apply(session, ev(8, 9, [entry('a', 9)]))).toBe('applied');
  });

  test('[3.12] Pub/Sub message lost: a heartbeat beyond our digest is a gap', () => {
    const { replica, session } = at3();
    expect([session.hb(hb(4, [entry('a', 4), entry('b', 3)])).kind, replica.position?.seq]).toEqual([
      'gap',
      3,
    ]);
  });

  test('one that speaks of less than this connection told makes what follows suspect', () => {
    const { session } = at3();
    apply(session, ev(3, 4, [entry('a', 4)]));
    expect(session.hb(hb(3, now)).kind).toBe('duplicate');
    expect(apply(session, ev(4, 5, [entry('a', 5)]))).toBe('gap');
  });

  test('raise what is durable', () => {
    const { replica, session } = at3();
    session.hb(hb(3, now, { dur: 2 }));
    expect(replica.durableSeq).toBe(2);
  });
});

describe('a resumed connection is anchored before it is built upon', () => {
  test('a replay that starts at our position anchors', () => {
    const { replica } = at3();
    expect(apply(replica.session('resume'), ev(3, 4, [entry('a', 4)]))).toBe('applied');
  });

  test('one that starts elsewhere means that the first answer was lost', () => {
    const { replica } = at3();
    const session = replica.session('resume');
    expect([apply(session, ev(1, 2, [])), apply(session, ev(2, 4, [entry('a', 4)])), held(replica)]).toEqual([
      'gap',
      'gap',
      ['a@1', 'b@3'],
    ]);
  });

  test('[3.12] Rolling deploy: frames of the old and the new stream mix without loss or repetition', () => {
    const { replica, session } = at3();
    const next = replica.session('resume');
    const four = ev(3, 4, [entry('a', 4)]);
    const five = ev(4, 5, [entry('b', 5)]);
    expect([
      apply(session, four),
      next.hb(hb(3, [entry('a', 1), entry('b', 3)])).kind,
      apply(next, four),
      apply(next, five),
      apply(session, five),
    ]).toEqual(['applied', 'duplicate', 'duplicate', 'applied', 'duplicate']);
    expect(held(replica)).toEqual(['a@4', 'b@5']);
  });
});
