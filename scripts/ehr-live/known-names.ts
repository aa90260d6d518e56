/** Names that may stand in a recording: those of the published contract. Any other is only counted. */

import { CANONICAL_STATUSES, OPERATION_NAMES, SOAP_ENVELOPE } from '@workflow-bolt/ehr';
import { ENUMS, NAMESPACES } from '../../apps/ehr-simulator/src/soap/shape.ts';
import { SHAPES } from '../../apps/ehr-simulator/src/soap/shapes.ts';

const ENVELOPE =
  'Envelope Header Body Fault faultcode faultstring detail Code Reason Value Text Subcode'.split(' ');
const LISTS =
  'string int long Appointment Appointments Patient Patients Provider Providers Practices ServiceLocations'.split(
    ' ',
  );

const members = [...SHAPES.values()].flatMap((shape) => [
  shape.name,
  ...shape.members.map(({ name }) => name),
]);
const answers = OPERATION_NAMES.flatMap((name) => [`${name}Response`, `${name}Result`]);
const NAMES: ReadonlySet<string> = new Set([...members, ...answers, ...ENVELOPE, ...LISTS]);

/** Whether the contract knows an element of that name. */
export const isKnownName = (name: string): boolean => NAMES.has(name);

const SPACES: ReadonlySet<string> = new Set([...Object.values(NAMESPACES), SOAP_ENVELOPE, '']);
export const isKnownNamespace = (namespace: string): boolean => SPACES.has(namespace);

const WORDS: ReadonlySet<string> = new Set([
  ...Object.values(ENUMS).flat(),
  ...CANONICAL_STATUSES,
  ...['Check-in', 'Check-out', 'No-show', 'CheckIn', 'CheckOut', 'Normal Provider', 'Referring Provider'],
  ...['s', 'c', 'i', 'o', 'x', 'n', 'r', 't', 'e', 'S', 'C', 'I', 'E', 'X', 'N', 'R', 'T'],
  ...['Male', 'Female', 'Unknown', 'M', 'F', 'U'],
]);

/** The members whose values are words of a fixed list, and nothing that anybody typed. */
const LISTED =
  /^(AppointmentMode|AppointmentStatus|AppointmentType|ConfirmationStatus|Gender|Type|Status|GenderId)$/;

/** Whether a value is one of a fixed list where such a list is expected. */
export const isListedWord = (member: string, value: string): boolean =>
  LISTED.test(member) && WORDS.has(value);

/** Whether the member holds words of a fixed list. */
export const isListedMember = (member: string): boolean => LISTED.test(member);
