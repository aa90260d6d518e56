/** Examples of the search for patients, for the OpenAPI document. */
const json = 'application/json';
const row = {
  date: '2026-03-10',
  visitId: 't1c9k2',
  fullName: 'Ann Smith',
  dob: '1980-05-17',
  status: 'completed',
  startAt: 1_773_151_200_000,
};

export const patientSearchExamples = {
  postPatientSearch: {
    [`request ${json}`]: {
      'by name': { in: 'days', from: '2026-03-09', to: '2026-03-17', name: 'ann smi' },
      'by telephone and name': { in: 'all', phone: '(312) 555-0142', name: 'Smith' },
      'by last name and date of birth': { in: 'all', name: 'Smith', dob: '1980-05-17' },
    },
    [`200 ${json}`]: {
      found: { rows: [row], isCut: false },
      nobody: { rows: [], isCut: false },
    },
  },
};
