/** The steps of signing in, one method a route. Methods throw `ApiError` and `NetworkError`. */
import type {
  departureSchema,
  enrolmentLookupResponseSchema,
  passkeyChallengeSchema,
  passkeyCreationSchema,
  resetRequestResponseSchema,
  SignInMethodsOffered,
  SignInResponse,
  totpSeedResponseSchema,
} from '@workflow-bolt/contracts';
import type { z } from 'zod';
import type { ApiTransport } from './api-transport.ts';

export type EnrolmentAnswer = z.infer<typeof enrolmentLookupResponseSchema>;
export type TotpSeed = z.infer<typeof totpSeedResponseSchema>;
export type ResetRequested = z.infer<typeof resetRequestResponseSchema>;

export type ChosenPassword = { code: string; password: string; login?: string; name?: string };

export class SignInApi {
  readonly #transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.#transport = transport;
  }

  methods(): Promise<SignInMethodsOffered> {
    return this.#transport.get('/api/v1/sign-in/methods');
  }

  password(login: string, password: string): Promise<SignInResponse> {
    return this.#transport.post('/api/v1/sign-in/password', { login, password });
  }

  totp(transaction: string, code: string): Promise<SignInResponse> {
    return this.#transport.post('/api/v1/sign-in/totp', { transaction, code });
  }

  recoveryCode(transaction: string, code: string): Promise<SignInResponse> {
    return this.#transport.post('/api/v1/sign-in/recovery-code', { transaction, code });
  }

  /** `transaction` null: without a name, by a passkey that its authenticator remembers. */
  beginPasskey(transaction: string | null): Promise<z.infer<typeof passkeyChallengeSchema>> {
    return this.#transport.post('/api/v1/sign-in/passkey/options', { transaction });
  }

  passkey(transaction: string, response: unknown): Promise<SignInResponse> {
    return this.#transport.post('/api/v1/sign-in/passkey', { transaction, response });
  }

  /** Where to send the browser. */
  leaveFor(provider: string): Promise<z.infer<typeof departureSchema>> {
    return this.#transport.post('/api/v1/sign-in/oidc/departure', { provider });
  }

  /** `query`: as the provider sent the browser back with it. */
  comeBack(query: string): Promise<SignInResponse> {
    return this.#transport.post('/api/v1/sign-in/oidc/return', { query });
  }

  enrolment(code: string): Promise<EnrolmentAnswer> {
    return this.#transport.post('/api/v1/sign-in/enrolment', { code });
  }

  choosePassword(chosen: ChosenPassword): Promise<SignInResponse> {
    return this.#transport.post('/api/v1/sign-in/enrolment/password', chosen);
  }

  totpSeed(transaction: string): Promise<TotpSeed> {
    return this.#transport.post('/api/v1/sign-in/enrolment/totp', { transaction });
  }

  enrolTotp(transaction: string, code: string): Promise<SignInResponse> {
    return this.#transport.post('/api/v1/sign-in/enrolment/totp/confirm', { transaction, code });
  }

  beginPasskeyEnrolment(transaction: string): Promise<z.infer<typeof passkeyCreationSchema>> {
    return this.#transport.post('/api/v1/sign-in/enrolment/passkey/options', { transaction });
  }

  enrolPasskey(transaction: string, label: string, response: unknown): Promise<SignInResponse> {
    return this.#transport.post('/api/v1/sign-in/enrolment/passkey', { transaction, label, response });
  }

  askForReset(login: string): Promise<ResetRequested> {
    return this.#transport.post('/api/v1/sign-in/reset-request', { login });
  }
}
