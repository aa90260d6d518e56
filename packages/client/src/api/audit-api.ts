/** The record of accesses, for who watches over it. Methods throw `ApiError` and `NetworkError`. */
import type {
  AuditActivityRow,
  AuditPerson,
  AuditReportName,
  AuditReportQuery,
  AuditReportRow,
  AuditReview,
  AuditReviewOutcome,
  auditExportQuerySchema,
  OpenedRow,
  Revealed,
  RevealRecord,
  RevealRequest,
} from '@workflow-bolt/contracts';
import type { z } from 'zod';
import type { ApiTransport } from './api-transport.ts';

/** First and last moment, epoch ms. */
export type AuditSpan = { from: number; to: number };
export type AuditFileFormat = z.output<typeof auditExportQuerySchema>['format'];
export type OpenedBy = { patient: string; rows: OpenedRow[]; sealedThrough: number | null };

const of = (clinic: string): string => `/api/v1/clinics/${encodeURIComponent(clinic)}/audit`;

function queryOf(values: Record<string, string | number | undefined>): string {
  const given = Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  );
  return `?${new URLSearchParams(given)}`;
}

export class AuditApi {
  readonly #transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.#transport = transport;
  }

  async report(clinic: string, name: AuditReportName, query: AuditReportQuery): Promise<AuditReportRow[]> {
    const path = `${of(clinic)}/reports/${name}${queryOf({ ...query })}`;
    return (await this.#transport.get<{ rows: AuditReportRow[] }>(path)).rows;
  }

  async activity(clinic: string, span: AuditSpan): Promise<AuditActivityRow[]> {
    const path = `${of(clinic)}/activity${queryOf(span)}`;
    return (await this.#transport.get<{ rows: AuditActivityRow[] }>(path)).rows;
  }

  async people(clinic: string): Promise<AuditPerson[]> {
    return (await this.#transport.get<{ people: AuditPerson[] }>(`${of(clinic)}/people`)).people;
  }

  /** Who had this patient's record before them. */
  openedBy(clinic: string, patient: string, span: AuditSpan): Promise<OpenedBy> {
    return this.#transport.get(`${of(clinic)}/patients/${encodeURIComponent(patient)}${queryOf(span)}`);
  }

  async reviews(clinic: string): Promise<AuditReview[]> {
    return (await this.#transport.get<{ reviews: AuditReview[] }>(`${of(clinic)}/reviews`)).reviews;
  }

  attest(clinic: string, week: string, outcome: AuditReviewOutcome): Promise<void> {
    return this.#transport.post(`${of(clinic)}/reviews/${week}`, { outcome });
  }

  /** Names behind pseudonyms: keep them no longer than they are looked at. */
  async reveal(clinic: string, request: RevealRequest): Promise<Revealed[]> {
    const path = `${of(clinic)}/reveals`;
    return (await this.#transport.post<{ revealed: Revealed[] }>(path, request)).revealed;
  }

  async reveals(clinic: string): Promise<RevealRecord[]> {
    return (await this.#transport.get<{ records: RevealRecord[] }>(`${of(clinic)}/reveals`)).records;
  }

  /** Entries to take away, with what proves them where the format can. */
  file(
    clinic: string,
    query: AuditSpan & { actor?: string | undefined; patient?: string | undefined; format: AuditFileFormat },
  ): Promise<Blob> {
    return this.#transport.file(`${of(clinic)}/export${queryOf(query)}`);
  }
}
