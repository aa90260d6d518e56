/** Examples of the reviews of access; part of `openapi-examples.ts`. */
const at = 1_773_151_200_000;
const json = 'application/json';
const digest = 'sha256:7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730';

export const accessReviewExamples = {
  getAccessReviews: {
    [`200 ${json}`]: {
      due: {
        now: at,
        reviews: [
          {
            ...{ number: 1, openedAt: at - 7_000_000_000, dueAt: at + 948_800_000 },
            ...{ reviewedBy: null, reviewedAt: null, outcome: null, accounts: null, escalatedAt: null },
          },
        ],
        inForce: { accounts: 14, digest },
      },
    },
  },
  getAccessInForce: {
    [`200 ${json}`]: {
      one: {
        now: at,
        digest,
        accounts: [
          {
            ...{ uid: '01890a5d-ac96-774b-bcce-b302099a8057', kind: 'human', name: 'Rosa Delgado' },
            ...{ roles: ['nurse'], clinics: ['north'], changedAt: at - 9_000_000_000 },
            ...{ lastSignInAt: at - 86_400_000, isDormant: false },
          },
        ],
      },
    },
  },
  postAccessReview: { [`request ${json}`]: { confirmed: { outcome: 'confirmed', digest } } },
};
