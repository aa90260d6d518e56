/** Alerts and the reviews of access, for whoever must look at them. Methods throw `ApiError` and `NetworkError`. */
import type {
  AccessReviewOutcome,
  Alert,
  AlertReviewOutcome,
  accessInForceResponseSchema,
  accessReviewsResponseSchema,
  alertsResponseSchema,
} from '@workflow-bolt/contracts';
import type { z } from 'zod';
import type { ApiTransport } from './api-transport.ts';

export type AlertState = 'open' | 'reviewed' | 'all';
export type AlertList = z.infer<typeof alertsResponseSchema>;
export type AccessReviewList = z.infer<typeof accessReviewsResponseSchema>;
export type AccessInForce = z.infer<typeof accessInForceResponseSchema>;

const reviewsOf = (clinic: string): string => `/api/v1/clinics/${encodeURIComponent(clinic)}/access-reviews`;

export class OversightApi {
  readonly #transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.#transport = transport;
  }

  /** What was noticed in one's clinics and in the installation. */
  alerts(state: AlertState): Promise<AlertList> {
    return this.#transport.get(`/api/v1/alerts?state=${state}`);
  }

  /** Says what an alert turned out to be, once. */
  settle({ id, clinic }: Alert, outcome: AlertReviewOutcome): Promise<Alert> {
    return this.#transport.post(`/api/v1/alerts/${encodeURIComponent(id)}/review`, { clinic, outcome });
  }

  accessReviews(clinic: string): Promise<AccessReviewList> {
    return this.#transport.get(reviewsOf(clinic));
  }

  /** Everybody who can do anything in a clinic; each look is on record. */
  accessInForce(clinic: string): Promise<AccessInForce> {
    return this.#transport.get(`${reviewsOf(clinic)}/in-force`);
  }

  /** `digest`: of what was looked at. */
  attestAccess(
    clinic: string,
    number: number,
    attestation: { outcome: AccessReviewOutcome; digest: string },
  ): Promise<void> {
    return this.#transport.post(`${reviewsOf(clinic)}/${number}`, attestation);
  }
}
