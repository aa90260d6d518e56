/** Accounts of others, for managers and administrators. Methods throw `ApiError` and `NetworkError`. */
import type {
  Account,
  accountChangesResponseSchema,
  accountEnrolmentResponseSchema,
  accountsResponseSchema,
  createAccountRequestSchema,
  enrolmentSchema,
  Role,
} from '@workflow-bolt/contracts';
import type { z } from 'zod';
import type { ApiTransport } from './api-transport.ts';
import type { ApiToken, ApiTokenRequest, NewApiToken } from './session-api.ts';

export type NewAccountRequest = z.input<typeof createAccountRequestSchema>;
export type AccountList = z.infer<typeof accountsResponseSchema>;
export type Enrolment = z.infer<typeof enrolmentSchema>;
export type AccountEnrolment = z.infer<typeof accountEnrolmentResponseSchema>;
export type AccountChangeRow = z.infer<typeof accountChangesResponseSchema>['changes'][number];
/** The API tokens of one account: one's own, or a service's. */
export type TokenDesk = {
  tokens(): Promise<ApiToken[]>;
  createToken(request: ApiTokenRequest): Promise<NewApiToken>;
  revokeToken(id: string): Promise<void>;
};
export type AccessChange = { roles: readonly Role[]; clinics: readonly string[]; reason: string };

const pathOf = (uid: string): string => `/api/v1/accounts/${encodeURIComponent(uid)}`;

export class AccountsApi {
  readonly #transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.#transport = transport;
  }

  list(): Promise<AccountList> {
    return this.#transport.get('/api/v1/accounts');
  }

  create(account: NewAccountRequest): Promise<AccountEnrolment> {
    return this.#transport.post('/api/v1/accounts', account);
  }

  changeAccess({ uid, version }: Account, change: AccessChange): Promise<{ account: Account }> {
    return this.#transport.post(`${pathOf(uid)}/access`, { version, ...change });
  }

  rename(
    { uid, version }: Account,
    names: { name: string; login: string | null },
  ): Promise<{ account: Account }> {
    return this.#transport.post(`${pathOf(uid)}/name`, { version, ...names });
  }

  deactivate({ uid, version }: Account, reason: string): Promise<{ account: Account }> {
    return this.#transport.post(`${pathOf(uid)}/deactivate`, { version, reason });
  }

  activate({ uid, version }: Account, reason: string): Promise<{ account: Account }> {
    return this.#transport.post(`${pathOf(uid)}/activate`, { version, reason });
  }

  invite({ uid }: Account): Promise<AccountEnrolment> {
    return this.#transport.post(`${pathOf(uid)}/invitation`);
  }

  /** `number`: what the person reads from their own screen. */
  reset({ uid }: Account, number: string, reason: string): Promise<AccountEnrolment> {
    return this.#transport.post(`${pathOf(uid)}/reset`, { number, reason });
  }

  /** Who changed it and why, newest first. */
  async changes({ uid }: Account): Promise<AccountChangeRow[]> {
    const path = `${pathOf(uid)}/changes`;
    return (await this.#transport.get<{ changes: AccountChangeRow[] }>(path)).changes;
  }

  tokensOf({ uid }: Account): TokenDesk {
    const path = `${pathOf(uid)}/api-tokens`;
    return {
      tokens: async () => (await this.#transport.get<{ tokens: ApiToken[] }>(path)).tokens,
      createToken: (request) => this.#transport.post(path, request),
      revokeToken: (id) => this.#transport.post(`${path}/${encodeURIComponent(id)}/revoke`),
    };
  }
}
