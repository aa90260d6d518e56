/** What the product takes for true of the service and nobody has tried against a real account. */
import { type Check, unseen } from './check-kit.ts';
import { lookAtSeries, lookAtSpellings, lookAtToggles, lookAtWrongPractice } from './check-lists.ts';
import { lookAtContract, lookAtDeleted, lookAtLimit } from './check-service.ts';
import { lookAtModified, lookAtZone } from './check-times.ts';

export const CHECKS: readonly Check[] = [
  { id: 1, title: 'the list is in UTC when offset 0 is asked for', look: lookAtZone },
  { id: 2, title: 'every status of the list is known', look: lookAtSpellings },
  { id: 3, title: 'empty Fields is the right question', look: lookAtToggles },
  { id: 4, title: 'a deleted appointment can be told', look: lookAtDeleted },
  { id: 5, title: 'a change of status dates the row', look: lookAtModified },
  {
    id: 6,
    title: 'an update keeps what is sent back and clears the rest',
    look: async () =>
      unseen('needs a write to a test patient; the product sends back every member it has read'),
  },
  { id: 7, title: 'UpdateAppointmentStatus is not there', look: lookAtContract },
  { id: 8, title: 'occurrences of a series can be told apart', look: lookAtSeries },
  { id: 9, title: 'a call too soon is refused as published', look: lookAtLimit },
  {
    id: 10,
    title: 'the vendor agrees to the polling',
    look: async () => unseen('ask the vendor in writing, with pollSeconds of the clinic'),
  },
  { id: 11, title: 'a wrong practice name is an empty answer', look: lookAtWrongPractice },
  {
    id: 12,
    title: 'failed logins lock the account',
    look: async () => unseen('not tried: it might lock the account; the product stops at the first refusal'),
  },
];
