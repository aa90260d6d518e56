import type { EhrStatus } from '@workflow-bolt/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Agreed,
  begin,
  nextWork,
  openWriteBack,
  pulled,
  resolveWrite,
  retryWrite,
  settle,
  syncStateOf,
  type WriteBack,
  type WriteResult,
  type WriteWork,
  wishFor,
  withdraw,
} from './write-back.ts';
import { isBackward, judgeTheirs, says, type WriteBackRules } from './write-policy.ts';

const RULES: WriteBackRules = { readyToBeSeenMeans: 'ready-for-md', leftMeans: null };
const SCHEDULED: Agreed = { status: 'Scheduled', version: 'v1' };
const booked = () => openWriteBack('5001', SCHEDULED);
const wish = (entry: WriteBack, status: EhrStatus, seq: number) => wishFor(entry, { status, seq }, RULES);
const started = (entry: WriteBack) => begin(entry, RULES);
const settled = (entry: WriteBack, result: WriteResult) => settle(entry, result, RULES);
const work = (entry: WriteBack) => nextWork(entry, RULES);
const shown = (entry: WriteBack) => syncStateOf(entry, RULES, true);
const written = (status: EhrStatus, version = 'v2'): WriteResult => ({ kind: 'written', status, version });

describe('[WB1] wishes collapse', () => {
  it('only the newest is written, with what was agreed on and what it may replace', () => {
    const entry = wish(wish(wish(booked(), 'CheckedIn', 1), 'ReadyToBeSeen', 3), 'Roomed', 2);
    expect(work(entry)).toEqual({
      kind: 'status',
      appointmentId: '5001',
      desired: 'ReadyToBeSeen',
      lastAgreed: SCHEDULED,
      mayReplace: ['Scheduled', 'ReminderSent', 'Confirmed', 'CheckedIn', 'Roomed', 'Tentative'],
      onlyUntouched: false,
    });
    expect(shown(entry)).toBe('waiting');
  });

  it('a step that was taken back before it was written costs no call', () => {
    const entry = wish(wish(booked(), 'CheckedIn', 1), 'Scheduled', 2);
    expect([work(entry), shown(entry)]).toEqual([null, 'in-sync']);
  });

  it('[WB7] one that was written is taken back only from an appointment nobody touched', () => {
    const done = settled(started(wish(booked(), 'CheckedIn', 1)), written('CheckedIn'));
    expect([work(done), shown(done)]).toEqual([null, 'in-sync']);
    expect(work(wish(done, 'Scheduled', 2))).toMatchObject({
      desired: 'Scheduled',
      lastAgreed: { status: 'CheckedIn', version: 'v2' },
      mayReplace: [],
      onlyUntouched: true,
    });
  });

  it('[WB2] nothing else starts while a write is under way; what came meanwhile is next', () => {
    const busy = wish(started(wish(booked(), 'CheckedIn', 1)), 'CheckedOut', 2);
    expect([work(busy), shown(busy)]).toEqual([null, 'waiting']);
    expect(started(busy)).toEqual(busy);
    expect(work(settled(busy, written('CheckedIn')))).toMatchObject({ desired: 'CheckedOut' });
  });

  it('no-show, then comes: the agreed closing is replaced', () => {
    const missed = settled(started(wish(booked(), 'NoShow', 1)), written('NoShow'));
    expect(work(wish(missed, 'CheckedIn', 2))).toMatchObject({
      lastAgreed: { status: 'NoShow' },
      onlyUntouched: false,
    });
  });
});

describe('a walk-in', () => {
  it('is created once, with the newest status, and then written like any other', () => {
    const entry = wish(wish(openWriteBack(null, null), 'CheckedIn', 1), 'Roomed', 2);
    expect(work(entry)).toEqual({ kind: 'create', status: 'Roomed' });
    const open = wish(settled(started(entry), { kind: 'unknown' }), 'CheckedOut', 3);
    expect([work(open), open.maybe]).toEqual([{ kind: 'create', status: 'CheckedOut' }, ['Roomed']]);
    const found: WriteResult = { kind: 'already-so', appointmentId: '7001', status: 'Roomed', version: null };
    const known = settled(started(open), found);
    expect(work(known)).toMatchObject({ kind: 'status', appointmentId: '7001', desired: 'CheckedOut' });
  });

  it('entered in error before it was created is never created', () => {
    const entry = withdraw(wish(openWriteBack(null, null), 'CheckedIn', 1));
    expect([work(entry), shown(entry)]).toEqual([null, 'in-sync']);
  });
});

describe('[WB9] what went wrong is shown and bounded', () => {
  it('what was never sent counts no try; what may have been applied is told after three', () => {
    let entry = wish(booked(), 'CheckedIn', 1);
    for (let i = 0; i < 50; i += 1) entry = settled(started(entry), { kind: 'not-applied', isSent: false });
    expect([entry.tries, shown(entry)]).toEqual([0, 'waiting']);
    const states = [1, 2, 3].map(() => {
      entry = settled(started(entry), { kind: 'unknown' });
      return shown(entry);
    });
    expect([states, entry.failed, work(entry)]).toEqual([
      ['waiting', 'waiting', 'failed'],
      'outcome-unknown',
      null,
    ]);
    expect(work(retryWrite(entry))).toMatchObject({ desired: 'CheckedIn' });
    expect(work(wish(entry, 'Roomed', 2))).toMatchObject({ desired: 'Roomed' });
  });

  it('what may have been applied is looked at even when the wish went back to what was agreed', () => {
    const open = settled(started(wish(booked(), 'CheckedIn', 1)), { kind: 'unknown' });
    const back = wish(open, 'Scheduled', 2);
    expect(shown(back)).toBe('waiting');
    expect(work(back)).toMatchObject({ desired: 'Scheduled', lastAgreed: SCHEDULED, onlyUntouched: false });
    expect(work(back)).toHaveProperty('mayReplace', expect.arrayContaining(['CheckedIn']));
    const found = settled(started(back), { kind: 'already-so', status: 'Scheduled', version: 'v1' });
    expect(shown(found)).toBe('in-sync');
  });

  it('a refusal is shown with its reason until there is a new wish; a clinic that does not write shows off', () => {
    const refused = settled(started(wish(booked(), 'CheckedIn', 1)), { kind: 'refused', reason: 'group' });
    expect([refused.failed, shown(refused), work(refused)]).toEqual(['group', 'failed', null]);
    expect(syncStateOf(refused, RULES, false)).toBe('off');
  });
});

describe('what a pull shows', () => {
  const done = () => settled(started(wish(booked(), 'CheckedIn', 1)), written('CheckedIn'));
  const listed = (status: EhrStatus): Agreed => ({ status, version: null });

  it('the same or the wished status changes nothing but the agreement, and keeps the version', () => {
    expect(pulled(done(), listed('CheckedIn'), RULES)).toEqual(done());
    const waiting = wish(booked(), 'CheckedIn', 1);
    expect(pulled(waiting, listed('Scheduled'), RULES)).toEqual(waiting);
    expect(shown(pulled(waiting, listed('CheckedIn'), RULES))).toBe('in-sync');
    expect(pulled(booked(), listed('Confirmed'), RULES).agreed).toEqual(listed('Confirmed'));
  });

  it('a contradiction is looked at before it is believed: the list may lag', () => {
    const doubted = pulled(done(), listed('Cancelled'), RULES);
    expect(work(doubted)).toMatchObject({
      desired: 'CheckedIn',
      lastAgreed: { status: 'CheckedIn', version: 'v2' },
    });
    const lagging: WriteResult = { kind: 'already-so', status: 'CheckedIn', version: 'v2' };
    expect(shown(settled(started(doubted), lagging))).toBe('in-sync');
    const theirs = { status: 'Cancelled', version: 'v3' } as const;
    const real: WriteResult = { kind: 'conflict', reason: 'status-changed', theirs, members: [] };
    expect(shown(settled(started(doubted), real))).toBe('conflict');
    expect(shown(settled(started(doubted), { kind: 'not-applied', isSent: false }))).toBe('waiting');
  });
});

describe('[WB8] conflicts', () => {
  const changed = (status: EhrStatus): WriteResult => ({
    kind: 'conflict',
    reason: 'status-changed',
    theirs: { status, version: 'v9' },
    members: [],
  });
  const after = (status: EhrStatus, wished: EhrStatus = 'CheckedIn') =>
    settled(started(wish(booked(), wished, 1)), changed(status));

  it('cancelled there, present here: nothing moves until a person has said so', () => {
    const asked = after('Cancelled');
    expect(asked.conflict).toEqual({
      reason: 'status-changed',
      theirs: { status: 'Cancelled', version: 'v9' },
      ours: 'CheckedIn',
      lastAgreed: SCHEDULED,
      members: [],
    });
    expect([shown(asked), work(asked)]).toEqual(['conflict', null]);
    expect(resolveWrite(asked, 'later')).toEqual(asked);
    const kept = resolveWrite(asked, 'keep-mine');
    expect(work(kept)).toMatchObject({
      desired: 'CheckedIn',
      lastAgreed: { status: 'Cancelled', version: 'v9' },
    });
    const accepted = resolveWrite(asked, 'accept');
    expect([accepted.wish?.status, work(accepted), shown(accepted)]).toEqual(['Cancelled', null, 'in-sync']);
  });

  it('a conflict goes with the wish, and away with the wish that agrees', () => {
    const asked = after('Cancelled');
    expect(wish(asked, 'Roomed', 2).conflict?.ours).toBe('Roomed');
    expect(shown(wish(asked, 'Cancelled', 2))).toBe('in-sync');
  });

  it('ahead there: theirs counts and nothing is written; unknown there: nobody writes over it', () => {
    const ahead = after('CheckedOut');
    expect([shown(ahead), work(ahead), ahead.agreed?.status]).toEqual(['in-sync', null, 'CheckedOut']);
    expect(after('Unrecognised').failed).toBe('status-unrecognised');
  });

  it('a click made before staff saw that the EHR is ahead writes nothing back; one made after the pull may', () => {
    const ahead = after('CheckedOut');
    const clicked = wish(ahead, 'Roomed', 2);
    expect([work(clicked), shown(clicked)]).toEqual([null, 'in-sync']);
    const seen = pulled(ahead, { status: 'CheckedOut', version: 'v9' }, RULES);
    expect(work(wish(seen, 'Roomed', 2))).toMatchObject({ desired: 'Roomed', onlyUntouched: true });
    expect(shown(wish(ahead, 'NoShow', 2))).toBe('conflict');
    expect(pulled(started(wish(booked(), 'CheckedIn', 1)), SCHEDULED, RULES).underWay).toBe('CheckedIn');
  });

  it('an undo over somebody’s work is for people, whatever the ranks say', () => {
    const done = settled(started(wish(booked(), 'CheckedIn', 1)), written('CheckedIn'));
    const undo = started(wish(done, 'Scheduled', 2));
    const theirs = { status: 'CheckedIn', version: 'v5' } as const;
    const touched = settled(undo, { kind: 'conflict', reason: 'touched', theirs, members: [] });
    expect(shown(touched)).toBe('conflict');
    expect(work(resolveWrite(touched, 'keep-mine'))).toMatchObject({
      lastAgreed: theirs,
      onlyUntouched: true,
    });
    expect(shown(settled(undo, changed('Roomed')))).toBe('conflict');
  });

  it('our status stands but something else changed: told once, and settled by a look', () => {
    const theirs = { status: 'CheckedIn', version: 'v3' } as const;
    const result: WriteResult = { kind: 'conflict', reason: 'members-changed', theirs, members: ['Notes'] };
    const told = settled(started(wish(booked(), 'CheckedIn', 1)), result);
    expect(told.conflict?.members).toEqual(['Notes']);
    expect([work(told), shown(resolveWrite(told, 'keep-mine'))]).toEqual([null, 'in-sync']);
  });
});

/** An EHR that keeps one status and does to a work what the port would see. */
class ModelEhr {
  status: EhrStatus = 'Scheduled';
  version = 0;
  readonly byUs: { from: EhrStatus; to: EhrStatus }[] = [];

  touch(status: EhrStatus): void {
    this.status = status;
    this.version += 1;
  }

  perform(
    work: Extract<WriteWork, { kind: 'status' }>,
    luck: 'good' | 'lost-before' | 'lost-after' | 'away',
  ): WriteResult {
    if (luck === 'away') return { kind: 'not-applied', isSent: false };
    const theirs = { status: this.status, version: String(this.version) };
    if (this.status === work.desired) return { kind: 'already-so', ...theirs };
    const isAgreed = this.status === work.lastAgreed?.status;
    if (!isAgreed && !work.mayReplace.includes(this.status))
      return { kind: 'conflict', reason: 'status-changed', theirs, members: [] };
    if (work.onlyUntouched && theirs.version !== work.lastAgreed?.version)
      return { kind: 'conflict', reason: 'touched', theirs, members: [] };
    if (luck === 'lost-before') return { kind: 'not-applied', isSent: true };
    this.byUs.push({ from: this.status, to: work.desired });
    this.touch(work.desired);
    if (luck === 'lost-after') return { kind: 'unknown' };
    return { kind: 'written', status: this.status, version: String(this.version) };
  }
}

describe('[I6] a visit’s day, with faults and a second user', () => {
  const flow = [
    'Scheduled',
    'Confirmed',
    'CheckedIn',
    'Roomed',
    'ReadyToBeSeen',
    'CheckedOut',
    'NoShow',
  ] as const;
  const theirsWords = [...flow, 'Cancelled', 'Tentative'] as const;
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('wish' as const), status: fc.constantFrom(...flow) }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('work' as const),
        luck: fc.constantFrom('good', 'good', 'lost-before', 'lost-after', 'away'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('second-user' as const),
        status: fc.constantFrom(...theirsWords),
      }),
    },
  );

  it('[WB2] ends in agreement, or with a card that says why not; writes follow the wishes in order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const ehr = new ModelEhr();
        let entry = openWriteBack('1', { status: 'Scheduled', version: '0' });
        const wishes: EhrStatus[] = [];
        const doWork = (luck: 'good' | 'lost-before' | 'lost-after' | 'away') => {
          const next = work(entry);
          if (next?.kind !== 'status') return;
          expect(next.desired).toBe(entry.wish?.status);
          if (next.onlyUntouched)
            expect(isBackward(next.lastAgreed?.status ?? 'Unknown', next.desired, RULES)).toBe(true);
          entry = settled(started(entry), ehr.perform(next, luck));
        };
        for (const each of steps) {
          if (each.do === 'wish') entry = wish(entry, each.status, wishes.push(each.status));
          else if (each.do === 'second-user') ehr.touch(each.status);
          else doWork(each.luck);
        }
        for (let i = 0; i < 8 && work(entry); i += 1) doWork('good');
        const isQuiet = work(entry) === null && entry.underWay === null;
        expect(isQuiet).toBe(true);
        if (shown(entry) === 'in-sync' && entry.wish && ehr.byUs.length > 0) expect(entry.maybe).toEqual([]);
        // What only a second user ever says is never written over while nobody has agreed to it.
        expect(ehr.byUs.filter(({ from }) => from === 'Cancelled')).toEqual([]);
        // What we wrote is a subsequence of what was wished, in order: nothing old overtakes something new.
        let at = 0;
        for (const { to } of ehr.byUs) {
          at = wishes.indexOf(to, at);
          expect(at, `${to} after what came before it`).toBeGreaterThanOrEqual(0);
        }
        expect(['in-sync', 'conflict', 'failed']).toContain(shown(entry));
      }),
      { numRuns: 500 },
    );
  });

  it('without a second user there is never a conflict, and the EHR ends at the newest wish', () => {
    const alone = fc
      .array(step, { maxLength: 40 })
      .map((steps) => steps.filter((each) => each.do !== 'second-user'));
    fc.assert(
      fc.property(alone, (steps) => {
        const ehr = new ModelEhr();
        let entry = openWriteBack('1', { status: 'Scheduled', version: '0' });
        let seq = 0;
        const doWork = (luck: 'good' | 'lost-before' | 'lost-after' | 'away') => {
          const next = work(entry);
          if (next?.kind === 'status') entry = settled(started(entry), ehr.perform(next, luck));
        };
        for (const each of steps) {
          seq += 1;
          if (each.do === 'wish') entry = wish(entry, each.status, seq);
          else if (each.do === 'work') doWork(each.luck);
        }
        entry = retryWrite(entry);
        for (let i = 0; i < 8 && work(entry); i += 1) doWork('good');
        expect(entry.conflict).toBeNull();
        if (entry.wish) expect(says(ehr.status, entry.wish.status, RULES)).toBe(true);
        expect(shown(entry)).toBe('in-sync');
      }),
      { numRuns: 500 },
    );
  });

  it('whatever was written over was agreed on, or behind by the policy', () => {
    expect(judgeTheirs('Confirmed', 'CheckedIn', RULES)).toBe('write');
    const ehr = new ModelEhr();
    ehr.touch('Confirmed');
    const next = work(wish(booked(), 'CheckedIn', 1));
    if (next?.kind !== 'status') throw new Error('no work');
    expect(ehr.perform(next, 'good')).toMatchObject({ kind: 'written', status: 'CheckedIn' });
    expect(ehr.byUs).toEqual([{ from: 'Confirmed', to: 'CheckedIn' }]);
  });
});
