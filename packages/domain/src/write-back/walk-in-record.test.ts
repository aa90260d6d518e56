/** The record of a walk-in whose appointment is being made: what a holder that takes over, and a pull, may rely on. */
import { describe, expect, it } from 'vitest';
import { BoardPlayer } from '../board-player.ts';
import { followVisit, settlement, settleRecord, type WriteRecord } from './follow-board.ts';
import { begin, nextWork, type WriteResult } from './write-back.ts';
import { writeRulesOf } from './write-policy.ts';

const triedAt = 1_000;
const made = { kind: 'written', appointmentId: '91', status: 'CheckedIn', version: 'v1' } as const;

class WalkIn {
  readonly player = new BoardPlayer();
  readonly rules = writeRulesOf(this.player.get('day', 'day'));
  record: WriteRecord;

  constructor() {
    this.player.must('system', { type: 'setWriteBack', mode: 'on' }, { at: '08:59' });
    const come = { type: 'createVisit', visitId: 'w1', kind: 'walk-in', fullName: 'Ann Lee' } as const;
    this.player.must('front-desk', come, { at: '09:00' });
    this.record = this.followed(null);
  }

  followed(record: WriteRecord | null): WriteRecord {
    const moment = { seq: this.player.board.seq, rules: this.rules };
    const after = followVisit(record, this.player.visit('w1'), moment);
    if (!after) throw new Error('there is nothing to follow');
    return after;
  }

  /** What Redis holds of it: no number of the EHR's. */
  kept(): WriteRecord {
    return { ...this.record, entry: { ...this.record.entry, appointmentId: null } };
  }

  tried(result: WriteResult): void {
    const begun = { ...this.record, triedAt, entry: begin(this.record.entry, this.rules) };
    this.record = settleRecord(begun, result, this.rules);
  }

  tell(): void {
    const told = settlement('w1', this.record, { appointmentId: '91', patientId: '7' });
    this.player.must('system', told);
  }
}

describe('[WB5] [I2] an appointment that was made for a walk-in', () => {
  it('is open until the board shows it: who takes over before looks for it, and makes none in that minute', () => {
    const walkIn = new WalkIn();
    walkIn.tried(made);
    const inherited = walkIn.followed(walkIn.kept());
    expect([nextWork(inherited.entry, walkIn.rules), inherited.triedAt]).toEqual([
      { kind: 'create', status: 'CheckedIn' },
      triedAt,
    ]);
    walkIn.tell();
    const after = walkIn.followed(walkIn.record);
    expect([after.triedAt, after.entry.appointmentId, nextWork(after.entry, walkIn.rules)]).toEqual([
      null,
      '91',
      null,
    ]);
  });

  it('stays open when a later try is refused, and not when the first is', () => {
    const first = new WalkIn();
    first.tried({ kind: 'refused', reason: 'patient-unknown' });
    expect(first.record.triedAt).toBeNull();
    const later = new WalkIn();
    later.tried({ kind: 'unknown' });
    later.tried({ kind: 'refused', reason: 'patient-unknown' });
    expect([later.record.triedAt, later.record.entry.failed]).toEqual([triedAt, 'patient-unknown']);
  });

  it('[WB8] read back as something else is the visit’s all the same, and a question', () => {
    const walkIn = new WalkIn();
    const theirs = { status: 'CheckedIn', version: 'v1' } as const;
    walkIn.tried({
      kind: 'conflict',
      reason: 'members-changed',
      theirs,
      members: ['EndTime'],
      appointmentId: '91',
    });
    walkIn.tell();
    expect(walkIn.player.visit('w1')).toMatchObject({
      external: { appointmentId: '91', status: 'CheckedIn' },
      conflict: { reason: 'members-changed', members: ['EndTime'] },
    });
    walkIn.record = walkIn.followed(walkIn.record);
    walkIn.player.must('front-desk', { type: 'resolveConflict', visitId: 'w1', choice: 'accept' });
    const after = walkIn.followed(walkIn.record);
    expect([after.entry.conflict, nextWork(after.entry, walkIn.rules)]).toEqual([null, null]);
  });

  it('several of them are a question, and its rows are nobody’s once somebody has accepted them', () => {
    const walkIn = new WalkIn();
    walkIn.tried({ kind: 'conflict', reason: 'several-appointments', theirs: null, members: [] });
    expect(walkIn.record.triedAt).toBe(triedAt);
    walkIn.player.must('system', settlement('w1', walkIn.record, null));
    walkIn.record = walkIn.followed(walkIn.record);
    expect(walkIn.record.triedAt).toBe(triedAt);
    walkIn.player.must('front-desk', { type: 'resolveConflict', visitId: 'w1', choice: 'accept' });
    expect(walkIn.followed(walkIn.record)).toMatchObject({
      triedAt: null,
      entry: { conflict: null, wish: null },
    });
  });
});
