/** Board, outbox and a pretended EHR together, without Redis: what each learns of the others, and where it all ends. */
import { type EhrStatus, ehrStatuses, type Visit } from '@workflow-bolt/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoardPlayer, scheduleRow, testDay } from '../board-player.ts';
import { isInOffice } from '../status-info.ts';
import { targetsOf } from '../transition-table.ts';
import {
  followVisit,
  isUntold,
  settlement,
  settleRecord,
  type WriteRecord,
  withNews,
} from './follow-board.ts';
import { listLagMs } from './list-lag.ts';
import { syncOf, syncTotals, unsettledOf } from './sync-of.ts';
import { begin, nextWork, type WriteResult, type WriteWork } from './write-back.ts';
import { isBackward, says, writeRulesOf } from './write-policy.ts';

type Trouble = 'none' | 'lost-applied' | 'lost' | 'not-sent' | 'crash-before' | 'crash-after';

/** One visit, its outbox, and its appointment. */
class Link {
  readonly player = new BoardPlayer();
  record: WriteRecord | null = null;
  ehr = { status: 'Scheduled' as EhrStatus, version: 1, isOurs: false };
  writes: EhrStatus[] = [];

  constructor() {
    this.pull('08:30');
    this.player.must('system', { type: 'setWriteBack', mode: 'on' }, { at: '08:31' });
  }

  get visit(): Visit {
    return this.player.visit('v1');
  }
  get rules() {
    return writeRulesOf(this.player.get('day', 'day'));
  }
  get sync() {
    return syncOf(this.visit, this.player.get('day', 'day'));
  }

  pull(at?: string, status = this.ehr.status): void {
    const fingerprint = `${status}-${this.ehr.version}`;
    this.player.play(
      'system',
      scheduleRow('v1', '09:00', { status, rawStatus: status, fingerprint }),
      at ? { at } : {},
    );
  }

  edit(status: EhrStatus): void {
    this.ehr = { status, version: this.ehr.version + 1, isOurs: false };
  }

  follow(): void {
    const after = followVisit(this.record, this.visit, { seq: this.player.board.seq, rules: this.rules });
    if (after) this.record = withNews(this.record, after);
    const { record } = this;
    if (!record || !isUntold(record, this.visit)) return;
    this.player.play('system', settlement('v1', record, null));
    this.record = { ...record, told: record.turn };
  }

  /** What the port does: read, compare, write, read again. */
  perform(work: Extract<WriteWork, { kind: 'status' }>, trouble: Trouble): WriteResult {
    const { status, version } = this.ehr;
    const theirs = { status, version: `v${version}` };
    if (trouble === 'not-sent') return { kind: 'not-applied', isSent: false };
    if (status === 'Unrecognised') return { kind: 'refused', reason: 'status-unrecognised' };
    if (status === work.desired) return { kind: 'already-so', ...theirs };
    if (status !== work.lastAgreed?.status && !work.mayReplace.includes(status))
      return { kind: 'conflict', reason: 'status-changed', theirs, members: [] };
    if (work.onlyUntouched && work.lastAgreed?.version !== theirs.version)
      return { kind: 'conflict', reason: 'touched', theirs, members: [] };
    if (trouble === 'lost') return { kind: 'not-applied', isSent: true };
    this.ehr = { status: work.desired, version: version + 1, isOurs: true };
    this.writes.push(work.desired);
    if (trouble === 'lost-applied') return { kind: 'unknown' };
    return { kind: 'written', status: work.desired, version: `v${version + 1}` };
  }

  /** One turn of the relay. A crash loses what was not kept; the next turn is another process's. */
  turn(trouble: Trouble = 'none'): void {
    if (this.record?.entry.underWay) this.record = settleRecord(this.record, { kind: 'unknown' }, this.rules);
    this.follow();
    const work = this.record && nextWork(this.record.entry, this.rules);
    if (!this.record || work?.kind !== 'status') return;
    this.record = { ...this.record, entry: begin(this.record.entry, this.rules) };
    if (trouble === 'crash-before') return;
    const result = this.perform(work, trouble);
    if (trouble === 'crash-after') return;
    this.record = settleRecord(this.record, result, this.rules);
    this.follow();
  }

  settle(): void {
    for (let i = 0; i < 12; i += 1) this.turn();
  }
}

describe('what the board is told', () => {
  it('[WB1] waiting until it is written, then in sync, without standing in the way of an undo', () => {
    const link = new Link();
    link.player.move('front-desk', 'v1', 'arrived', '09:00');
    const eventId = link.visit.undoable?.eventId ?? '';
    expect(link.sync).toMatchObject({ state: 'waiting', word: 'CheckedIn' });
    link.turn();
    expect([link.sync.state, link.ehr.status, link.visit.external?.status]).toEqual([
      'in-sync',
      'CheckedIn',
      'CheckedIn',
    ]);
    link.player.must('front-desk', { type: 'undoLast', visitId: 'v1', eventId });
    expect(link.sync).toMatchObject({ state: 'waiting', word: 'Scheduled' });
    link.turn();
    expect([link.sync.state, link.writes]).toEqual(['in-sync', ['CheckedIn', 'Scheduled']]);
  });

  it('an outcome that comes late, or says nothing new, is no event', () => {
    const link = new Link();
    link.player.move('front-desk', 'v1', 'arrived', '09:00');
    link.turn();
    const { record } = link;
    if (!record) throw new Error('no record');
    const late = { ...settlement('v1', record, null), failed: 'outcome-unknown' as const };
    expect(link.player.refused('system', late).code).toBe('nothing_to_change');
    const again = { ...settlement('v1', record, null), turn: record.turn + 1 };
    expect(link.player.refused('system', again).code).toBe('nothing_to_change');
    expect(link.player.refused('front-desk', { type: 'retryWrite', visitId: 'v1' }).code).toBe(
      'no_failed_write',
    );
  });

  it('[WB9] what was given up says why, and is tried again when a person asks', () => {
    const link = new Link();
    link.player.move('front-desk', 'v1', 'arrived', '09:00');
    for (const _ of [1, 2, 3]) link.turn('lost');
    expect([link.sync.state, link.sync.reason, link.writes]).toEqual(['failed', 'not-applied', []]);
    link.turn();
    expect(link.writes).toEqual([]);
    link.player.must('front-desk', { type: 'retryWrite', visitId: 'v1' });
    link.turn();
    expect([link.sync.state, link.writes]).toEqual(['in-sync', ['CheckedIn']]);
  });

  it('[WB5] after a crash between call and outcome the next holder reads, and sends nothing twice', () => {
    const link = new Link();
    link.player.move('front-desk', 'v1', 'arrived', '09:00');
    link.turn('crash-after');
    expect(link.sync.state).toBe('waiting');
    link.turn();
    expect([link.sync.state, link.writes]).toEqual(['in-sync', ['CheckedIn']]);
  });

  it('an EHR that was set back is written again, and the board hears of it although nothing new was agreed', () => {
    const link = new Link();
    link.player.move('front-desk', 'v1', 'arrived', '09:00');
    link.turn();
    link.edit('ReminderSent');
    link.player.now += listLagMs;
    link.pull();
    expect(link.sync.state).toBe('waiting');
    link.settle();
    expect([link.sync.state, link.ehr.status, link.writes]).toEqual([
      ...['in-sync', 'CheckedIn', ['CheckedIn', 'CheckedIn']],
    ]);
  });

  it('a list that lags behind our write is not believed for a while, and then it is', () => {
    const link = new Link();
    link.player.move('front-desk', 'v1', 'no-show', '09:35');
    link.turn();
    link.ehr = { ...link.ehr, version: link.ehr.version + 1 };
    link.pull(undefined, 'Scheduled');
    expect([link.visit.status, link.visit.conflict, link.sync.state]).toEqual(['no-show', null, 'in-sync']);
    link.player.now += listLagMs;
    link.pull(undefined, 'Scheduled');
    expect(link.visit.conflict).toMatchObject({ ehrStatus: 'Scheduled', suggestedStatus: 'scheduled' });
  });
});

describe('[WB8] one model of conflicts', () => {
  const asked = () => {
    const link = new Link();
    link.player.move('front-desk', 'v1', 'arrived', '09:00');
    link.turn();
    link.player.now += listLagMs;
    link.edit('Cancelled');
    link.pull();
    return link;
  };

  it('a question of the schedule stops the writing, and is told with what was agreed', () => {
    const link = asked();
    link.player.move('medical-assistant', 'v1', 'appt-prep', '09:10');
    link.settle();
    expect([link.sync.state, link.ehr.status]).toEqual(['conflict', 'Cancelled']);
    expect(link.visit.conflict).toMatchObject({
      ...{ ehrStatus: 'Cancelled', suggestedStatus: 'cancelled', reason: 'status-changed' },
      ...{ ours: 'Roomed', lastAgreed: 'CheckedIn' },
    });
  });

  it.each(['keep-mine', 'accept'] as const)(
    '%s is carried out, also when nobody was there to see it chosen',
    (choice) => {
      const link = asked();
      link.settle();
      link.player.must('front-desk', { type: 'resolveConflict', visitId: 'v1', choice: 'later' });
      expect(
        link.player.refused('front-desk', { type: 'resolveConflict', visitId: 'v1', choice: 'later' }).code,
      ).toBe('nothing_to_change');
      link.player.must('front-desk', { type: 'resolveConflict', visitId: 'v1', choice });
      link.settle();
      expect(link.sync.state).toBe('in-sync');
      expect([link.ehr.status, link.visit.status]).toEqual(
        choice === 'accept' ? ['Cancelled', 'cancelled'] : ['CheckedIn', 'arrived'],
      );
    },
  );

  it('a choice before the outbox has seen the question counts as well', () => {
    const link = asked();
    link.player.must('front-desk', { type: 'resolveConflict', visitId: 'v1', choice: 'keep-mine' });
    link.settle();
    expect([link.sync.state, link.ehr.status]).toEqual(['in-sync', 'CheckedIn']);
  });

  it('[I6] a visit that ends by itself chooses nothing: what the EHR closed is asked about again', () => {
    const link = asked();
    link.settle();
    link.player.move('front-desk', 'v1', 'left', '09:30', { by: 'patient', reason: 'waited too long' });
    expect(link.visit.conflict).toBeNull();
    link.settle();
    expect([link.sync.state, link.ehr.status, link.writes]).toEqual(['conflict', 'Cancelled', ['CheckedIn']]);
  });
});

it('a board that is off shows only conflicts; what is imported or booked here alone waits for nothing', () => {
  const player = new BoardPlayer();
  player.must('system', scheduleRow('ehr', '09:00'));
  player.must(
    'front-desk',
    scheduleRow('import', '09:10', { system: 'import', appointmentId: null, patientId: null }),
  );
  player.book('own', '09:20');
  const states = () =>
    player.visits().map((visit) => [visit.id, syncOf(visit, player.get('day', 'day')).state]);
  expect(states()).toEqual([
    ['ehr', 'off'],
    ['import', 'off'],
    ['own', 'off'],
  ]);
  player.must('system', { type: 'setWriteBack', mode: 'on' });
  for (const id of ['ehr', 'import', 'own']) player.move('front-desk', id, 'arrived', '09:25');
  expect(states()).toEqual([
    ['ehr', 'waiting'],
    ['import', 'off'],
    ['own', 'waiting'],
  ]);
  const day = player.get('day', 'day');
  expect(syncTotals(player.visits(), day)).toEqual({
    'in-sync': 0,
    waiting: 2,
    failed: 0,
    conflict: 0,
    off: 1,
  });
  expect(unsettledOf(player.visits(), day).map(({ visitId }) => visitId)).toEqual(['ehr', 'own']);
  // Settings that are put in place again do not turn it.
  player.must('manager', { ...testDay, day: { ...testDay.day, clinicName: 'Renamed' } });
  expect(player.get('day', 'day').writeBack).toBe('on');
});

describe('[I6] whatever happens', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('move' as const), pick: fc.nat(20) }),
    fc.record({ do: fc.constant('undo' as const) }),
    fc.record({ do: fc.constant('edit' as const), status: fc.constantFrom(...ehrStatuses) }),
    fc.record({ do: fc.constant('pull' as const), minutes: fc.integer({ min: 1, max: 5 }) }),
    fc.record({
      do: fc.constant('choose' as const),
      choice: fc.constantFrom('accept' as const, 'keep-mine' as const),
    }),
    fc.record({ do: fc.constant('retry' as const) }),
    fc.record({
      do: fc.constant('turn' as const),
      trouble: fc.constantFrom<Trouble>(
        'none',
        'none',
        'lost-applied',
        'lost',
        'not-sent',
        'crash-before',
        'crash-after',
      ),
    }),
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  function take(link: Link, each: Step): void {
    const { visit } = link;
    if (each.do === 'move') {
      const targets = targetsOf(visit.status).filter((to) => to !== 'entered-in-error');
      const to = targets[each.pick % Math.max(1, targets.length)];
      const roles = ['front-desk', 'medical-assistant', 'provider', 'manager'] as const;
      for (const role of to ? roles : [])
        if (
          link.player.play(role, {
            type: 'moveVisit',
            visitId: 'v1',
            to: to ?? 'arrived',
            by: 'patient',
            reason: 'r',
          }).ok
        )
          break;
    } else if (each.do === 'undo') {
      const eventId = visit.undoable?.eventId ?? 'none:1#0';
      link.player.play('manager', { type: 'undoLast', visitId: 'v1', eventId });
    } else if (each.do === 'edit') link.edit(each.status);
    else if (each.do === 'pull') {
      link.player.wait(each.minutes);
      link.pull();
    } else if (each.do === 'choose')
      link.player.play('front-desk', { type: 'resolveConflict', visitId: 'v1', choice: each.choice });
    else if (each.do === 'retry') link.player.play('front-desk', { type: 'retryWrite', visitId: 'v1' });
    else link.turn(each.trouble);
  }

  it('no present patient is moved back, nothing closed or unknown is written over unasked, and in the end both agree or somebody is told why not', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const link = new Link();
        link.player.now += 60 * 60_000;
        for (const each of steps) {
          const before = [link.ehr.status, link.visit.status] as const;
          take(link, each);
          if (each.do === 'turn' && isInOffice(before[1]))
            expect(isInOffice(link.visit.status) || link.visit.status === 'completed').toBe(true);
          if (link.ehr.isOurs && link.ehr.status !== before[0]) expect(before[0]).not.toBe('Unrecognised');
        }
        link.settle();
        link.player.wait(5);
        link.pull();
        link.settle();
        const { state, word } = link.sync;
        const { dropped } = link.visit.ehrWrite ?? { dropped: null };
        const isAgreed = word === null || says(link.ehr.status, word, link.rules);
        const isGivenUp = !isAgreed && dropped === word && !isBackward(word, link.ehr.status, link.rules);
        const isTold = state === 'conflict' || state === 'failed';
        expect({ state, isExplained: isTold || isAgreed || isGivenUp }).toEqual({ state, isExplained: true });
        expect(state).not.toBe('waiting');
      }),
      { numRuns: 300 },
    );
  });
});
