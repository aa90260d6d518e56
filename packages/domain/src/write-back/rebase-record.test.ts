/** A log that lost its end: what the outbox may still claim of each visit. */
import { describe, expect, it } from 'vitest';
import { BoardPlayer, scheduleRow } from '../board-player.ts';
import { followVisit, settleRecord, type WriteRecord } from './follow-board.ts';
import { rebasedRecord } from './rebase-record.ts';
import { begin, nextWork } from './write-back.ts';
import { writeRulesOf } from './write-policy.ts';

/** The board as its replica holds it, and after one more step that only the primary had. */
function histories() {
  const player = new BoardPlayer();
  player.must('system', scheduleRow('v1', '09:00'), { at: '08:30' });
  player.must('system', { type: 'setWriteBack', mode: 'on' });
  const before = player.visit('v1');
  player.must('front-desk', { type: 'moveVisit', visitId: 'v1', to: 'arrived' }, { at: '08:55' });
  const rules = writeRulesOf(player.get('day', 'day'));
  return { player, before, after: player.visit('v1'), rules };
}
const now = 5_000;

describe('[I6] the outbox on a new history', () => {
  it('does not take back in the EHR what the board has forgotten; what comes again is read first', () => {
    const { before, after, rules } = histories();
    const wished = followVisit(null, after, { seq: 3, rules });
    if (!wished) throw new Error('nothing is wished');
    const begun = { ...wished, entry: begin(wished.entry, rules) };
    const written = settleRecord(begun, { kind: 'written', status: 'CheckedIn', version: 'v2' }, rules);
    const rebased = rebasedRecord(written, before, { rules, now, madeId: null });
    expect(rebased).toBeNull();
    expect(followVisit(rebased, before, { seq: 2, rules })).toBeNull();
    const again = followVisit(rebased, after, { seq: 3, rules });
    expect(again && nextWork(again.entry, rules)).toMatchObject({ kind: 'status', desired: 'CheckedIn' });
  });

  it('keeps what the board still calls for, and tells it anew', () => {
    const { after, rules } = histories();
    const wished = followVisit(null, after, { seq: 3, rules });
    const rebased = wished && rebasedRecord({ ...wished, told: 4 }, after, { rules, now, madeId: null });
    expect(rebased).toMatchObject({ told: 0, entry: { wish: { status: 'CheckedIn', seq: 0 } } });
  });

  it('[WB5] may have made a walk-in’s appointment: nothing is made before it was looked for', () => {
    const { player, rules } = histories();
    const come = { type: 'createVisit', visitId: 'w1', kind: 'walk-in', fullName: 'Ann Lee' } as const;
    player.must('front-desk', come);
    const visit = player.visit('w1');
    const record = followVisit(null, visit, { seq: 4, rules }) as WriteRecord;
    const told: WriteRecord = { ...record, entry: { ...record.entry, appointmentId: '91', wish: null } };
    for (const gone of [null, visit]) {
      const unknown = rebasedRecord(record, gone, { rules, now, madeId: null });
      expect(unknown).toMatchObject({ triedAt: now, entry: { appointmentId: null, wish: null } });
      expect(unknown && nextWork(unknown.entry, rules)).toBeNull();
      const ours = rebasedRecord(told, gone, { rules, now, madeId: '91' });
      expect(ours).toMatchObject({ entry: { appointmentId: '91' } });
    }
    const back = followVisit(rebasedRecord(record, null, { rules, now, madeId: null }), visit, {
      seq: 5,
      rules,
    });
    expect(back && [back.triedAt, nextWork(back.entry, rules)]).toEqual([
      now,
      { kind: 'create', status: 'CheckedIn' },
    ]);
  });
});
