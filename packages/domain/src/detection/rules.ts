/**
 * What is noticed, as data: a signal, the windows it is counted in, the limit, and what happens at it.
 *
 * The numbers are a clinic's: a front desk opens some forty records on a full day, a busy hour has fifteen. Someone who
 * opens sixty in an hour reads none of them.
 */
import type { Alert, DetectionResponse, DetectionRuleId } from '@workflow-bolt/contracts';
import type { SignalKind } from './signal.ts';

export type DetectionWindow = {
  name: string;
  spanMs: number;
  /** What is counted: different objects, hours in which anything happened, or objects anew each hour. */
  member: 'object' | 'hour' | 'object-and-hour';
};
/** Over `limit` in a window; or over `limit` and so many times as much as usual in an hour. */
export type DetectionLimit = {
  window: string;
  limit: number;
  beyondUsual?: { times: number; total: string; hours: string; hoursMin: number };
};
export type DetectionRule = {
  id: DetectionRuleId;
  about: string;
  on: readonly SignalKind[];
  /** Only for objects that nobody has a reason to touch. */
  isHoney?: true;
  /** Whose acts are counted together; `object`: what it was done to, whoever did it. */
  subject: 'account' | 'network' | 'installation' | 'object';
  windows: readonly DetectionWindow[];
  /** Any of them is enough; none means that once is. */
  limits: readonly DetectionLimit[];
  severity: Alert['severity'];
  responses: readonly DetectionResponse[];
  /** Sooner than its severity asks for, ms. */
  reviewWithinMs?: number;
  /** One alert for each subject in this time; what goes on within it is the same matter. Of objects each kind is one. */
  quietMs: number;
};

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** How long a block lasts when nobody lifts it. */
export const blockMs = day;
/** Within this a person must have looked at an alert. */
export const reviewMs: Record<Alert['severity'], number> = { critical: 4 * hour, high: day, notice: 3 * day };

const opened: readonly DetectionWindow[] = [
  { name: 'hour', spanMs: hour, member: 'object' },
  { name: 'total', spanMs: 14 * day, member: 'object-and-hour' },
  { name: 'hours', spanMs: 14 * day, member: 'hour' },
];
const elsewhere: readonly DetectionWindow[] = [
  { name: 'ten-minutes', spanMs: 10 * minute, member: 'object' },
];

export const detectionRules: readonly DetectionRule[] = [
  {
    id: 'HT-1',
    about: 'Somebody opened the record of a patient who does not exist',
    on: ['record-opened', 'not-there'],
    isHoney: true,
    subject: 'account',
    windows: [],
    limits: [],
    severity: 'critical',
    responses: ['revoke-account'],
    quietMs: hour,
  },
  {
    id: 'HT-2R',
    about: 'Somebody tried an address that nothing of ours leads to',
    on: ['honey-route'],
    subject: 'network',
    windows: [],
    limits: [],
    severity: 'high',
    responses: ['revoke-account', 'block-account', 'block-network'],
    quietMs: day,
  },
  {
    id: 'HT-2F',
    about: 'A page of somebody else made a browser try such an address; its person may know nothing of it',
    on: ['honey-route-forced'],
    subject: 'network',
    windows: [],
    limits: [],
    severity: 'notice',
    responses: [],
    quietMs: day,
  },
  {
    id: 'HT-2T',
    about: 'Somebody used a token that was left lying to be found',
    on: ['honey-token'],
    subject: 'network',
    windows: [],
    limits: [],
    severity: 'critical',
    responses: ['block-network'],
    quietMs: day,
  },
  {
    id: 'HT-3',
    about: 'Something read a key of Redis that is only there to be found',
    on: ['bait-read'],
    subject: 'object',
    windows: [],
    limits: [],
    severity: 'critical',
    responses: [],
    quietMs: hour,
  },
  {
    id: 'SE-1',
    about: 'A session token came back after it was replaced, or from another kind of device',
    on: ['token-reuse'],
    subject: 'account',
    windows: [],
    limits: [],
    severity: 'high',
    responses: ['revoke-account'],
    quietMs: hour,
  },
  {
    id: 'ACE-1',
    about: 'Somebody asks for clinics that are not theirs, or for what is not there',
    on: ['denied-elsewhere', 'not-there'],
    subject: 'account',
    windows: elsewhere,
    limits: [{ window: 'ten-minutes', limit: 4 }],
    severity: 'notice',
    responses: [],
    quietMs: hour,
  },
  {
    id: 'ACE-1X',
    about: 'Somebody goes on asking for what is not theirs',
    on: ['denied-elsewhere', 'not-there'],
    subject: 'account',
    windows: elsewhere,
    limits: [{ window: 'ten-minutes', limit: 19 }],
    severity: 'high',
    responses: ['revoke-account'],
    quietMs: hour,
  },
  {
    id: 'ACE-2',
    about: 'Somebody opens records one after the other, more than a person reads or than they usually do',
    on: ['record-opened'],
    subject: 'account',
    windows: opened,
    limits: [
      { window: 'hour', limit: 60 },
      { window: 'hour', limit: 30, beyondUsual: { times: 3, total: 'total', hours: 'hours', hoursMin: 24 } },
    ],
    severity: 'high',
    responses: ['revoke-session'],
    quietMs: hour,
  },
  {
    id: 'UT-1C',
    about: 'Somebody opened the record of a colleague, or their own',
    on: ['opened-colleague'],
    subject: 'account',
    windows: [],
    limits: [],
    severity: 'high',
    responses: [],
    quietMs: day,
  },
  {
    id: 'UT-1S',
    about: 'Somebody opened the record of a patient with their own surname',
    on: ['opened-namesake'],
    subject: 'account',
    windows: [],
    limits: [],
    severity: 'notice',
    responses: [],
    reviewWithinMs: day,
    quietMs: day,
  },
  {
    id: 'UT-1F',
    about: 'Somebody opened the record of a patient who has no visit within seven days',
    on: ['opened-far-day'],
    subject: 'account',
    windows: [],
    limits: [],
    severity: 'notice',
    responses: [],
    reviewWithinMs: day,
    quietMs: day,
  },
  {
    id: 'UT-2',
    about:
      'Somebody who reviews the record has it say who patients are, more of them than a review asks about',
    on: ['identity-revealed'],
    subject: 'account',
    windows: [
      { name: 'day', spanMs: day, member: 'object' },
      { name: 'month', spanMs: 30 * day, member: 'object' },
    ],
    limits: [
      { window: 'day', limit: 10 },
      { window: 'month', limit: 40 },
    ],
    severity: 'high',
    responses: [],
    quietMs: day,
  },
  {
    id: 'BTG-1',
    about: 'Somebody uses emergency access more often than emergencies happen',
    on: ['glass-opened'],
    subject: 'account',
    windows: [{ name: 'month', spanMs: 30 * day, member: 'object' }],
    limits: [{ window: 'month', limit: 2 }],
    severity: 'high',
    responses: [],
    quietMs: day,
  },
  {
    id: 'BTG-1U',
    about: 'Nobody has judged an emergency access within 72 hours',
    on: ['glass-unreviewed'],
    subject: 'object',
    windows: [],
    limits: [],
    severity: 'high',
    responses: [],
    quietMs: day,
  },
  {
    id: 'REV-1',
    about: 'Nobody has reviewed a week of the record, or the access in force, in time',
    on: ['review-overdue'],
    subject: 'object',
    windows: [],
    limits: [],
    severity: 'high',
    responses: [],
    quietMs: day,
  },
  {
    id: 'AUD-1',
    about:
      'The record of accesses has a gap, is late, does not verify, or is another one than its witness saw; or deleting is stopped and no alert says why',
    on: ['audit-gap', 'audit-late', 'audit-broken', 'witness-refused', 'freeze-alone'],
    subject: 'object',
    windows: [],
    limits: [],
    severity: 'critical',
    responses: ['freeze-deletions'],
    quietMs: day,
  },
  {
    id: 'AUD-2',
    about: 'The witness has not confirmed the record of accesses for too long',
    on: ['witness-late'],
    subject: 'installation',
    windows: [],
    limits: [],
    severity: 'high',
    responses: [],
    quietMs: day,
  },
  {
    id: 'KEY-1',
    about: 'Something sealed does not open: it was changed or moved, or its key is off, away or unknown',
    on: ['key-failed'],
    subject: 'installation',
    windows: [],
    limits: [],
    severity: 'high',
    responses: [],
    quietMs: hour,
  },
];

/** Addresses that scanners and thieves try and that nothing of ours ever names. Lower case, without a query. */
export const honeyRoutes: readonly string[] = [
  '/.env',
  '/.git/config',
  '/.aws/credentials',
  '/wp-login.php',
  '/phpmyadmin/',
  '/server-status',
  '/actuator/env',
  '/api/v1/admin/export-all',
  '/api/v1/admin/users/dump',
  '/api/v1/debug/sessions',
  '/api/v1/patients/export',
  '/backup.sql',
];

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** True for one of them, however it is written: case, slashes too many, letters as percent signs. */
export function isHoneyRoute(path: string): boolean {
  const plain = decoded(path)
    .toLowerCase()
    .replaceAll(/\/{2,}/g, '/')
    .replace(/\/+$/, '');
  return honeyRoutes.some((route) => route.replace(/\/+$/, '') === plain);
}
