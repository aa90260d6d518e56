/** Examples of write-back for the OpenAPI document. */
import type { WriteBackState } from './write-back.ts';

const json = 'application/json';
const at = 1_773_151_200_000;
const day = { date: '2026-03-10', inSync: 21, waiting: 2, failed: 0, conflict: 1, off: 0 };
const writing: WriteBackState = { clinic: 'north', mode: 'on', allowed: 'on', setting: null, days: [day] };
const reason = 'vendor/INC-4411';
const stopped: WriteBackState = {
  ...writing,
  mode: 'off',
  setting: { mode: 'off', reason, by: 'mia', at },
};

export const writeBackExamples = {
  getWriteBack: { [`200 ${json}`]: { writing } },
  postWriteBack: {
    [`request ${json}`]: { stop: { mode: 'off', reason } },
    [`200 ${json}`]: { stopped },
  },
};
