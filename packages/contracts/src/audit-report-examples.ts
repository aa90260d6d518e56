/** Examples of the reports on the record, of revealed identities and of printing, for the OpenAPI document. */
const json = 'application/json';
const at = 1_773_151_200_000;
const refusedSignIn = {
  v: 1,
  id: `security/${at}-0`,
  src: 'security',
  sn: 12,
  ts: at,
  sat: at + 30_000,
  cid: null,
  type: 'auth',
  sub: 'login',
  act: 'E',
  out: 4,
  why: 'wrong_password',
  agent: { uid: 'anonymous', kind: 'anonymous', role: null, ip: '203.0.113.0/24' },
  ent: [{ t: 'Account', id: 'marcus' }],
};
const reveal = {
  id: '01890a5d-ac96-474b-bcce-b302099a8057',
  patients: ['p5c1d9'],
  reasonCode: 'patient-request',
  reason: 'The patient asked in writing who had opened the record.',
};

export const auditReportExamples = {
  getAuditReport: {
    [`200 ${json}`]: {
      'failed sign-ins': {
        report: 'failed-sign-ins',
        rows: [{ log: 'installation', leaf: 88, event: refusedSignIn }],
      },
    },
  },
  getAuditActivity: {
    [`200 ${json}`]: {
      week: {
        rows: [
          {
            ...{ uid: 'marcus', role: 'medical-assistant', reads: 41, changes: 120, refusals: 2 },
            ...{ takenAway: 1, patients: 38, firstAt: at, lastAt: at + 28_800_000 },
          },
        ],
      },
    },
  },
  getAuditPeople: {
    [`200 ${json}`]: {
      people: {
        people: [
          {
            ...{ uid: 'marcus', name: 'Marcus Hale', roles: ['medical-assistant'], state: 'active' },
            ...{ createdAt: at - 864_000_000, lastSignInAt: at, isDormant: false },
          },
        ],
      },
    },
  },
  postIdentityReveal: {
    [`request ${json}`]: {
      'one patient': { patients: reveal.patients, reasonCode: reveal.reasonCode, reason: reveal.reason },
    },
    [`200 ${json}`]: {
      known: {
        id: reveal.id,
        revealed: [{ patient: 'p5c1d9', fullName: 'Ann Smith', dob: '1980-05-17', date: '2026-03-10' }],
      },
      'not kept any more': {
        id: reveal.id,
        revealed: [{ patient: 'p5c1d9', fullName: null, dob: null, date: null }],
      },
    },
  },
  getIdentityReveals: {
    [`200 ${json}`]: {
      register: { records: [{ ...reveal, uid: 'vera', name: 'Vera Audit', at }] },
    },
  },
  postPrint: {
    [`request ${json}`]: { board: { what: 'board' } },
    [`200 ${json}`]: {
      mark: { printedBy: 'Rosa Delgado', at, patients: 42, reference: '01890a5d-ac96-1c' },
    },
  },
};
