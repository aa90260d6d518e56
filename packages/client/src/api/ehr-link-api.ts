/** The link to the EHR: its circuit breakers and the comparison of a day. Methods throw `ApiError` and `NetworkError`. */
import type {
  BoardKey,
  Breaker,
  DriftResponse,
  ehrLinkSchema,
  ForceBreaker,
  PostWriteBack,
  reconcileResponseSchema,
  WriteBackState,
} from '@workflow-bolt/contracts';
import type { z } from 'zod';
import { boardPath } from './api-client.ts';
import type { ApiTransport } from './api-transport.ts';

export type EhrLinkState = z.infer<typeof ehrLinkSchema>;

const writeBackOf = (clinic: string): string => `/api/v1/clinics/${encodeURIComponent(clinic)}/write-back`;

export class EhrLinkApi {
  readonly #transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.#transport = transport;
  }

  link(): Promise<EhrLinkState> {
    return this.#transport.get('/api/v1/ehr-link');
  }

  force(account: string, wish: ForceBreaker): Promise<Breaker> {
    return this.#transport.post(`/api/v1/ehr-link/${encodeURIComponent(account)}/breaker`, wish);
  }

  /** Whether a clinic writes to its EHR, who decided so, and what waits. */
  writeBack(clinic: string): Promise<WriteBackState> {
    return this.#transport.get(writeBackOf(clinic));
  }

  setWriteBack(clinic: string, wish: PostWriteBack): Promise<WriteBackState> {
    return this.#transport.post(writeBackOf(clinic), wish);
  }

  /** The last comparison of a day with the EHR. */
  drift(key: BoardKey): Promise<DriftResponse> {
    return this.#transport.get(`${boardPath(key)}/drift`);
  }

  /** Has the day compared now; answers with the job, not with its report. */
  compare(key: BoardKey): Promise<z.infer<typeof reconcileResponseSchema>> {
    return this.#transport.post(`${boardPath(key)}/reconcile`);
  }
}
