/** Examples of devices, API tokens, the lock screen and workstations for the OpenAPI document. */
const json = 'application/json';
const at = 1_773_151_200_000;
const hourMs = 3_600_000;
const sessionId = 'q0ZcU2hWk3xRr1vTn8bLm5Yd';
const workstationId = 'Zm9vYmFyYmF6cXV4MTIzNA';
const challenge = 'Jm1r0hC2vXo9sQd7aLpT4eYw6uKz8bNf3gVxRi5jHtM';
const proof = { challenge, signature: 'A'.repeat(86) };
const workstation = {
  id: workstationId,
  clinic: 'main-street',
  name: 'Front desk 1',
  enrolledBy: 'mina-sato',
  enrolledAt: at,
};
const token = {
  id: 'q0ZcU2hWs7dKp4fGj9wEx6Aa',
  name: 'Nightly schedule',
  scopes: ['read', 'import'],
  createdAt: at,
  expiresAt: at + 720 * hourMs,
};

/** `session` is the example of `getSession`, which two of these answer too. */
export const sessionExamples = (session: unknown) => ({
  postContinue: { [`200 ${json}`]: { session } },
  postLock: {
    [`request ${json}`]: { enrolled: { proof }, elsewhere: { proof: null } },
    [`200 ${json}`]: {
      parked: { isParked: true, until: at + 4 * hourMs },
      ended: { isParked: false, until: null },
    },
  },
  postPin: { [`request ${json}`]: { pin: { pin: '730264' } } },
  postCspReport: {
    'request application/csp-report': {
      inline: { 'csp-report': { 'effective-directive': 'script-src-attr' } },
    },
    'request application/reports+json': {
      inline: [{ type: 'csp-violation', body: { effectiveDirective: 'script-src-attr' } }],
    },
  },
  getSessions: {
    [`200 ${json}`]: {
      one: {
        sessions: [
          {
            id: sessionId,
            isThisOne: true,
            state: 'active',
            station: 'front-desk-1',
            workstation: workstationId,
            device: 'Chrome, Windows',
            aal: '2',
            amr: ['pwd', 'otp'],
            createdAt: at,
            lastActiveAt: at + 600_000,
            expiresAt: at + 1_500_000,
            isDevelopment: false,
          },
        ],
      },
    },
  },
  getApiTokens: { [`200 ${json}`]: { one: { tokens: [token] } } },
  postApiToken: {
    [`request ${json}`]: { schedule: { name: token.name, scopes: token.scopes, days: 30 } },
    [`200 ${json}`]: { made: { token, secret: `bolt_${token.id}_${'0'.repeat(72)}` } },
  },
  getWorkstations: { [`200 ${json}`]: { one: { workstations: [workstation] } } },
  postWorkstation: {
    [`request ${json}`]: { desk: { name: workstation.name, publicKey: `B${'A'.repeat(86)}` } },
    [`200 ${json}`]: { enrolled: workstation },
  },
  postWorkstationChallenge: {
    [`200 ${json}`]: { challenge: { challenge, workstation: workstationId, expiresAt: at + 60_000 } },
  },
  postWorkstationParked: {
    [`request ${json}`]: { signed: proof },
    [`200 ${json}`]: {
      one: {
        workstation,
        people: [{ userId: 'rosa-delgado', name: 'Rosa Delgado', until: at + 4 * hourMs }],
      },
    },
  },
  postUnlock: {
    [`request ${json}`]: { unlock: { ...proof, userId: 'rosa-delgado', pin: '730264' } },
    [`200 ${json}`]: { session },
  },
});
