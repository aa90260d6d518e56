import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, commandSchema, Fault } from '@workflow-bolt/contracts';
import type { EhrPatient, EhrPort } from '@workflow-bolt/ehr';
import { describe, expect, it } from 'vitest';
import type { BoardPort } from './board-port.ts';
import { readPersonDetails } from './read-person-details.ts';

/** Visits v0, v1 … of these patients, booked in this order, all without details. */
function boardOf(patientIds: readonly string[], submit: (commands: readonly Command[]) => Promise<void>) {
  const entities = patientIds.flatMap((patientId, i) => {
    const id = `v${i}`;
    const external = { system: 'tebra', patientId };
    const visit = { type: 'visit', id, status: 'confirmed', milestones: {}, startAt: i, external };
    return [
      [`v:${id}`, { v: 1, d: visit }],
      [`p:${id}`, { v: 1, d: { type: 'person', visitId: id, isPartial: true } }],
    ];
  });
  const all = [['day', { v: 1, d: { type: 'day' } }], ...entities];
  const board = {
    entities: async () => all,
    submit: async (c: readonly Command[]) => submit(c).then(() => []),
  };
  return board as unknown as BoardPort;
}

/** Answers after a while; counts what is asked and how much of it at once. */
function slowEhr(answer: (patientId: string) => 'found' | 'fails' = () => 'found') {
  const seen = { asked: [] as string[], atOnceMax: 0 };
  let atOnce = 0;
  const patient = async (patientId: string) => {
    seen.asked.push(patientId);
    atOnce += 1;
    seen.atOnceMax = Math.max(seen.atOnceMax, atOnce);
    await sleep(5);
    atOnce -= 1;
    if (answer(patientId) === 'fails') return { ok: false, failure: { kind: 'timeout' } };
    return { ok: true, value: { dateOfBirth: `1990-01-0${patientId}` } };
  };
  return { seen, ehr: { patient } as unknown as Pick<EhrPort, 'patient'> };
}

const run = (board: BoardPort, ehr: Pick<EhrPort, 'patient'>, signal?: AbortSignal) =>
  readPersonDetails({
    board,
    ehr,
    now: () => 1,
    cache: new Map<string, EhrPatient | null>(),
    ...(signal ? { signal } : {}),
  });

const ofType = (commands: readonly Command[]) =>
  commands.flatMap((c) => (c.type === 'applyPersonDetails' ? [[c.visitId, c.dob]] : []));

describe('reading the patients behind the cards', () => {
  it.each([
    [`${'x'.repeat(499)}\u{1F642}`, '+1 555\u0007 010-0100'],
    ['fall risk\r\nspeak\u0085slowly\u0000', '5'.repeat(90)],
    [' \u0000 ', '\u009f'],
  ])('[injection] %j: the board is given what its contract allows', async (alertMessage, mobilePhone) => {
    const written: Command[] = [];
    const board = boardOf(['1'], async (commands) => void written.push(...commands));
    const patient = async () => ({
      ok: true,
      value: { dateOfBirth: '1990-01-01', alertMessage, mobilePhone },
    });
    await run(board, { patient } as unknown as Pick<EhrPort, 'patient'>);
    const details = written.find(({ type }) => type === 'applyPersonDetails');
    expect(commandSchema.safeParse(details).error).toBeUndefined();
  });

  it('overlaps calls, asks once for each patient, and writes one after another', async () => {
    const written: Command[] = [];
    let writing = 0;
    const board = boardOf(['1', '2', '3', '1'], async (commands) => {
      writing += 1;
      expect(writing).toBe(1);
      await sleep(2);
      writing -= 1;
      written.push(...commands);
    });
    const { seen, ehr } = slowEhr();
    expect(await run(board, ehr)).toEqual({ read: 4, left: 0, stoppedBy: null });
    expect(seen.asked).toEqual(['1', '2', '3']);
    expect(seen.atOnceMax).toBe(3);
    expect(ofType(written).sort()).toEqual([
      ['v0', '1990-01-01'],
      ['v1', '1990-01-02'],
      ['v2', '1990-01-03'],
      ['v3', '1990-01-01'],
    ]);
  });

  it('stops at the first failure and says what is left', async () => {
    const board = boardOf(
      Array.from({ length: 40 }, (_, i) => String(i)),
      async () => {},
    );
    const { seen, ehr } = slowEhr((patientId) => (patientId === '3' ? 'fails' : 'found'));
    const result = await run(board, ehr);
    expect(result.stoppedBy).toBe('timeout');
    expect(result.read + result.left).toBe(40);
    expect(seen.asked.length).toBeLessThan(20);
  });

  it('asks nothing more once it is cancelled', async () => {
    const { seen, ehr } = slowEhr();
    const board = boardOf(['1', '2'], async () => {});
    expect(await run(board, ehr, AbortSignal.abort())).toEqual({ read: 0, left: 2, stoppedBy: 'cancelled' });
    expect(seen.asked).toEqual([]);
  });

  it('throws what the store throws, and ends', async () => {
    const { seen, ehr } = slowEhr();
    const board = boardOf(
      Array.from({ length: 40 }, (_, i) => String(i)),
      () => Promise.reject(new Fault('store_unavailable')),
    );
    await expect(run(board, ehr)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(seen.asked.length).toBeLessThan(20);
  });
});
