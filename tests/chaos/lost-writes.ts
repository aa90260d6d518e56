/**
 * Patients who arrive while a tail is being lost: what the worker wrote to the EHR stays written once, what it had not
 * written is written, and in the end board, EHR and cards say the same.
 */
import type { Visit } from '@workflow-bolt/contracts';
import { syncOf } from '@workflow-bolt/domain';
import { awaitUntil } from '@workflow-bolt/testkit';
import { expect } from 'vitest';
import { assertNoBlindRepeat } from '../../apps/ehr-simulator/src/assertions.ts';
import { appliedTo, writesRepeated } from '../ehr-write/day/journal-judges.ts';
import type { BoardTruth } from './board-truth.ts';
import type { ChaosClinic } from './chaos-clinic.ts';
import type { OutboxDesk } from './outbox-desk.ts';

/** Words of the EHR under which a patient has yet to come. */
const expected: readonly string[] = ['Scheduled', 'Confirmed', 'ReminderSent', 'Tentative'];

type Arrival = { visitId: string; appointmentId: number };

/** A busy machine may take long: the EHR is called at its pace, and a lease runs out before another takes over. */
const patienceMs = 120_000;

export class LostWrites {
  readonly #clinic: ChaosClinic;
  readonly #desk: OutboxDesk;
  readonly #waiting: Visit[];
  readonly #arrivals: Arrival[] = [];

  /** `desk`: the one that may say who has come. */
  constructor(clinic: ChaosClinic, desk: OutboxDesk) {
    this.#clinic = clinic;
    this.#desk = desk;
    const { world } = clinic.system.simulator;
    this.#waiting = [...clinic.contents().values()].flatMap(({ d }) => {
      if (d.type !== 'visit' || !d.external || !expected.includes(d.external.status)) return [];
      const record = world.find(Number(d.external.appointmentId));
      return record?.type === 'P' && !record.recurring && !record.group ? [d] : [];
    });
  }

  /** Has so many arrivals registered, or as many as there are; they may be answered much later. Ids of their appointments. */
  arrive(most: number): number[] {
    const coming = this.#waiting.splice(0, most);
    if (coming.length === 0) throw new Error('the generated day has too few plain appointments');
    const arrivals = coming.map(({ id, external }) => ({
      visitId: id,
      appointmentId: Number(external?.appointmentId),
    }));
    this.#arrivals.push(...arrivals);
    for (const { visitId } of arrivals) this.#desk.arrive(visitId);
    return arrivals.map(({ appointmentId }) => appointmentId);
  }

  /** Resolves when the worker has written one of them. */
  async untilOneIsWritten(appointmentIds: readonly number[]): Promise<void> {
    const isWritten = () => appointmentIds.some((id) => this.#held(id) === 'CheckedIn');
    await awaitUntil('an arrival is in the EHR', isWritten, patienceMs);
  }

  /** How many updates took effect on them. */
  written(appointmentIds: readonly number[]): number {
    return appointmentIds.reduce((sum, id) => sum + appliedTo(this.#journal, id).length, 0);
  }

  /** Everyone at rest. Throws with what is not in step, or was written twice. */
  async judge(log: BoardTruth): Promise<void> {
    await awaitUntil(
      'every arrival is in the EHR, and its card says so',
      async () => {
        await log.catchUp();
        const open = this.#standings(log).filter(({ isSettled }) => !isSettled);
        if (open.length > 0) throw new Error(JSON.stringify(open));
        return true;
      },
      patienceMs,
    );
    const writes = this.#arrivals.map(({ appointmentId }) =>
      appliedTo(this.#journal, appointmentId).map(({ status }) => status),
    );
    expect(writes).toEqual(this.#arrivals.map(() => ['CheckedIn']));
    expect(writesRepeated(this.#journal)).toEqual([]);
    expect(assertNoBlindRepeat(this.#journal).violations).toEqual([]);
  }

  #standings(log: BoardTruth) {
    const day = log.state.get('day')?.d;
    return this.#arrivals.map(({ visitId, appointmentId }) => {
      const visit = log.state.get(`v:${visitId}`)?.d;
      const state = visit?.type === 'visit' && day?.type === 'day' ? syncOf(visit, day).state : null;
      const status = visit?.type === 'visit' ? visit.status : null;
      const held = this.#held(appointmentId);
      const isSettled = status === 'arrived' && state === 'in-sync' && held === 'CheckedIn';
      return { visitId, status, state, held, isSettled };
    });
  }

  #held(appointmentId: number): string | undefined {
    return this.#clinic.system.simulator.world.find(appointmentId)?.status;
  }

  get #journal() {
    return this.#clinic.system.simulator.journal();
  }
}
