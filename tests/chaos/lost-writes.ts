/**
 * Patients who arrive while a tail is being lost: what the worker wrote to the EHR stays written once, what it had not
 * written is written, and in the end board, EHR and cards say the same.
 */
import type { Visit } from '@workflow-bolt/contracts';
import { normalisedName, syncOf } from '@workflow-bolt/domain';
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
  #walkIn: { visitId: string; patientId: number; before: number[] } | null = null;

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
    for (const { visitId } of arrivals) this.#desk.note({ type: 'moveVisit', visitId, to: 'arrived' });
    return arrivals.map(({ appointmentId }) => appointmentId);
  }

  /** Registers a walk-in whom the EHR knows; resolves when the worker has made their appointment. */
  async walkIn(): Promise<void> {
    const { world } = this.#clinic.system.simulator;
    const day = this.#clinic.contents().get('day')?.d;
    const providerId = day?.type === 'day' ? day.providers.find(({ id }) => id.startsWith('ehr-'))?.id : null;
    const names = [...world.patients.values()].map(({ fullName }) => normalisedName(fullName));
    const isAlone = (name: string) => names.filter((each) => each === normalisedName(name)).length === 1;
    const patient = [...world.patients.values()].find(
      ({ deleted, mergedInto, dob, fullName }) => !deleted && mergedInto === null && dob && isAlone(fullName),
    );
    if (!patient?.dob || !providerId) throw new Error('the generated day has no such patient');
    this.#walkIn = {
      visitId: `w-known-${patient.id}`,
      patientId: patient.id,
      before: this.#bookedFor(patient.id),
    };
    const { fullName, dob } = patient;
    const { visitId } = this.#walkIn;
    this.#desk.note({ type: 'createVisit', visitId, kind: 'walk-in', fullName, dob, providerId });
    const isMade = () => this.#made().length > 0;
    await awaitUntil('the walk-in has an appointment', isMade, patienceMs);
  }

  #bookedFor(patient: number): number[] {
    const { world } = this.#clinic.system.simulator;
    return world.all().flatMap(({ id, patientId }) => (patientId === patient ? [id] : []));
  }

  /** The walk-in's appointments that were not there before. */
  #made(): number[] {
    const { patientId = 0, before = [] } = this.#walkIn ?? {};
    return this.#bookedFor(patientId).filter((id) => !before.includes(id));
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

  /**
   * Everyone at rest. Throws with what is not in step, or was written twice. `isPromised`: no step that was answered may be
   * gone; without it, as where no copy confirms, one that nobody has any more is as if it had never been taken.
   */
  async judge(log: BoardTruth, { isPromised }: { isPromised: boolean }): Promise<void> {
    await awaitUntil(
      'every arrival is in the EHR, and its card says so',
      async () => {
        if (!isPromised) await this.#clinic.requestSync();
        await log.catchUp();
        const standings = this.#standings(log);
        const open: object[] = standings.filter((one) => !one.isSettled && (isPromised || !one.isForgotten));
        if (this.#walkIn && this.#linked(log).length === 0) open.push(this.#walkIn);
        if (open.length > 0) throw new Error(JSON.stringify(open));
        return true;
      },
      patienceMs,
    );
    for (const { appointmentId } of this.#arrivals) {
      const written = appliedTo(this.#journal, appointmentId).map(({ status }) => status);
      expect(written).toEqual(isPromised || written.length > 0 ? ['CheckedIn'] : []);
    }
    expect(writesRepeated(this.#journal)).toEqual([]);
    expect(assertNoBlindRepeat(this.#journal).violations).toEqual([]);
    if (this.#walkIn) expect([this.#made().length, this.#linked(log).length]).toEqual([1, 1]);
  }

  /** The visits that have an appointment which was made; each counts once for each. */
  #linked(log: BoardTruth): string[] {
    return this.#made().flatMap((made) =>
      [...log.state.entries()].flatMap(([, { d }]) =>
        d.type === 'visit' && d.external?.appointmentId === String(made) ? [d.id] : [],
      ),
    );
  }

  #standings(log: BoardTruth) {
    const day = log.state.get('day')?.d;
    return this.#arrivals.map(({ visitId, appointmentId }) => {
      const visit = log.state.get(`v:${visitId}`)?.d;
      const state = visit?.type === 'visit' && day?.type === 'day' ? syncOf(visit, day).state : null;
      const status = visit?.type === 'visit' ? visit.status : null;
      const held = this.#held(appointmentId);
      const isSettled = status === 'arrived' && state === 'in-sync' && held === 'CheckedIn';
      const isForgotten = status !== 'arrived' && held !== 'CheckedIn';
      return { visitId, status, state, held, isSettled, isForgotten };
    });
  }

  #held(appointmentId: number): string | undefined {
    return this.#clinic.system.simulator.world.find(appointmentId)?.status;
  }

  get #journal() {
    return this.#clinic.system.simulator.journal();
  }
}
