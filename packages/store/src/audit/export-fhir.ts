/**
 * Entries as FHIR R4 AuditEvents in a Bundle, in the shapes of IHE's Basic Audit Log Patterns: a RESTful or an
 * authentication event, the user as information recipient, the patient as an entity of its own, the request id as
 * transaction. Patients are opaque keys: a name is nowhere in the record.
 */
import type { AuditEvent } from '@workflow-bolt/contracts';
import type { FoundEntry } from './audit-reader.ts';

type Coding = { system: string; code: string; display?: string };
type Json = Record<string, unknown>;

const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const interactions = 'http://hl7.org/fhir/restful-interaction';
const eventTypes = 'http://terminology.hl7.org/CodeSystem/audit-event-type';
const objectTypes = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
const objectRoles = 'http://terminology.hl7.org/CodeSystem/object-role';
const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const ihe = 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType';
const lifecycle = 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle';
const own = 'https://workflow-bolt.example/fhir';

const dicomEvents: Partial<Record<AuditEvent['sub'], { type: Coding; subtype: Coding }>> = {
  login: signIn('110122', 'Login'),
  logout: signIn('110123', 'Logout'),
  'audit-start': dicomEvent('110100', 'Application Activity', '110120', 'Application Start'),
  'audit-stop': dicomEvent('110100', 'Application Activity', '110121', 'Application Stop'),
  export: dicomEvent('110106', 'Export', '110106', 'Export'),
  print: dicomEvent('110106', 'Export', '110106', 'Export'),
  // IHE's PrivacyDisclosure.Source.
  reveal: {
    type: { system: dicom, code: '110106', display: 'Export' },
    subtype: { system: lifecycle, code: 'disclose', display: 'Disclose' },
  },
  privilege: dicomEvent('110113', 'Security Alert', '110136', 'Security Roles Changed'),
  breakglass: dicomEvent('110113', 'Security Alert', '110127', 'Emergency Override Started'),
};

function dicomEvent(type: string, typeText: string, subtype: string, text: string) {
  return {
    type: { system: dicom, code: type, display: typeText },
    subtype: { system: dicom, code: subtype, display: text },
  };
}
function signIn(code: string, display: string) {
  return dicomEvent('110114', 'User Authentication', code, display);
}

const isInteraction = (sub: string): boolean =>
  ['read', 'vread', 'search', 'create', 'update', 'delete'].includes(sub);

function typeOf(event: AuditEvent): { type: Coding; subtype: Coding } {
  const known = dicomEvents[event.sub];
  if (known) return known;
  const subtype = {
    system: isInteraction(event.sub) ? interactions : `${own}/audit-subtype`,
    code: event.sub,
  };
  const isRest = event.type === 'rest' || event.type === 'job';
  if (isRest) return { type: { system: eventTypes, code: 'rest', display: 'RESTful Operation' }, subtype };
  return { type: { system: dicom, code: '110113', display: 'Security Alert' }, subtype };
}

const named = (system: string, value: string) => ({ identifier: { system: `${own}/${system}`, value } });

/** Who asked, and the server that answered. */
function agentsOf({ agent, src }: AuditEvent): Json[] {
  const user: Json = {
    type: { coding: [{ system: participation, code: 'IRCP', display: 'information recipient' }] },
    who: named('account', agent.uid),
    requestor: true,
    ...(agent.role ? { role: [{ coding: [{ system: `${own}/role`, code: agent.role }] }] } : {}),
    ...(agent.ip ? { network: { address: agent.ip, type: '2' } } : {}),
  };
  const client: Json = {
    type: { coding: [{ system: dicom, code: '110153', display: 'Source Role ID' }] },
    who: named('station', agent.ws ?? 'unknown'),
    requestor: false,
  };
  const server: Json = {
    type: { coding: [{ system: dicom, code: '110152', display: 'Destination Role ID' }] },
    who: named('source', src),
    requestor: false,
  };
  return agent.ws ? [user, client, server] : [user, server];
}

function entitiesOf({ pat = [], ent = [], rid }: AuditEvent): Json[] {
  const patients = pat.map((key) => ({
    what: named('patient', key),
    type: { system: objectTypes, code: '1', display: 'Person' },
    role: { system: objectRoles, code: '1', display: 'Patient' },
  }));
  const objects = ent.map(({ t, id, fields = [] }) => ({
    what: named(t.toLowerCase(), id),
    type: { system: objectTypes, code: '2', display: 'System Object' },
    role: { system: objectRoles, code: '4', display: 'Domain Resource' },
    ...(fields.length > 0 ? { detail: [{ type: 'fields', valueString: fields.join(' ') }] } : {}),
  }));
  const request = rid ? [{ what: named('request', rid), type: { system: ihe, code: 'XrequestId' } }] : [];
  return [...patients, ...objects, ...request];
}

/** One AuditEvent. */
export function fhirAuditEvent({ leaf, event }: FoundEntry): Json {
  const { type, subtype } = typeOf(event);
  const entity = entitiesOf(event);
  return {
    resourceType: 'AuditEvent',
    id: `leaf-${leaf}`,
    type,
    subtype: [subtype],
    action: event.act,
    recorded: new Date(event.ts).toISOString(),
    outcome: String(event.out),
    ...(event.why ? { outcomeDesc: event.why } : {}),
    ...(event.pou ? { purposeOfEvent: [{ coding: [{ system: actReason, code: event.pou }] }] } : {}),
    agent: agentsOf(event),
    source: {
      observer: named('clinic', event.cid ?? 'installation'),
      type: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4' }],
    },
    ...(entity.length > 0 ? { entity } : {}),
  };
}

/** A collection of AuditEvents. */
export function fhirBundle(rows: readonly FoundEntry[], at: number): Json {
  return {
    resourceType: 'Bundle',
    type: 'collection',
    timestamp: new Date(at).toISOString(),
    entry: rows.map((row) => ({
      fullUrl: `urn:workflow-bolt:audit:${row.event.cid ?? 'i'}:${row.leaf}`,
      resource: fhirAuditEvent(row),
    })),
  };
}
