/** What a check of a real account has to work with, and what it says. */
import type { EhrFailure, EhrScheduleRow } from '@workflow-bolt/ehr';
import { describeFailure } from '@workflow-bolt/ehr';
import type { LiveAccount } from './live-account.ts';

/** `unseen`: it could not be seen by reading, or not in this account now; why says what would show it. */
export type Finding = 'held' | 'differs' | 'unseen';

export interface Verdict {
  readonly finding: Finding;
  readonly why: string;
}

export interface CheckKit {
  readonly account: LiveAccount;
  readonly practiceName: string;
  /** IANA zone of the clinic. */
  readonly zone: string;
  /** The schedule of the last weeks and the next days. */
  readonly rows: readonly EhrScheduleRow[];
  readonly now: number;
  readonly wait: (ms: number) => Promise<void>;
  /** An appointment that somebody has deleted; null when nobody named one. */
  readonly deletedId: string | null;
  /** Whether the limit may be run into on purpose, with reads. */
  readonly mayProvoke: boolean;
}

export interface Check {
  readonly id: number;
  readonly title: string;
  readonly look: (kit: CheckKit) => Promise<Verdict>;
}

export const held = (why: string): Verdict => ({ finding: 'held', why });
export const differs = (why: string): Verdict => ({ finding: 'differs', why });
export const unseen = (why: string): Verdict => ({ finding: 'unseen', why });

/** A check that could not be made because a call failed. */
export const failed = (failure: EhrFailure): Verdict => unseen(describeFailure(failure));
