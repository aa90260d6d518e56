/** Examples of the operations of passkeys and identity providers. */
const json = 'application/json';
const challenge = 'kSS5jXcPzVd7ZpYQ2mVhQbB1vS7r4cWl0o9uHc2R1xE';
const transaction = 'b5m7gPn2xV3cR8sT1wQ4yZ6aL9kD0eF2hJ3uM5oN7iA';
const credentialId = 'H3zVqf0mJm6J2n0oD1s7cQ';
const at = 1_763_996_400_000;

const asked = { challenge, rpId: 'board.example.org', timeout: 300_000, userVerification: 'required' };
const made = {
  challenge,
  rp: { id: 'board.example.org', name: 'workflow-bolt' },
  user: { id: 'MDE5MmYwYzA', name: 'nora', displayName: 'Nora Quist' },
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
};
const credential = { id: credentialId, rawId: credentialId, type: 'public-key', clientExtensionResults: {} };
const created = {
  ...credential,
  response: { clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0', attestationObject: 'o2NmbXRkbm9uZQ' },
};
const assertion = {
  ...credential,
  response: {
    clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0',
    authenticatorData: 'SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAQ',
    signature: 'MEUCIQDx',
    userHandle: 'MDE5MmYwYzA',
  },
};
const passkey = {
  id: credentialId,
  label: 'Blue key',
  createdAt: at,
  lastUsedAt: null,
  isSynced: false,
  isSuspended: false,
};
const departure = {
  [`request ${json}`]: { provider: 'google' },
  [`200 ${json}`]: { location: 'https://accounts.google.com/o/oauth2/v2/auth' },
};
const back = { [`request ${json}`]: { query: '?code=4%2F0Ab&state=kSS5' } };
const signedIn = { next: 'done' };

const bare: Record<string, Record<string, unknown>> = {
  postPasskeySignInOptions: {
    [`request ${json}`]: { transaction: null },
    [`200 ${json}`]: { transaction, options: asked },
  },
  postPasskeySignIn: {
    [`request ${json}`]: { transaction, response: assertion },
    [`200 ${json}`]: signedIn,
  },
  postEnrolPasskeyOptions: { [`request ${json}`]: { transaction }, [`200 ${json}`]: { options: made } },
  postEnrolPasskey: {
    [`request ${json}`]: { transaction, label: 'Blue key', response: created },
    [`200 ${json}`]: { next: 'done', recoveryCodes: ['K7QF-2M9X-PD4T'] },
  },
  getPasskeys: { [`200 ${json}`]: { passkeys: [passkey] } },
  postPasskeyOptions: { [`200 ${json}`]: { options: made } },
  postPasskey: {
    [`request ${json}`]: { label: 'Blue key', response: created },
    [`200 ${json}`]: { passkeys: [passkey] },
  },
  postPasskeyRemove: { [`request ${json}`]: { id: credentialId } },
  postPasskeyStepUpOptions: {
    [`request ${json}`]: { purpose: 'export' },
    [`200 ${json}`]: { options: asked },
  },
  postPasskeyStepUp: { [`request ${json}`]: { purpose: 'export', response: assertion } },
  getSignInMethods: {
    [`200 ${json}`]: {
      passkeys: true,
      providers: [{ id: 'google', label: 'Google' }],
      developmentLogin: false,
      needsFirstAccount: false,
    },
  },
  postOidcDeparture: departure,
  postOidcReturn: {
    ...back,
    [`200 ${json}`]: { next: 'totp', transaction, methods: ['totp', 'recovery-code'] },
  },
  getIdentities: {
    [`200 ${json}`]: {
      identities: [{ id: challenge, provider: 'google', linkedAt: at }],
      providers: [{ id: 'google', label: 'Google' }],
    },
  },
  postIdentityDeparture: departure,
  postIdentityReturn: back,
  postIdentityRemove: { [`request ${json}`]: { id: challenge } },
};

/** Each under the name `one`, as the document lists them. */
export const passkeyExamples = Object.fromEntries(
  Object.entries(bare).map(([id, bodies]) => [
    id,
    Object.fromEntries(Object.entries(bodies).map(([body, value]) => [body, { one: value }])),
  ]),
);
