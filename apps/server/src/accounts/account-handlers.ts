import type { Handlers } from '../http/handler.ts';
import {
  getAccount,
  getAccounts,
  postAccount,
  postAccountAccess,
  postAccountName,
  postActivateAccount,
  postDeactivateAccount,
  postInvitation,
  postResetAccount,
} from './account-administration.ts';
import { getAccountChanges, getOwnAccountChanges } from './account-changes-handlers.ts';
import { getAccountTokens, postAccountToken, postAccountTokenRevoke } from './account-token-handlers.ts';
import type { SignInParts } from './complete-sign-in.ts';
import {
  postConfirmEnrolTotp,
  postEnrolmentLookup,
  postEnrolmentPassword,
  postEnrolTotp,
  postResetRequest,
} from './enrolment-handlers.ts';
import {
  getOwnAccount,
  postConfirmOwnTotp,
  postOwnPassword,
  postOwnTotp,
  postRecoveryCodes,
  postRemoveFactor,
} from './profile-handlers.ts';
import { postPasswordSignIn, postRecoveryCodeSignIn, postTotpSignIn } from './sign-in-handlers.ts';
import { postStepUp } from './step-up-handler.ts';

/** Which code answers which route of `accountRoutes`. */
export function accountHandlers(parts: SignInParts) {
  return {
    postPasswordSignIn: postPasswordSignIn(parts),
    postTotpSignIn: postTotpSignIn(parts),
    postRecoveryCodeSignIn: postRecoveryCodeSignIn(parts),
    postEnrolmentLookup: postEnrolmentLookup(parts),
    postEnrolmentPassword: postEnrolmentPassword(parts),
    postEnrolTotp: postEnrolTotp(parts),
    postConfirmEnrolTotp: postConfirmEnrolTotp(parts),
    postResetRequest: postResetRequest(parts),
    postStepUp: postStepUp(parts),
    getOwnAccount: getOwnAccount(parts),
    postOwnPassword: postOwnPassword(parts),
    postOwnTotp: postOwnTotp(parts),
    postConfirmOwnTotp: postConfirmOwnTotp(parts),
    postRecoveryCodes: postRecoveryCodes(parts),
    postRemoveFactor: postRemoveFactor(parts),
    getAccounts: getAccounts(parts),
    getAccount: getAccount(parts),
    postAccount: postAccount(parts),
    postAccountAccess: postAccountAccess(parts),
    postAccountName: postAccountName(parts),
    postDeactivateAccount: postDeactivateAccount(parts),
    postActivateAccount: postActivateAccount(parts),
    postInvitation: postInvitation(parts),
    postResetAccount: postResetAccount(parts),
    getAccountChanges: getAccountChanges(parts),
    getOwnAccountChanges: getOwnAccountChanges(parts),
    getAccountTokens: getAccountTokens(parts),
    postAccountToken: postAccountToken(parts),
    postAccountTokenRevoke: postAccountTokenRevoke(parts),
  } satisfies Partial<Handlers>;
}
