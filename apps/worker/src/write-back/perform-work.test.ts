import type { WriteWork } from '@workflow-bolt/domain';
import type { CreateOutcome, EhrWritePort, StatusPreview, StatusWriteOutcome } from '@workflow-bolt/ehr';
import { describe, expect, it } from 'vitest';
import { performWork, previewWork, type WriteSubject } from './perform-work.ts';

const STATUS: WriteWork = {
  kind: 'status',
  appointmentId: '5001',
  desired: 'CheckedIn',
  lastAgreed: { status: 'Unknown', version: 'v1' },
  mayReplace: ['Scheduled', 'Confirmed'],
  onlyUntouched: false,
};
const CREATION = {
  practiceId: '7',
  practiceName: 'Fern Street Clinic',
  serviceLocationId: '91',
  providerId: '81',
  startAt: 1,
  endAt: 2,
  name: null,
  reasonId: null,
  caseId: null,
  resourceIds: [],
  notes: null,
};
const SUBJECT: WriteSubject = { patientId: '601', occurrenceId: null, creation: CREATION, triedAgoMs: 9 };
const HERE = { canonical: 'CheckedIn', raw: 'CheckedIn' } as const;
const LOST = {
  kind: 'transport',
  reason: 'reset',
  code: null,
  retryable: true,
  reads: 'retry',
  writes: 'unknown',
} as const;

/** A port that answers what it was given and notes what it was asked. */
function portOf(answer: { status?: StatusWriteOutcome; create?: CreateOutcome; preview?: StatusPreview }) {
  const asked: unknown[] = [];
  const told = <T>(outcome: T | undefined, question: unknown): Promise<T> => {
    asked.push(question);
    if (!outcome) throw new Error('Nobody should have asked.');
    return Promise.resolve(outcome);
  };
  const port: EhrWritePort = {
    writeStatus: (write) => told(answer.status, write),
    previewStatus: (write) => told(answer.preview, write),
    create: (creation) => told(answer.create, creation),
  };
  return { port, asked };
}

describe('[WB3] a work and what became of it', () => {
  it('is asked in the port’s words', async () => {
    const { port, asked } = portOf({
      status: { kind: 'written', isAnswerLost: false, status: HERE, version: 'v2' },
    });
    expect(await performWork(port, STATUS, SUBJECT)).toEqual({
      kind: 'written',
      status: 'CheckedIn',
      version: 'v2',
    });
    const { kind: _, ...rest } = STATUS;
    const lastAgreed = { status: 'Unrecognised', version: 'v1' };
    expect(asked).toEqual([{ ...rest, lastAgreed, patientId: '601', occurrenceId: null }]);
  });

  it.each<[StatusWriteOutcome, object]>([
    [
      { kind: 'already-so', status: HERE, version: null },
      { kind: 'already-so', status: 'CheckedIn', version: null },
    ],
    [
      {
        kind: 'conflict',
        reason: 'touched',
        theirs: HERE,
        ours: 'CheckedIn',
        lastAgreed: null,
        version: 'v9',
        isSent: false,
        members: ['Notes'],
      },
      {
        kind: 'conflict',
        reason: 'touched',
        theirs: { status: 'CheckedIn', version: 'v9' },
        members: ['Notes'],
      },
    ],
    [
      { kind: 'not-applied', reason: 'not-read', theirs: null, failure: LOST },
      { kind: 'not-applied', isSent: false },
    ],
    [
      { kind: 'not-applied', reason: 'not-sent', theirs: HERE, failure: LOST },
      { kind: 'not-applied', isSent: false },
    ],
    [
      { kind: 'not-applied', reason: 'lost', theirs: HERE, failure: LOST },
      { kind: 'not-applied', isSent: true },
    ],
    [
      { kind: 'not-applied', reason: 'accepted-not-applied', theirs: HERE, failure: null },
      { kind: 'not-applied', isSent: true },
    ],
    [{ kind: 'unknown', failure: LOST }, { kind: 'unknown' }],
    [
      { kind: 'refused', reason: 'group', theirs: HERE, failure: null },
      { kind: 'refused', reason: 'group' },
    ],
  ])('status: %j', async (status, expected) => {
    expect(await performWork(portOf({ status }).port, STATUS, SUBJECT)).toEqual(expected);
  });

  it.each<[CreateOutcome, object]>([
    [
      { kind: 'written', appointmentId: '7001', isAnswerLost: true, status: HERE, version: 'v1' },
      { kind: 'written', appointmentId: '7001', status: 'CheckedIn', version: 'v1' },
    ],
    [
      { kind: 'already-so', appointmentId: '7001', status: HERE },
      { kind: 'already-so', appointmentId: '7001', status: 'CheckedIn', version: null },
    ],
    [
      { kind: 'conflict', appointmentIds: ['1', '2'], members: [], theirs: null },
      { kind: 'conflict', reason: 'several-appointments', theirs: null, members: [] },
    ],
    [
      {
        ...{ kind: 'conflict', appointmentIds: ['1'], members: ['EndTime'] },
        theirs: { status: HERE, version: 'v1' },
      },
      {
        ...{ kind: 'conflict', reason: 'members-changed', members: ['EndTime'], appointmentId: '1' },
        theirs: { status: 'CheckedIn', version: 'v1' },
      },
    ],
    [{ kind: 'unknown', failure: null, searchAfterMs: 75_000, isSent: true }, { kind: 'unknown' }],
    [
      { kind: 'unknown', failure: null, searchAfterMs: 9_000, isSent: false },
      { kind: 'not-applied', isSent: false },
    ],
    [
      { kind: 'not-applied', reason: 'not-sent', failure: LOST },
      { kind: 'not-applied', isSent: false },
    ],
    [
      { kind: 'refused', reason: 'ehr-refused', failure: LOST },
      { kind: 'refused', reason: 'ehr-refused' },
    ],
  ])('create: %j', async (create, expected) => {
    const { port, asked } = portOf({ create });
    expect(await performWork(port, { kind: 'create', status: 'CheckedIn' }, SUBJECT)).toEqual(expected);
    expect(asked).toEqual([{ ...CREATION, patientId: '601', status: 'CheckedIn', triedAgoMs: 9 }]);
  });

  it('what cannot be written or created is refused without a call', async () => {
    const { port, asked } = portOf({});
    const unwritable: WriteWork = { ...STATUS, desired: 'Seen' };
    expect(await performWork(port, unwritable, SUBJECT)).toEqual({
      kind: 'refused',
      reason: 'status-unrecognised',
    });
    const bare = { ...SUBJECT, creation: null };
    expect(await performWork(port, { kind: 'create', status: 'CheckedIn' }, bare)).toEqual({
      kind: 'refused',
      reason: 'incomplete',
    });
    expect(asked).toEqual([]);
  });
});

describe('[WB-SWITCH] what a work would come to', () => {
  const create: WriteWork = { kind: 'create', status: 'CheckedIn' };
  const touched: StatusWriteOutcome = {
    ...{ kind: 'conflict', reason: 'touched', theirs: HERE, ours: 'CheckedIn', lastAgreed: null },
    ...{ version: 'v9', isSent: false, members: [] },
  };

  it.each<[StatusPreview, object]>([
    [{ kind: 'would' }, { kind: 'would' }],
    [touched, { kind: 'would-conflict' }],
    [
      { kind: 'already-so', status: HERE, version: 'v2' },
      { kind: 'already-so', status: 'CheckedIn', version: 'v2' },
    ],
    [
      { kind: 'refused', reason: 'group', theirs: HERE, failure: null },
      { kind: 'refused', reason: 'group' },
    ],
    [
      { kind: 'not-applied', reason: 'not-read', theirs: null, failure: LOST },
      { kind: 'not-applied', isSent: false },
    ],
  ])('status: %j', async (preview, expected) => {
    const { port, asked } = portOf({ preview });
    expect(await previewWork(port, STATUS, SUBJECT)).toEqual(expected);
    const { kind: _, ...rest } = STATUS;
    const lastAgreed = { status: 'Unrecognised', version: 'v1' };
    expect(asked).toEqual([{ ...rest, lastAgreed, patientId: '601', occurrenceId: null }]);
  });

  it('a walk-in would be made when enough is known of it; nobody is asked for that', async () => {
    const { port, asked } = portOf({});
    expect(await previewWork(port, create, SUBJECT)).toEqual({ kind: 'would' });
    const bare = { ...SUBJECT, creation: null };
    expect(await previewWork(port, create, bare)).toEqual({ kind: 'refused', reason: 'incomplete' });
    expect(await previewWork(port, { ...STATUS, desired: 'Seen' }, SUBJECT)).toEqual({
      ...{ kind: 'refused', reason: 'status-unrecognised' },
    });
    expect(asked).toEqual([]);
  });
});
