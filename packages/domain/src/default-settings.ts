import type { ColumnRules, Thresholds } from '@workflow-bolt/contracts';

/** Alarm thresholds in minutes where a clinic sets none. Sources of each number: docs/spec/visit-flow.md. */
export const defaultThresholds: Thresholds = {
  lobbyAmber: 10,
  lobbyRed: 15,
  roomIdleAmber: 10,
  roomIdleRed: 20,
  visitTotalRed: 60,
  seenRed: 15,
  cleaningRed: 10,
  late: 1,
  noShowProposal: 30,
  withDoctorSlotFactor: 1.5,
};

/** Column order numbers in minutes where a clinic sets none. */
export const defaultColumnRules: ColumnRules = {
  arrivedSoon: 15,
  readySoon: 10,
  walkInLong: 75,
  doctorSoon: 5,
};
