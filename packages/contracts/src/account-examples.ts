/** Examples of sign-in and accounts for the OpenAPI document. */
const json = 'application/json';
const at = 1_773_151_200_000;
const transaction = 'q'.repeat(43);
const request = `request ${json}`;
const answer = `200 ${json}`;

const account = {
  uid: '019cd801-7a3b-7c11-9d5e-3f0a6a2b4c5d',
  kind: 'human',
  login: 'june.park',
  name: 'June Park',
  roles: ['medical-assistant'],
  clinics: ['main-street'],
  state: 'active',
  version: 3,
  createdAt: at,
  changedAt: at + 86_400_000,
  exportAllowedAt: null,
  owner: null,
};
const enrolment = { code: '7K2M-QX4D-0P9T-VB6H-3NYR-8CZS-5A', expiresAt: at + 1_800_000 };
const code = { transaction, code: '492039' };
const recoveryCodes = ['7K2M-QX4D-0P9T-VB6H', '3NYR-8CZS-5AJE-WG1F'];
const seed = {
  transaction,
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  uri: 'otpauth://totp/workflow-bolt:june.park?issuer=workflow-bolt&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30',
};
const done = { [answer]: { done: { next: 'done' } } };
const changed = { [answer]: { changed: { account: { ...account, version: 4 } } } };
const change = {
  at: at + 86_400_000,
  by: { uid: '019cd801-2b1c-7e02-8a41-77c0de9f1a2b', name: 'Olive Stone' },
  what: 'access',
  roles: account.roles,
  clinics: account.clinics,
  reason: 'Moved to the other site',
};
const token = {
  id: 'q0ZcU2hWs7dKp4fGj9wEx6Aa',
  name: 'Nightly report',
  scopes: ['read', 'metrics'],
  createdAt: at,
  expiresAt: at + 30 * 86_400_000,
};
const because = { version: 3, reason: 'Moved to the other site' };

export const accountExamples = {
  postPasswordSignIn: {
    [request]: { first: { login: 'june.park', password: 'four slow blue kayaks', station: 'ma-tablet-1' } },
    [answer]: {
      second: { next: 'totp', transaction, methods: ['totp', 'recovery-code'] },
      enrol: { next: 'enrol', transaction },
    },
  },
  postTotpSignIn: { [request]: { code }, ...done },
  postRecoveryCodeSignIn: { [request]: { code: { transaction, code: recoveryCodes[0] } }, ...done },
  postEnrolmentLookup: {
    [request]: { code: { code: enrolment.code } },
    [answer]: {
      invitation: {
        purpose: 'invitation',
        account: { login: 'june.park', name: 'June Park' },
        expiresAt: enrolment.expiresAt,
      },
      bootstrap: { purpose: 'bootstrap', account: null, expiresAt: enrolment.expiresAt },
    },
  },
  postEnrolmentPassword: {
    [request]: {
      invited: { code: enrolment.code, password: 'four slow blue kayaks' },
      first: { code: enrolment.code, password: 'four slow blue kayaks', login: 'owner', name: 'Olive Stone' },
    },
    [answer]: { enrol: { next: 'enrol', transaction } },
  },
  postEnrolTotp: { [request]: { begin: { transaction } }, [answer]: { seed } },
  postConfirmEnrolTotp: { [request]: { code }, [answer]: { done: { next: 'done', recoveryCodes } } },
  postResetRequest: {
    [request]: { ask: { login: 'june.park' } },
    [`202 ${json}`]: { asked: { number: '40718826', expiresAt: at + 1_800_000 } },
  },
  postStepUp: {
    [request]: {
      code: { purpose: 'user-admin', method: 'totp', code: '492039' },
      demo: { purpose: 'user-admin', method: 'development' },
    },
  },
  getOwnAccount: {
    [answer]: {
      own: {
        account,
        factors: { hasPassword: true, totp: { addedAt: at }, passkeys: 1, recoveryCodesLeft: 9 },
      },
    },
  },
  postOwnPassword: {
    [request]: { change: { current: 'four slow blue kayaks', next: 'seven loud red tractors' } },
  },
  postOwnTotp: { [answer]: { seed } },
  postConfirmOwnTotp: { [request]: { code } },
  postRecoveryCodes: { [answer]: { codes: { recoveryCodes } } },
  postRemoveFactor: { [request]: { authenticator: { factor: 'totp' } } },
  getAccounts: {
    [answer]: { one: { accounts: [account], clinics: [{ id: 'main-street', name: 'Main Street Clinic' }] } },
  },
  getAccount: { [answer]: { one: { account } } },
  postAccount: {
    [request]: {
      person: {
        kind: 'human',
        login: 'june.park',
        name: 'June Park',
        roles: ['medical-assistant'],
        clinics: ['main-street'],
      },
      service: { kind: 'service', name: 'Nightly report', roles: ['service'], clinics: ['main-street'] },
    },
    [`201 ${json}`]: { person: { account: { ...account, version: 1 }, enrolment } },
  },
  postAccountAccess: {
    [request]: { nurse: { ...because, roles: ['nurse'], clinics: ['main-street'] } },
    ...changed,
  },
  postAccountName: {
    [request]: { married: { version: 3, name: 'June Park-Ito', login: 'june.ito' } },
    ...changed,
  },
  postDeactivateAccount: { [request]: { left: { ...because, releaseLogin: true } }, ...changed },
  postActivateAccount: { [request]: { back: because }, ...changed },
  postInvitation: { [answer]: { again: { account, enrolment } } },
  getAccountChanges: { [answer]: { moved: { changes: [change] } } },
  getOwnAccountChanges: { [answer]: { moved: { changes: [change] } } },
  getAccountTokens: { [answer]: { one: { tokens: [token] } } },
  postAccountToken: {
    [request]: { nightly: { name: token.name, scopes: token.scopes, days: 30 } },
    [answer]: { made: { token, secret: `bolt_${token.id}_${'0'.repeat(72)}` } },
  },
  postResetAccount: {
    [request]: { both: { number: '40718826', reason: 'Lost her telephone, seen in person' } },
    [answer]: { code: { account, enrolment } },
  },
};
