/** Examples of the comparison with the EHR for the OpenAPI document. */
import type { DriftReport } from './drift.ts';

const json = 'application/json';
const at = 1_773_151_200_000;
const report: DriftReport = {
  ...{ at, trigger: 'timer', seq: 412, compared: 31, drifted: 1, quarantined: 0, omitted: 0 },
  rows: [
    {
      ...{ kind: 'both', visitId: 't1c9k2', appointmentId: '81234', startAt: at - 1_800_000 },
      ...{ status: 'arrived', ehrStatus: 'Confirmed', name: 'Ann Smith' },
      differences: [
        {
          ...{ field: 'status', ours: 'CheckedIn', theirs: 'Confirmed', agreed: 'Confirmed' },
          ...{ side: 'ours', advice: 'wait' },
        },
      ],
    },
  ],
};

export const driftExamples = {
  postReconcile: { [`202 ${json}`]: { queued: { jobId: '41' } } },
  getDrift: {
    [`200 ${json}`]: {
      one: { clinic: 'main-street', date: '2026-03-10', report, failure: null },
      none: {
        ...{ clinic: 'main-street', date: '2026-03-10', report: null },
        failure: { at, code: 'service-down' },
      },
    },
  },
};
