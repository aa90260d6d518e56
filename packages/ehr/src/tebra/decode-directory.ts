import type { EhrPractice, EhrProvider, EhrServiceLocation, EhrThrottle } from '../ehr-records.ts';
import { knownId } from './decode-schedule.ts';
import { exactText, humanText, trimmedText, truthValue } from './element-reading.ts';
import { safeIdentifier } from './vendor-wording.ts';
import type { XmlElement } from './xml-tree.ts';

/** The account's directories. Each reader answers null for a row without an id. */

export function decodeProvider(row: XmlElement): EhrProvider | null {
  const providerId = knownId(row, 'ID');
  if (!providerId) return null;
  return {
    providerId,
    fullName: humanText(row, 'FullName'),
    firstName: humanText(row, 'FirstName'),
    lastName: humanText(row, 'LastName'),
    degree: humanText(row, 'Degree'),
    specialty: humanText(row, 'SpecialtyName'),
    npi: trimmedText(row, 'NationalProviderIdentifier'),
    active: truthValue(row, 'Active'),
    kind: providerKind(trimmedText(row, 'Type')),
    practiceId: knownId(row, 'PracticeID'),
    practiceName: exactText(row, 'PracticeName'),
  };
}

function providerKind(type: string | null): EhrProvider['kind'] {
  const word = type?.toLowerCase() ?? '';
  if (word === 'normal provider' || word === 'normal') return 'normal';
  return word === 'referring provider' || word === 'referring' ? 'referring' : 'unknown';
}

export function decodePractice(row: XmlElement): EhrPractice | null {
  const practiceId = knownId(row, 'ID');
  if (!practiceId) return null;
  return {
    practiceId,
    name: exactText(row, 'PracticeName'),
    active: truthValue(row, 'Active'),
    npi: trimmedText(row, 'NPI'),
    state: trimmedText(row, 'PracticeState'),
  };
}

export function decodeServiceLocation(row: XmlElement): EhrServiceLocation | null {
  const locationId = knownId(row, 'ID');
  if (!locationId) return null;
  return {
    locationId,
    name: humanText(row, 'Name'),
    placeOfService: trimmedText(row, 'PlaceOfService'),
    city: humanText(row, 'City'),
    state: trimmedText(row, 'State'),
    zipCode: trimmedText(row, 'ZipCode'),
    practiceId: knownId(row, 'PracticeID'),
    practiceName: exactText(row, 'PracticeName'),
  };
}

/** A throttle whose name or gap cannot be read is left out: the published limit then stays in force. */
export function decodeThrottle(row: XmlElement): EhrThrottle | null {
  const endpoint = safeIdentifier(trimmedText(row, 'Endpoint'));
  const text = trimmedText(row, 'ThrottleTimeMs') ?? '';
  const minGapMs = /^\d{1,9}(\.\d{1,9})?(E\+?\d{1,2})?$/i.test(text) ? Number(text) : Number.NaN;
  return endpoint && Number.isFinite(minGapMs) ? { endpoint, minGapMs } : null;
}
