/** Which entries a report chooses, whose they must be, and in which order they come. */
import type {
  AuditActivityRow,
  AuditEvent,
  AuditReportName,
  AuditReportQuery,
  AuditReportRow,
  AuditSortKey,
  AuditSubtype,
} from '@workflow-bolt/contracts';

export type LogName = AuditReportRow['log'];
type Choice = { logs: readonly LogName[]; has: (event: AuditEvent) => boolean };

const both: readonly LogName[] = ['clinic', 'installation'];
const clinicOnly: readonly LogName[] = ['clinic'];
const oneOf =
  (...subs: readonly AuditSubtype[]) =>
  ({ sub }: AuditEvent): boolean =>
    subs.includes(sub);
const isSignIn = oneOf('login', 'switch', 'mfa', 'stepup', 'recovery');
const isAboutGlass = ({ sub, pou, ent = [] }: AuditEvent): boolean =>
  sub === 'breakglass' || pou === 'BTG' || ent.some(({ t }) => t === 'BreakGlass');

export const auditReports: Readonly<Record<AuditReportName, Choice>> = {
  activity: { logs: clinicOnly, has: () => true },
  'privilege-changes': {
    logs: both,
    has: oneOf('privilege', 'account', 'recovery', 'enrol', 'mfa', 'token'),
  },
  'emergency-access': { logs: clinicOnly, has: isAboutGlass },
  'failed-sign-ins': { logs: both, has: (event) => event.out !== 0 && isSignIn(event) },
  denials: { logs: both, has: oneOf('deny') },
  disclosures: {
    logs: clinicOnly,
    has: (event) => event.type === 'disclosure' || oneOf('print', 'export', 'reveal')(event),
  },
  'identity-reveals': { logs: clinicOnly, has: oneOf('reveal') },
};

/** Who is somebody of this clinic: true, of another only: false, unknown here: null. */
export type BelongsHere = (uid: string) => boolean | null;

/**
 * Whether an entry of the installation's log is this clinic's to read: about its own people, about people of no clinic,
 * who run the installation, or about nobody who is known. One who is only of other clinics is theirs.
 */
export function isOfClinic({ agent, ent = [] }: AuditEvent, belongsHere: BelongsHere): boolean {
  const named = ent.flatMap(({ t, id }) => (t === 'Account' ? [id] : []));
  const about = [...(agent.kind === 'anonymous' ? [] : [agent.uid]), ...named].map(belongsHere);
  return about.includes(true) || !about.includes(false);
}

type Datum = (event: AuditEvent) => string | number;
const data: Readonly<Record<AuditSortKey, Datum>> = {
  time: ({ ts }) => ts,
  person: ({ agent }) => agent.uid,
  role: ({ agent }) => agent.role ?? '',
  patient: ({ pat = [] }) => pat[0] ?? '',
  kind: ({ sub }) => sub,
  action: ({ act }) => act,
  outcome: ({ out }) => out,
  reason: ({ why = '' }) => why,
  record: ({ ent: [first] = [] }) => (first ? `${first.t}/${first.id}` : ''),
  workstation: ({ agent }) => agent.ws ?? '',
  network: ({ agent }) => agent.ip ?? '',
  session: ({ agent }) => agent.sid ?? '',
  request: ({ rid = '' }) => rid,
};

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

/** By one datum; entries that are equal in it stand in the order of time, whichever way. */
export function sortedRows(
  rows: readonly AuditReportRow[],
  { sort, order }: Pick<AuditReportQuery, 'sort' | 'order'>,
): AuditReportRow[] {
  const sign = order === 'asc' ? 1 : -1;
  const of = data[sort];
  return rows.toSorted(
    (a, b) =>
      sign * compare(of(a.event), of(b.event)) ||
      sign * compare(a.event.ts, b.event.ts) ||
      compare(a.log, b.log) ||
      a.leaf - b.leaf,
  );
}

/** Counts what each account did. Whole boards name nobody, so patients are those whose own record was touched. */
export class ActivityCount {
  readonly #rows = new Map<string, { row: AuditActivityRow; patients: Set<string> }>();

  add(event: AuditEvent): void {
    const { agent, ts, pat = [] } = event;
    const known = this.#rows.get(agent.uid) ?? { row: emptyRow(event), patients: new Set<string>() };
    const { row, patients } = known;
    row[kindOf(event)] += 1;
    row.lastAt = Math.max(row.lastAt, ts);
    row.firstAt = Math.min(row.firstAt, ts);
    for (const patient of pat) patients.add(patient);
    this.#rows.set(agent.uid, known);
  }

  /** Most changes first. */
  get rows(): AuditActivityRow[] {
    return [...this.#rows.values()]
      .map(({ row, patients }) => ({ ...row, patients: patients.size }))
      .sort((a, b) => b.changes - a.changes || b.reads - a.reads || a.uid.localeCompare(b.uid));
  }
}

const emptyRow = ({ agent, ts }: AuditEvent): AuditActivityRow => ({
  ...{ uid: agent.uid, role: agent.role, reads: 0, changes: 0, refusals: 0, takenAway: 0, patients: 0 },
  ...{ firstAt: ts, lastAt: ts },
});

function kindOf(event: AuditEvent): 'reads' | 'changes' | 'refusals' | 'takenAway' {
  if (event.out !== 0) return 'refusals';
  if (auditReports.disclosures.has(event)) return 'takenAway';
  // Searches and the like are carried out, and change nothing.
  return event.act === 'R' || event.act === 'E' ? 'reads' : 'changes';
}
