/** From what lies in a stream to one event of the record. Pure: the same entry gives the same bytes, always. */
import {
  type AuditAgent,
  type AuditEntity,
  type AuditEvent,
  type AuditSubtype,
  auditVersion,
  type SecurityEvent,
  securityEventSchema,
} from '@workflow-bolt/contracts';
import canonicalize from 'canonicalize';

/** One entry of a stream, with its place. */
export type RawEntry = { src: string; sid: string; sn: number; fields: ReadonlyMap<string, string> };

/** What `commit` and `append_audit` keep in `f`. */
type BoardText = {
  actor?: unknown;
  role?: unknown;
  station?: unknown;
  source?: unknown;
  command?: unknown;
  commandId?: unknown;
  what?: unknown;
  entities?: unknown;
  fields?: unknown;
  pat?: unknown;
  sid?: unknown;
  aal?: unknown;
  rid?: unknown;
  pou?: unknown;
  obo?: unknown;
  pol?: unknown;
  n?: unknown;
};

const wordShape = /^[A-Za-z0-9_.:@/*{}#+-]{1,200}$/;
const word = (value: unknown): string | undefined =>
  typeof value === 'string' && wordShape.test(value) ? value : undefined;
const words = (value: unknown): string[] =>
  Array.isArray(value) ? value.flatMap((each) => word(each) ?? []) : [];

/** Commands that make a record; all others change one. */
const creating = new Set(['createVisit']);
const entityKinds: Record<string, string> = { v: 'Visit', p: 'Person', r: 'Room' };
const entitiesMax = 200;

function entityOf(id: string, { fields, n }: BoardText): AuditEntity {
  const names = words((fields as Record<string, unknown> | null | undefined)?.[id]).slice(0, 80);
  const t = id === '*' ? 'Board' : (entityKinds[id.split(':')[0] ?? ''] ?? 'Board');
  const counted = Number.isSafeInteger(n) && Number(n) >= 0 ? { n: Number(n) } : {};
  return { t, id, ...(names.length > 0 ? { fields: names } : {}), ...counted };
}

/** People, and what is none: the role tells a wall display and a program, the source a screen that patients use. */
function kindOf(role: string | null, source: unknown): AuditAgent['kind'] {
  if (source === 'kiosk' || role === 'display') return 'display';
  return role === 'service' || role === 'agent' ? role : 'human';
}

/** Reads of a board tell what was read as `board.stream.staff`, `visit.history`, `board.read`; what leaves it as `print.board`, `file.csv`. */
function readSubtype(what: string): AuditSubtype {
  if (what.startsWith('print.')) return 'print';
  if (what.startsWith('file.')) return 'export';
  if (what.startsWith('visit.')) return 'vread';
  return what.includes('search') ? 'search' : 'read';
}

function boardEvent(entry: RawEntry, clinic: string | null): SecurityEvent | null {
  const text = parsed<BoardText>(entry.fields.get('f'));
  const uid = word(text?.actor);
  if (!text || !uid) return null;
  const code = entry.fields.get('o') ?? '';
  const isRead = code === 'read';
  const command = word(text.command);
  const isDone = isRead || code === 'applied';
  const sub = isRead ? readSubtype(String(text.what)) : creating.has(command ?? '') ? 'create' : 'update';
  const role = word(text.role) ?? null;
  const isJob = role === 'system' || ['tebra', 'fhir', 'rule'].includes(String(text.source));
  const entities = words(text.entities).slice(0, entitiesMax);
  return {
    cid: clinic,
    type: isJob ? 'job' : 'rest',
    sub,
    act: isRead ? 'R' : sub === 'create' ? 'C' : 'U',
    out: isDone ? 0 : 4,
    ...(isDone ? {} : { why: word(code) ?? 'refused' }),
    agent: {
      uid,
      kind: isJob ? 'service' : kindOf(role, text.source),
      role,
      ...(word(text.station) ? { ws: word(text.station) } : {}),
      ...(word(text.sid) ? { sid: word(text.sid) } : {}),
      ...(text.aal === '1' || text.aal === '2' || text.aal === '2-resumed' ? { aal: text.aal } : {}),
      ...(word(text.obo) ? { obo: word(text.obo) } : {}),
    },
    pou: text.pou === 'BTG' || text.pou === 'ETREAT' ? text.pou : isJob ? 'HOPERAT' : 'TREAT',
    pat: words(text.pat).slice(0, 2_000),
    ent: entities.map((id) => entityOf(id, text)),
    ...(word(text.rid) ? { rid: word(text.rid) } : {}),
    ...(word(text.pol) ? { pol: word(text.pol) } : {}),
    ...(isRead && word(text.what) ? { job: word(text.what) } : {}),
  };
}

function parsed<T>(text: string | undefined): T | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as T) : null;
  } catch {
    return null;
  }
}

function securityEvent(entry: RawEntry, clinic: string | null): SecurityEvent | null {
  const checked = securityEventSchema.safeParse(parsed(entry.fields.get('f')));
  return checked.success && checked.data.cid === clinic ? checked.data : null;
}

/** An entry that is none of ours: it is sealed as what it is, without its content, which nobody vouches for. */
export function gapEvent(clinic: string | null, why: string, count: number, src: string): SecurityEvent {
  return {
    cid: clinic,
    type: 'system',
    sub: 'audit-gap',
    act: 'E',
    out: 8,
    why,
    agent: { uid: 'sealer', kind: 'service', role: null },
    ent: [{ t: 'AuditStream', id: src, n: count }],
  };
}

/** The number and process of a security event, and its MAC. */
function writerOf(fields: ReadonlyMap<string, string>): Partial<AuditEvent> {
  const [inst, iseq, imac] = [word(fields.get('i')), Number(fields.get('s')), word(fields.get('m'))];
  if (!inst || !Number.isSafeInteger(iseq) || iseq < 1) return {};
  return { inst, iseq, ...(imac ? { imac } : {}) };
}

/** Position, command and origin of an entry of a board. */
function commandOf(fields: ReadonlyMap<string, string>): Partial<AuditEvent> {
  const q = Number(fields.get('q'));
  const text = parsed<BoardText>(fields.get('f'));
  const [cmd, cmdId, via] = [word(text?.command), word(text?.commandId), word(text?.source)];
  return {
    ...(Number.isSafeInteger(q) && q >= 0 ? { q } : {}),
    ...(cmd ? { cmd } : {}),
    ...(cmdId ? { cmdId } : {}),
    ...(via ? { via } : {}),
  };
}

/** The event that is sealed for an entry. Never throws: what cannot be read is sealed as a gap. */
export function presentEvent(entry: RawEntry, clinic: string | null, sealedAt: number): AuditEvent {
  const isBoard = entry.src.startsWith('board:');
  const event = isBoard ? boardEvent(entry, clinic) : securityEvent(entry, clinic);
  const more = isBoard ? commandOf(entry.fields) : writerOf(entry.fields);
  return placed(
    event ?? gapEvent(clinic, 'unreadable', 1, entry.src),
    { ...entry, sealedAt },
    event ? more : {},
  );
}

/** Adds what the sealer knows: the place in the stream, and when. */
export function placed(
  event: SecurityEvent,
  { src, sid, sn, sealedAt }: { src: string; sid: string; sn: number; sealedAt: number },
  more: Partial<AuditEvent> = {},
): AuditEvent {
  const ts = Number(sid.slice(0, sid.indexOf('-')));
  return { ...event, ...more, v: auditVersion, id: `${src}/${sid}`, src, sn, ts, sat: sealedAt };
}

/** Longest entry of a bundle. */
const leafBytesMax = 65_535;

/** The bytes that are hashed: RFC 8785 JSON. An event that would not fit is cut to its patients and its place. */
export function leafBytes(event: AuditEvent): Uint8Array {
  const bytes = Buffer.from(canonicalize(event) ?? '');
  if (bytes.length <= leafBytesMax) return bytes;
  const { ent: _ent, ...rest } = event;
  return Buffer.from(canonicalize({ ...rest, why: 'oversize', pat: event.pat?.slice(0, 500) }) ?? '');
}
