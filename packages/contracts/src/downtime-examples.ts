/** Examples of the downtime routes for the OpenAPI document. */
import type { RosterOpening } from './downtime.ts';

const json = 'application/json';
const at = 1_773_151_200_000;
const drill: RosterOpening = {
  ...{ date: '2026-03-10', madeAt: at, openedAt: at + 480_000, why: 'drill' },
  kid: 'W0ynV5J0rTBSUbi8fK25r0NE5HGz3W7ee54buFIJzdQ',
};

export const downtimeExamples = {
  getOfflineShare: {
    [`200 ${json}`]: {
      kept: { share: 'q3nV0Vd6mGx1yJ4kR8uTz2bWcE5hLsPfA7oQiNvXe9Y' },
      nothing: { share: null },
    },
  },
  postRosterOpening: { [`request ${json}`]: { drill }, [`200 ${json}`]: { drill } },
};
