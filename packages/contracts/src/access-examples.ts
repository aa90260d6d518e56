/** Examples of emergency access and wall displays for the OpenAPI document. */
const json = 'application/json';
const openedAt = 1_773_151_200_000;
const id = '8f14e45f-ceea-467f-a9b1-0d6b6f9c2c11';
const open = {
  id,
  clinic: 'north',
  date: '2026-03-10',
  visitId: 'v-1001',
  openedAt,
  expiresAt: openedAt + 3_600_000,
};
const display = {
  id: 'abcdefghijklmnop',
  clinic: 'north',
  name: 'Lobby',
  enrolledBy: 'mina-sato',
  enrolledAt: openedAt,
};
const token = `boltd_abcdefghijklmnop_${'A'.repeat(43)}`;

export const accessExamples = {
  postBreakGlass: {
    [`request ${json}`]: {
      collapse: { reasonCode: 'emergency-treatment', reason: 'Collapsed in the lobby, history needed now' },
    },
    [`200 ${json}`]: { open },
  },
  getOwnBreakGlass: { [`200 ${json}`]: { one: { now: openedAt + 1_000, open: [open] } } },
  getBreakGlassRegister: {
    [`200 ${json}`]: {
      one: {
        records: [
          {
            ...open,
            uid: 'dr-okafor',
            name: 'Dr. Okafor',
            reasonCode: 'emergency-treatment',
            reason: 'Collapsed in the lobby, history needed now',
            endedAt: null,
            reviewDueAt: openedAt + 259_200_000,
            isOverdue: false,
            review: null,
          },
        ],
        listed: [{ uid: 'june-park', by: 'mina-sato', at: openedAt }],
      },
    },
  },
  getBreakGlassUse: {
    [`200 ${json}`]: {
      one: {
        rows: [
          {
            ...{ ts: openedAt + 4_000, sub: 'vread', act: 'R', out: 0 },
            ...{ what: 'visit.history', fields: [] },
          },
        ],
        isCut: false,
        sealedThrough: openedAt + 60_000,
      },
    },
  },
  postBreakGlassReview: {
    [`request ${json}`]: {
      justified: { outcome: 'justified', comment: 'Collapse is in the incident log' },
    },
  },
  postBreakGlassPerson: {
    [`request ${json}`]: {
      named: { uid: 'june-park', isListed: true, reason: 'Charge nurse of the evening' },
    },
  },
  getDisplays: { [`200 ${json}`]: { one: { displays: [display] } } },
  postDisplay: {
    [`request ${json}`]: { lobby: { name: 'Lobby' } },
    [`200 ${json}`]: { enrolled: { display, token } },
  },
  getDisplayHere: {
    [`200 ${json}`]: {
      lobby: { clinic: 'north', name: 'Lobby', zone: 'America/Chicago', today: '2026-03-10', now: openedAt },
    },
  },
  postDisplayHere: {
    [`request ${json}`]: { token: { token } },
    [`200 ${json}`]: { here: { clinic: 'north', name: 'Lobby' } },
  },
};
