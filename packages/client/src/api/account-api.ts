/** One's own account: factors, identities, and fresh proofs. Methods throw `ApiError` and `NetworkError`. */
import type {
  departureSchema,
  linkedIdentitiesSchema,
  ownAccountResponseSchema,
  PasskeyView,
  passkeyCreationSchema,
  recoveryCodesResponseSchema,
  StepUpPurpose,
  totpSeedResponseSchema,
} from '@workflow-bolt/contracts';
import type { z } from 'zod';
import type { AccountChangeRow } from './accounts-api.ts';
import type { ApiTransport } from './api-transport.ts';

export type OwnAccount = z.infer<typeof ownAccountResponseSchema>;
export type LinkedIdentities = z.infer<typeof linkedIdentitiesSchema>;
type PasskeyOptions = z.infer<typeof passkeyCreationSchema>;

/** A proof that is typed; a passkey is shown by `beginStepUpPasskey` and `stepUpPasskey`. */
export type TypedProof = { method: 'totp' | 'recovery-code'; code: string } | { method: 'development' };

export class AccountApi {
  readonly #transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.#transport = transport;
  }

  own(): Promise<OwnAccount> {
    return this.#transport.get('/api/v1/account');
  }

  /** What others did to it, newest first. */
  async changes(): Promise<AccountChangeRow[]> {
    const path = '/api/v1/account/changes';
    return (await this.#transport.get<{ changes: AccountChangeRow[] }>(path)).changes;
  }

  changePassword(current: string, next: string): Promise<void> {
    return this.#transport.post('/api/v1/account/password', { current, next });
  }

  totpSeed(): Promise<z.infer<typeof totpSeedResponseSchema>> {
    return this.#transport.post('/api/v1/account/totp');
  }

  confirmTotp(transaction: string, code: string): Promise<void> {
    return this.#transport.post('/api/v1/account/totp/confirm', { transaction, code });
  }

  async newRecoveryCodes(): Promise<string[]> {
    const path = '/api/v1/account/recovery-codes';
    const answer = await this.#transport.post<z.infer<typeof recoveryCodesResponseSchema>>(path);
    return answer.recoveryCodes;
  }

  removeFactor(factor: 'totp' | 'recovery-codes'): Promise<void> {
    return this.#transport.post('/api/v1/account/factors/remove', { factor });
  }

  async passkeys(): Promise<PasskeyView[]> {
    return (await this.#transport.get<{ passkeys: PasskeyView[] }>('/api/v1/account/passkeys')).passkeys;
  }

  beginPasskey(): Promise<PasskeyOptions> {
    return this.#transport.post('/api/v1/account/passkeys/options');
  }

  addPasskey(label: string, response: unknown): Promise<void> {
    return this.#transport.post('/api/v1/account/passkeys', { label, response });
  }

  removePasskey(id: string): Promise<void> {
    return this.#transport.post('/api/v1/account/passkeys/remove', { id });
  }

  identities(): Promise<LinkedIdentities> {
    return this.#transport.get('/api/v1/account/identities');
  }

  leaveToLink(provider: string): Promise<z.infer<typeof departureSchema>> {
    return this.#transport.post('/api/v1/account/identities/departure', { provider });
  }

  /** `query`: as the provider sent the browser back with it. */
  linkOnReturn(query: string): Promise<void> {
    return this.#transport.post('/api/v1/account/identities/return', { query });
  }

  unlink(id: string): Promise<void> {
    return this.#transport.post('/api/v1/account/identities/remove', { id });
  }

  stepUp(purpose: StepUpPurpose, proof: TypedProof): Promise<void> {
    return this.#transport.post('/api/v1/step-up', { purpose, ...proof });
  }

  beginStepUpPasskey(purpose: StepUpPurpose): Promise<PasskeyOptions> {
    return this.#transport.post('/api/v1/step-up/passkey/options', { purpose });
  }

  stepUpPasskey(purpose: StepUpPurpose, response: unknown): Promise<void> {
    return this.#transport.post('/api/v1/step-up/passkey', { purpose, response });
  }
}
