/** Examples of retention, legal holds and alerts for the OpenAPI document. */
import type { Alert } from './alerts.ts';
import type { KeptDay, LegalHold, PurgeRequest } from './retention.ts';

const json = 'application/json';
const at = 1_773_151_200_000;
const id = '0b0f3f0e-2c55-4b65-9c0e-7a1f5d6f0a11';
const span = { class: 'flow', from: '2026-03-02', to: '2026-03-06' } as const;
const reason = 'litigation/2026-CV-118';
const requested = { by: 'mina-sato', at, reason };

const day: KeptDay = {
  date: '2026-03-02',
  state: 'cold',
  object: 'boards/north/2026-03/2026-03-02/412-9f3c51d20b7e44aa.ndjson',
  metricsObject: 'metrics/north/2026-03/2026-03-02-412.json',
  sha256: '3f'.repeat(32),
  bytes: 812_345,
  epoch: 'a1'.repeat(16),
  seq: 412,
  chain: '9f3c51d20b7e44aa0c1d2e3f40516273',
  isClosed: true,
  archivedAt: at,
  coldAt: at + 1_000,
  purgedAt: null,
};
const hold: LegalHold = {
  ...{ id, ...span, state: 'requested', requested },
  ...{ approved: null, liftRequested: null, lifted: null, gone: [] },
};
const active: LegalHold = { ...hold, state: 'active', approved: { by: 'ada-king', at: at + 60_000, reason } };
const request: PurgeRequest = { id, ...span, state: 'requested', requested, decided: null };
const alert: Alert = {
  id: '5f0c1a2b3c4d5e6f70819203',
  rule: 'ACE-2',
  severity: 'high',
  clinic: 'north',
  at,
  uid: 'rosa-delgado',
  network: '203.0.113.7',
  count: 61,
  responses: ['revoke-session'],
  reviewDueAt: at + 86_400_000,
  review: null,
};

export const retentionExamples = {
  getRetention: {
    [`200 ${json}`]: {
      one: {
        ...{ clinic: 'north', hotDays: 30, totalDays: 90, isFrozen: false, freeze: null },
        ...{ days: [day], holds: [active], requests: [request] },
        certificates: [{ clinic: 'north', class: 'flow', period: '2025-11', destroyedAt: at }],
      },
    },
  },
  postHold: {
    [`request ${json}`]: { lawsuit: { ...span, reason } },
    [`200 ${json}`]: { asked: hold },
  },
  postHoldAct: {
    [`request ${json}`]: { approve: { act: 'approve', reason } },
    [`200 ${json}`]: { active },
  },
  postPurgeRequest: {
    [`request ${json}`]: { early: { ...span, reason: 'patient-request/44' } },
    [`200 ${json}`]: { asked: request },
  },
  postPurgeDecision: {
    [`request ${json}`]: { yes: { isApproved: true, reason: 'patient-request/44' } },
    [`200 ${json}`]: {
      approved: { ...request, state: 'approved', decided: { by: 'ada-king', at: at + 60_000, reason } },
    },
  },
  postFreezeLift: { [`request ${json}`]: { settled: { reason: 'incident/2026-07' } } },
  getAlerts: { [`200 ${json}`]: { one: { now: at, alerts: [alert] } } },
  postAlertReview: {
    [`request ${json}`]: { misuse: { clinic: 'north', outcome: 'misuse' } },
    [`200 ${json}`]: {
      reviewed: { ...alert, review: { by: 'mina-sato', at: at + 3_600_000, outcome: 'misuse' } },
    },
  },
};
