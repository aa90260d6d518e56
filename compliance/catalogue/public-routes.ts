/** Routes that a stranger may call, each with its reason. Any other that is `public` fails the tests. */
import type { RouteId } from '@workflow-bolt/contracts';

export type PublicReason = 'health' | 'documents' | 'sign-in' | 'browser-report' | 'development';

/** What strangers get there: counters and states without patients, descriptions, or a way to stop being a stranger. */
export const publicRoutes: Readonly<Partial<Record<RouteId, PublicReason>>> = {
  getHealth: 'health',
  getReady: 'health',
  getSystemState: 'health',
  getMetrics: 'health',
  getOpenApi: 'documents',
  getAsyncApi: 'documents',
  getDocs: 'documents',
  getSignInMethods: 'sign-in',
  postPasswordSignIn: 'sign-in',
  postTotpSignIn: 'sign-in',
  postRecoveryCodeSignIn: 'sign-in',
  postEnrolmentLookup: 'sign-in',
  postEnrolmentPassword: 'sign-in',
  postEnrolTotp: 'sign-in',
  postConfirmEnrolTotp: 'sign-in',
  postResetRequest: 'sign-in',
  postPasskeySignInOptions: 'sign-in',
  postPasskeySignIn: 'sign-in',
  postEnrolPasskeyOptions: 'sign-in',
  postEnrolPasskey: 'sign-in',
  postOidcDeparture: 'sign-in',
  postOidcReturn: 'sign-in',
  postDisplayHere: 'sign-in',
  postWorkstationChallenge: 'sign-in',
  postWorkstationParked: 'sign-in',
  postUnlock: 'sign-in',
  // Browsers send it by themselves, before anybody has signed in; it answers nothing.
  postCspReport: 'browser-report',
  getDevUsers: 'development',
  postDevLogin: 'development',
};
