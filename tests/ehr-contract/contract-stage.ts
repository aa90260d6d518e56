import { setTimeout as sleep } from 'node:timers/promises';
import type { AppointmentCreation, CallClock, CanonicalStatus, EhrPort } from '@workflow-bolt/ehr';

/** What the suite needs of an EHR with an adapter in front: a day, somebody else at another screen, and faults. */
export interface ContractStage {
  readonly port: EhrPort;
  /** The same with a short deadline, for answers that never come. */
  readonly hurried: EhrPort;
  readonly practiceName: string;
  readonly zone: string;
  readonly date: string;
  /** A patient's appointment that is Scheduled and that nobody has touched. */
  scheduled(): Promise<Target>;
  /** What the EHR itself holds, beside any adapter. */
  held(id: string): Promise<Held>;
  /** Somebody else changes it, now. */
  changeStatus(id: string, status: 'Confirmed' | 'Cancelled' | 'CheckedIn'): Promise<void>;
  changeNotes(id: string, notes: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Somebody else does so between our next read of the appointment and what we send then. */
  betweenReadAndWrite(change: () => Promise<void>): void;
  /** The next write is applied, or not, and its answer never comes or is cut; `throttled` until `allWell`. */
  nextWrite(fault: WriteFault): void;
  /** All reads fail this way until `allWell`. */
  nextReads(fault: ReadFault): void;
  allWell(): void;
  /** Writes that reached the EHR since the beginning. */
  writes(): number;
  /** A new appointment for a patient without one, but for the state. */
  newAppointment(): Promise<Omit<AppointmentCreation, 'status' | 'triedAgoMs'>>;
  /** Appointments of a patient at that time. */
  count(patientId: string, startAt: number): Promise<number>;
  stop(): Promise<void>;
}

export interface Target {
  readonly appointmentId: string;
  readonly patientId: string;
}

export interface Held {
  readonly status: CanonicalStatus;
  readonly notes: string;
  /** What an update must not lose: a billing case, or an extension that nobody here knows. */
  readonly billing: string;
}

export type WriteFault = 'reset-before' | 'reset-after' | 'hang-after' | 'truncate-after' | 'throttled';
export type ReadFault = 'reset-before' | 'html' | 'truncate' | 'garbage' | 'throttled' | 'refused-login';

/** Waits are as short as they can be; `passed` hears of each, so that an EHR's own clock can follow. */
export function hastyClock(passed: (ms: number) => void = () => {}): CallClock {
  return {
    now: () => performance.now(),
    sleep: async (ms, signal) => {
      passed(ms);
      await sleep(1, undefined, signal ? { signal } : {});
    },
    random: () => 0.5,
  };
}

/** Ms that a call may take: more than any does on a busy machine, and what is waited for one that never ends. */
export const DEADLINES = { port: 15_000, hurried: 1_500 } as const;

/** One retry, so that a test sees both a failure that passes and one that stays. */
export const HASTY_RETRY = {
  attemptsMax: 2,
  backoffMs: [1],
  jitterShare: 0,
  throttleJitterMs: 0,
  waitMsMax: 60_000,
};
