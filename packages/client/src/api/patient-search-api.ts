/** Finding a patient on other days. Throws `ApiError` and `NetworkError`. */
import type { PatientSearchRequest, PatientSearchResponse } from '@workflow-bolt/contracts';
import type { ApiTransport } from './api-transport.ts';

export class PatientSearchApi {
  readonly #transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.#transport = transport;
  }

  find(clinic: string, asked: PatientSearchRequest): Promise<PatientSearchResponse> {
    return this.#transport.post(`/api/v1/clinics/${encodeURIComponent(clinic)}/patient-search`, asked);
  }
}
