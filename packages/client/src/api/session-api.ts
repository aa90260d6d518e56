/** Devices, API tokens, the lock screen and workstations. Methods throw `ApiError` and `NetworkError`. */
import {
  type apiTokensResponseSchema,
  type challengeResponseSchema,
  type createApiTokenRequestSchema,
  type lockResponseSchema,
  type newApiTokenResponseSchema,
  type parkedResponseSchema,
  type sessionsResponseSchema,
  type WorkstationPurpose,
  workstationMessage,
  type workstationSchema,
  type workstationsResponseSchema,
} from '@workflow-bolt/contracts';
import type { z } from 'zod';
import type { WorkstationKey } from '../workstation-key.ts';
import type { ApiClient, Session } from './api-client.ts';
import type { ApiTransport } from './api-transport.ts';

export type ListedSession = z.infer<typeof sessionsResponseSchema>['sessions'][number];
export type ApiToken = z.infer<typeof apiTokensResponseSchema>['tokens'][number];
export type NewApiToken = z.infer<typeof newApiTokenResponseSchema>;
export type ApiTokenRequest = z.input<typeof createApiTokenRequestSchema>;
export type Workstation = z.infer<typeof workstationSchema>;
export type Parked = z.infer<typeof parkedResponseSchema>;
export type Locked = z.infer<typeof lockResponseSchema>;

const workstationsOf = (clinic: string) => `/api/v1/clinics/${encodeURIComponent(clinic)}/workstations`;

export class SessionApi {
  readonly #api: ApiClient;
  readonly #transport: ApiTransport;

  constructor(api: ApiClient) {
    this.#api = api;
    this.#transport = api.transport;
  }

  /** Only for an answer that a person gave: it extends the session. */
  async goOn(): Promise<Session> {
    return this.#api.heard(await this.#transport.post<Session>('/api/v1/session/continue'));
  }

  async list(): Promise<ListedSession[]> {
    return (await this.#transport.get<{ sessions: ListedSession[] }>('/api/v1/sessions')).sessions;
  }

  revoke(id: string): Promise<void> {
    return this.#transport.post(`/api/v1/sessions/${encodeURIComponent(id)}/revoke`);
  }

  revokeOthers(): Promise<void> {
    return this.#transport.post('/api/v1/sessions/revoke-others');
  }

  async tokens(): Promise<ApiToken[]> {
    return (await this.#transport.get<{ tokens: ApiToken[] }>('/api/v1/api-tokens')).tokens;
  }

  createToken(request: ApiTokenRequest): Promise<NewApiToken> {
    return this.#transport.post('/api/v1/api-tokens', request);
  }

  revokeToken(id: string): Promise<void> {
    return this.#transport.post(`/api/v1/api-tokens/${encodeURIComponent(id)}/revoke`);
  }

  choosePin(pin: string): Promise<void> {
    return this.#transport.post('/api/v1/session/pin', { pin });
  }

  async workstations(clinic: string): Promise<Workstation[]> {
    const { workstations } = await this.#transport.get<z.infer<typeof workstationsResponseSchema>>(
      workstationsOf(clinic),
    );
    return workstations;
  }

  /** Enrols the computer that this runs on. */
  enrolWorkstation(clinic: string, workstation: { name: string; publicKey: string }): Promise<Workstation> {
    return this.#transport.post(workstationsOf(clinic), workstation);
  }

  removeWorkstation({ clinic, id }: Workstation): Promise<void> {
    return this.#transport.post(`${workstationsOf(clinic)}/${encodeURIComponent(id)}/remove`);
  }

  /** Parks the session where `key` proves an enrolled workstation; ends it elsewhere. */
  async lock(key: WorkstationKey | null): Promise<Locked> {
    const proof = key && (await this.#prove(key, 'lock'));
    return this.#transport.post('/api/v1/session/lock', { proof });
  }

  /** Whose sessions wait at this workstation. */
  async parked(key: WorkstationKey): Promise<Parked> {
    return this.#transport.post('/api/v1/workstation/parked', await this.#prove(key, 'list'));
  }

  async unlock(key: WorkstationKey, who: { userId: string; pin: string }): Promise<Session> {
    const proof = await this.#prove(key, 'unlock', who.userId);
    return this.#api.heard(
      await this.#transport.post<Session>('/api/v1/workstation/unlock', { ...proof, ...who }),
    );
  }

  async #prove(key: WorkstationKey, purpose: WorkstationPurpose, userId?: string) {
    const { challenge, workstation } = await this.#transport.post<z.infer<typeof challengeResponseSchema>>(
      '/api/v1/workstation/challenge',
    );
    const message = workstationMessage(purpose, { workstation, challenge, ...(userId ? { userId } : {}) });
    return { challenge, signature: await key.sign(message) };
  }
}
