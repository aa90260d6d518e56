/** Redis keys of the record of accesses that belong to no single board. */
import type { KeyRow } from '../keys.ts';

export const auditKeyRows: readonly KeyRow[] = [
  {
    name: '{a:<log>}:ev',
    type: 'stream',
    content:
      'security events of a clinic (`c.<clinic>`) or the installation (`i`): i (process), s (its number), m (MAC), f (event JSON)',
    life: 'until sealed and archived, then 35 days',
  },
  {
    name: '{a:<log>}:wr',
    type: 'hash',
    content: 'process → number of its last event',
    life: 'for good, 60 bytes a process',
  },
  {
    name: '{a:<log>}:bd',
    type: 'zset',
    content: 'dates of boards whose audit streams may hold entries → epoch ms last opened',
    life: 'until the stream is trimmed whole',
  },
  {
    name: '{a:<log>}:seal',
    type: 'hash',
    content:
      'fence, holder and until (the lease), size and root (sealed log), plan (batch being sealed), at, `p:<source>` → `<last id> <count>`',
    life: 'for good',
  },
  {
    name: '{a:<log>}:chk',
    type: 'hash',
    content: 'kind of check (incremental, full, drill) → how the last one ended (JSON)',
    life: 'for good',
  },
  {
    name: '{a:<log>}:rev',
    type: 'hash',
    content: 'weekly reviews: `<monday>:made`, `:done` (JSON: by, at, outcome), `:late`',
    life: 'for good',
  },
  {
    name: '{a:<log>}:rvl',
    type: 'hash',
    content: 'id → an identity that was revealed: who, when, opaque keys, code; reason sealed (JSON)',
    life: '6 years',
  },
  {
    name: '{a:<log>}:acc',
    type: 'hash',
    content:
      'reviews of access: `<number>:made`, `:done` (JSON: by, at, outcome, how many accounts), `:late`',
    life: 'for good',
  },
  {
    name: '{a:<log>}:ix:b:<date>',
    type: 'zset',
    content: 'who read the whole board: `<how> <uid> <role>` → epoch ms last (`:f` beside it: first)',
    life: '400 days',
  },
  {
    name: '{a:<log>}:ix:p:<patient>',
    type: 'zset',
    content:
      "who opened this patient's record: `<how> <uid> <role> <date>` → epoch ms last (`:f` beside it: first); `:d` dates of boards that showed the patient",
    life: '400 days',
  },
];

/** A log is kept for each clinic and one for the installation; the log's id is part of keys and object names. */
export type AuditLogId = string;
export const installationLog: AuditLogId = 'i';

const clinicShape = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
const patientShape = /^[A-Za-z0-9_.:-]{1,64}$/;
export const isPatientKey = (text: string): boolean => patientShape.test(text);
const dateShape = /^\d{4}-\d{2}-\d{2}$/;

/** The log of a clinic, or of the installation for null. Throws RangeError on an id of a wrong form. */
export function auditLogOf(clinic: string | null): AuditLogId {
  if (clinic === null) return installationLog;
  if (!clinicShape.test(clinic)) throw new RangeError('clinic id has a wrong form');
  return `c.${clinic}`;
}

/** The clinic of a log; null for the installation's. */
export function clinicOf(log: AuditLogId): string | null {
  return log === installationLog ? null : log.slice(2);
}

export type AuditKeys = {
  events: string;
  writers: string;
  boards: string;
  seal: string;
  checks: string;
  reviews: string;
  accessReviews: string;
  reveals: string;
  boardReaders: (date: string) => string;
  openedBy: (patient: string) => string;
};

/** Names of all keys of one log: one slot. */
export function auditKeys(log: AuditLogId): AuditKeys {
  if (log !== installationLog && !clinicShape.test(log.slice(2)))
    throw new RangeError('log id has a wrong form');
  const tag = `{a:${log}}`;
  return {
    events: `${tag}:ev`,
    writers: `${tag}:wr`,
    boards: `${tag}:bd`,
    seal: `${tag}:seal`,
    checks: `${tag}:chk`,
    reviews: `${tag}:rev`,
    accessReviews: `${tag}:acc`,
    reveals: `${tag}:rvl`,
    boardReaders: (date) => {
      if (!dateShape.test(date)) throw new RangeError('date has a wrong form');
      return `${tag}:ix:b:${date}`;
    },
    openedBy: (patient) => {
      if (!patientShape.test(patient)) throw new RangeError('patient key has a wrong form');
      return `${tag}:ix:p:${patient}`;
    },
  };
}
