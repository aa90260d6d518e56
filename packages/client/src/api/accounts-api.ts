/** Accounts of others, for managers and administrators. Methods throw `ApiError` and `NetworkError`. */
import type {
  Account,
  accountEnrolmentResponseSchema,
  accountsResponseSchema,
  createAccountRequestSchema,
  enrolmentSchema,
  Role,
} from '@workflow-bolt/contracts';
import type { z } from 'zod';
import type { ApiTransport } from './api-transport.ts';

export type NewAccountRequest = z.input<typeof createAccountRequestSchema>;
export type AccountList = z.infer<typeof accountsResponseSchema>;
export type Enrolment = z.infer<typeof enrolmentSchema>;
export type AccountEnrolment = z.infer<typeof accountEnrolmentResponseSchema>;
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
}
