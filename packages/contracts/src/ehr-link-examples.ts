/** Examples of the link to the EHR for the OpenAPI document. */
import type { Breaker, BreakerChange } from './ehr-link.ts';

const json = 'application/json';
const at = 1_773_151_200_000;
const account = '9f3c51d20b7e44aa';
const reads: Breaker = {
  ...{ lane: 'reads', state: 'open', since: at, till: at + 10_400, why: 'failures', by: '' },
  ...{ opens: 1, permits: 0, calls: 0, failed: 0, slow: 0 },
};
const writes: Breaker = {
  ...{ lane: 'writes', state: 'forced_open', since: at, till: at + 1_800_000, why: 'vendor/INC-4411' },
  ...{ by: 'ada-king', opens: 0, permits: 0, calls: 0, failed: 0, slow: 0 },
};
const opened: BreakerChange = {
  ...{ at, lane: 'reads', from: 'closed', to: 'open', why: 'failures', by: '', till: at + 10_400 },
};

export const ehrLinkExamples = {
  getEhrLink: {
    [`200 ${json}`]: { one: { accounts: [{ account, breakers: [reads, writes], history: [opened] }] } },
  },
  postEhrBreaker: {
    [`request ${json}`]: {
      pause: { lane: 'writes', action: 'open', reason: 'vendor/INC-4411', minutes: 30 },
      back: { lane: 'writes', action: 'reset', reason: 'vendor/INC-4411', minutes: null },
    },
    [`200 ${json}`]: { held: writes },
  },
};
