/** The inventory of stored data with its sensitivity, from the schemas and the one table that classifies their fields. */
import {
  type Account,
  type AuditEvent,
  entitySensitivity,
  eventSensitivity,
  type FieldClass,
  type FieldLevel,
  isFieldClass,
  type OfflineRow,
  type PersonDetailsJob,
  type RosterRow,
  type ScheduleSyncJob,
  type SensitivityNode,
  type StoredDrift,
} from '@workflow-bolt/contracts';
import { markdownTable } from '../../scripts/markdown-table.ts';

export type InventoryRow = { record: string; field: string; level: FieldLevel; isSealed: boolean };

/** Each level in words, in the order of their weight. */
export const levelWords: Readonly<Record<FieldLevel, string>> = {
  L0: 'operational: steps, rooms, times, opaque ids',
  L1: 'shown on a board; remarks of staff',
  L2: 'who the patient is',
  L3: 'clinical: why the patient is here',
  L4: 'financial',
  L5: 'specially protected',
  L6: 'secret',
};

function leaves(node: SensitivityNode, path: string): [string, FieldClass][] {
  if (isFieldClass(node)) return [[path, node]];
  if (Array.isArray(node)) return leaves(node[0] as SensitivityNode, `${path}[]`);
  return Object.entries(node).flatMap(([name, inner]) =>
    leaves(inner as SensitivityNode, path === '' ? name : `${path}.${name}`),
  );
}

const rowsOf = (record: string, node: SensitivityNode): InventoryRow[] =>
  leaves(node, '').map(([field, { level, isSealed }]) => ({ record, field, level, isSealed }));

/** Fields of the entities of a board. */
export const entityRows = (): InventoryRow[] =>
  Object.entries(entitySensitivity).flatMap(([name, node]) => rowsOf(name, node as SensitivityNode));

/** Fields of the events of the log. What holds a whole entity is listed under the entity. */
export const eventRows = (): InventoryRow[] =>
  Object.entries(eventSensitivity).flatMap(([name, node]) => rowsOf(name, node as SensitivityNode));

type Classes<T> = Readonly<Record<keyof T, FieldLevel>>;

/** Records beside the boards. A field without a level does not compile. */
const accountLevels: Classes<Account> = {
  uid: 'L0',
  kind: 'L0',
  login: 'L1',
  name: 'L1',
  roles: 'L0',
  clinics: 'L0',
  state: 'L0',
  version: 'L0',
  createdAt: 'L0',
  changedAt: 'L0',
  exportAllowedAt: 'L0',
  owner: 'L0',
};
const auditLevels: Classes<AuditEvent> = {
  cid: 'L0',
  type: 'L0',
  sub: 'L0',
  act: 'L0',
  out: 'L0',
  sev: 'L0',
  why: 'L0',
  agent: 'L0',
  pou: 'L0',
  pat: 'L0',
  ent: 'L0',
  rid: 'L0',
  route: 'L0',
  pol: 'L0',
  job: 'L0',
  build: 'L0',
  v: 'L0',
  id: 'L0',
  ts: 'L0',
  src: 'L0',
  sn: 'L0',
  sat: 'L0',
  inst: 'L0',
  iseq: 'L0',
  imac: 'L0',
  q: 'L0',
  cmd: 'L0',
  cmdId: 'L0',
  via: 'L0',
};
const jobLevels: Classes<ScheduleSyncJob & PersonDetailsJob> = {
  clinic: 'L0',
  date: 'L0',
  trigger: 'L0',
  requestedBy: 'L0',
};

/** The comparison of a day with the EHR: words, times and numbers of appointments and patients, no names; sealed whole. */
const driftLevels: Classes<StoredDrift> = {
  at: 'L0',
  jobId: 'L0',
  trigger: 'L0',
  requestedBy: 'L0',
  seq: 'L0',
  compared: 'L0',
  drifted: 'L0',
  quarantined: 'L0',
  rows: 'L2',
  agreed: 'L2',
};

/** A patient on a downtime roster; the roster is sealed whole, for a key that only the clinic has. */
const rosterLevels: Classes<RosterRow> = {
  startAt: 'L0',
  name: 'L2',
  dob: 'L2',
  provider: 'L1',
  room: 'L0',
  state: 'L0',
  arrivedAt: 'L0',
  waitingSince: 'L0',
  kind: 'L1',
};

/** One tag of a day's blind index: a keyed hash, cut so short that several patients share it. */
const indexLevels = { tag: 'L0', visitIds: 'L0', at: 'L0' } as const;

/** A visit on the offline board of a browser, where a clinic has decided to keep one; sealed whole on the device. */
const offlineLevels: Classes<OfflineRow> = {
  status: 'L0',
  statusSince: 'L0',
  startAt: 'L0',
  arrivedAt: 'L0',
  name: 'L1',
  provider: 'L0',
  room: 'L0',
};

/** Fields of accounts, of the record of accesses and of jobs: opaque ids, closed words, names of staff. */
export function otherRows(): InventoryRow[] {
  const tables = {
    ...{ account: accountLevels, 'audit entry': auditLevels, job: jobLevels },
    'index of patients': indexLevels,
  };
  return Object.entries(tables).flatMap(([record, levels]) =>
    Object.entries(levels).map(([field, level]) => ({ record, field, level, isSealed: false })),
  );
}

/** Fields of what is sealed as a whole. */
export const wholeRows = (): InventoryRow[] => {
  const tables = {
    'comparison with the EHR': driftLevels,
    'downtime roster': rosterLevels,
    'offline board (a browser)': offlineLevels,
  };
  return Object.entries(tables).flatMap(([record, levels]) =>
    Object.entries(levels).map(([field, level]) => ({ record, field, level, isSealed: true })),
  );
};

/** The inventory as parts of a page. */
export function inventoryParts(): string[] {
  const levels = Object.entries(levelWords).map(([level, words]) => [level, words]);
  return [
    'Every field that is stored, from the schemas in `packages/contracts/src`. A sealed field reaches Redis only encrypted; which role sees which field is in the [access matrix](access-matrix.md).',
    '## Levels',
    markdownTable(['Level', 'Means'], levels),
    '## Board',
    tableOf(entityRows()),
    '## Log',
    'Fields of events; what belongs to an entity is marked as in the entity.',
    tableOf(eventRows().filter(({ field }) => !/^(?:visit|person|day|rooms\[\]|sync)\./.test(field))),
    '## Beside the boards',
    'The index by which patients are found again holds keyed hashes, cut so short that several patients share each, and opaque ids ([patient search](../spec/patient-search.md)).',
    'A downtime roster lies in no Redis: a worker writes it to the store of `BOLT_DOWNTIME`, as [key management](key-management.md) says. Passwords, authenticator seeds, passkeys and tokens are level L6 and no field of any message: their stores keep them hashed, sealed, or both.',
    tableOf([...otherRows(), ...wholeRows()]),
  ];
}

const tableOf = (rows: readonly InventoryRow[]): string =>
  markdownTable(
    ['Record', 'Field', 'Level', 'Sealed'],
    rows.map(({ record, field, level, isSealed }) => [
      `\`${record}\``,
      `\`${field}\``,
      level,
      isSealed ? 'yes' : 'no',
    ]),
  );
