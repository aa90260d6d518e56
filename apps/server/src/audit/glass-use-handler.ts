/** What was done with one emergency access, from the sealed record, for whoever judges it. */
import {
  type AuditEvent,
  type GlassUseRow,
  glassUseRowsMax,
  type SecurityEvent,
} from '@workflow-bolt/contracts';
import type { EmergencyStore, StoredGlass } from '@workflow-bolt/store';
import { type Handler, ok } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { AuditDesk } from './audit-desk.ts';
import { lookedUp } from './looked-up.ts';

export type GlassUseParts = {
  desk: Pick<AuditDesk, 'reader' | 'sealedThrough'>;
  emergencies: Pick<EmergencyStore, 'register'>;
  record: (event: SecurityEvent) => Promise<void>;
};

/** Entries bear the time of Redis, an access the server's: so far apart the two are looked for. */
const clockSlackMs = 3_600_000;
/** What was under way when it ended is still of it. */
const afterwardsMs = 1_000;
const route = 'GET /api/v1/clinics/{clinic}/break-glass/{id}/use';

/** On the record before the answer leaves, like every look into the record. */
export function getBreakGlassUse({ desk, emergencies, record }: GlassUseParts): Handler {
  return async (call) => {
    const { clinic = '', id = '' } = call.params;
    const { records } = await emergencies.register(clinic);
    const glass = records.find((each) => each.id === id);
    if (!glass) throw new ProblemError('break_glass_not_found');
    // Read before the entries: what is sealed meanwhile is then in them and not yet promised.
    const sealedThrough = await desk.sealedThrough(clinic);
    const done = await entriesOf(desk, glass);
    const rows = done.slice(0, glassUseRowsMax).map(rowOf);
    await record(lookedUp(call, { sub: 'read', route, n: rows.length, query: { id } }));
    return ok({ rows, isCut: done.length > glassUseRowsMax, sealedThrough });
  };
}

/** Between the entries of its opening and its end, or for the hour that it can last: all by one clock. */
async function entriesOf(desk: GlassUseParts['desk'], glass: StoredGlass): Promise<AuditEvent[]> {
  const { clinic, id, uid, openedAt, expiresAt } = glass;
  const reader = await desk.reader(clinic);
  const query = { from: openedAt - clockSlackMs, to: expiresAt + clockSlackMs, actor: uid };
  const found: AuditEvent[] = [];
  for await (const { event } of reader.matching(query, await reader.size())) found.push(event);
  const own = found.filter((event) => event.sub === 'breakglass' && isAbout(event, id));
  const opening = own.find(({ act }) => act === 'E');
  if (!opening) return own;
  const end = own.find(({ act }) => act === 'U')?.ts ?? opening.ts + (expiresAt - openedAt);
  const patients = new Set(opening.pat ?? []);
  return found
    .filter((event) => own.includes(event) || isUseOf(event, patients))
    .filter(({ ts }) => ts >= opening.ts && ts <= end + afterwardsMs)
    .sort((a, b) => a.ts - b.ts);
}

const isAbout = ({ ent = [] }: AuditEvent, id: string): boolean =>
  ent.some((each) => each.t === 'BreakGlass' && each.id === id);

/** Whole boards name nobody; who is named must be the one patient: two accesses may be open at once. */
const isUseOf = ({ pou, pat = [], sub }: AuditEvent, patients: ReadonlySet<string>): boolean =>
  pou === 'BTG' && sub !== 'breakglass' && (pat.length === 0 || pat.some((each) => patients.has(each)));

function rowOf({ ts, sub, act, out, why, cmd, job, ent = [] }: AuditEvent): GlassUseRow {
  const fields = [...new Set(ent.flatMap((each) => each.fields ?? []))];
  return {
    ...{ ts, sub, act, out, fields },
    ...(why === undefined ? {} : { why }),
    ...(cmd === undefined ? {} : { cmd }),
    ...(job === undefined ? {} : { what: job }),
  };
}
