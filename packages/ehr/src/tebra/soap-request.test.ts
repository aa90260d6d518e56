import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KAREO, KAREO_NO_SLASH, OPERATION_NAMES, REQUEST_MEMBERS, type RequestMember } from './operations.ts';
import { structure } from './request-structure.ts';
import { escapeXml, RequestRefused, type RequestValues, soapRequest } from './soap-request.ts';
import { parseXml, type XmlElement } from './xml-tree.ts';

const ACCOUNT = { CustomerKey: 'k', Password: 'p', User: 'u' };
const HEADER = { RequestHeader: ACCOUNT };

function find(root: XmlElement, ...names: string[]): XmlElement | undefined {
  return names.reduce<XmlElement | undefined>(
    (element, name) => element?.children.find((child) => child.name === name),
    root,
  );
}

describe('the writer decides the order, not the caller', () => {
  test('a schedule request in the contract’s order', () => {
    const text = soapRequest('GetAppointments', {
      Filter: { TimeZoneOffsetFromGMT: '0', StartDate: 'a', PracticeName: 'b', EndDate: 'c' },
      Fields: {},
      RequestHeader: { User: 'u', Password: 'p', CustomerKey: 'k', ClientVersion: '2.1' },
    });
    const request = find(parseXml(text), 'Body', 'GetAppointments', 'request');
    expect(request && structure(request).map((line) => line.replace(`{${KAREO}}`, ''))).toEqual([
      'request',
      '  RequestHeader',
      '    ClientVersion',
      '    CustomerKey',
      '    Password',
      '    User',
      '  Fields',
      '  Filter',
      '    EndDate',
      '    PracticeName',
      '    StartDate',
      '    TimeZoneOffsetFromGMT',
    ]);
  });

  test('service locations put their own members, and only those, into the namespace without a slash', () => {
    const text = soapRequest('GetServiceLocations', { ...HEADER, Fields: {}, Filter: { PracticeID: '7' } });
    const request = find(parseXml(text), 'Body', 'GetServiceLocations', 'request');
    const namespaces = (request?.children ?? []).map((child) => [child.name, child.namespace]);
    expect(request?.namespace).toBe(KAREO);
    expect(namespaces).toEqual([
      ['RequestHeader', KAREO],
      ['Fields', KAREO_NO_SLASH],
      ['Filter', KAREO_NO_SLASH],
    ]);
    expect(find(request as XmlElement, 'Filter', 'PracticeID')?.namespace).toBe(KAREO_NO_SLASH);
  });

  test.each(OPERATION_NAMES)('the member tables of %s are in byte order within each class', (operation) => {
    const inOrder = (members: readonly RequestMember[]): boolean => {
      // RequestHeader belongs to a base class and stands first; Status belongs to a derived one and stands last.
      const own = members
        .map(({ name }) => name)
        .filter((name) => !['RequestHeader', 'Status'].includes(name));
      const sorted = [...own].sort((a, b) => (a < b ? -1 : 1));
      return own.join() === sorted.join() && members.every(({ children }) => !children || inOrder(children));
    };
    expect(inOrder(REQUEST_MEMBERS[operation])).toBe(true);
  });

  test('any order of criteria gives the same bytes', () => {
    const criteria = { EndDate: '1', PatientID: '2', PracticeName: '3', StartDate: '4', Type: 'P' };
    const write = (filter: RequestValues) =>
      soapRequest('GetAppointments', { ...HEADER, Fields: {}, Filter: filter });
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.entries(criteria), { minLength: 5 }), (entries) => {
        expect(write(Object.fromEntries(entries))).toBe(write(criteria));
      }),
    );
  });
});

describe('what must not be sent is refused', () => {
  const refusals: readonly (readonly [string, () => string])[] = [
    [
      'an unknown criterion',
      () => soapRequest('GetAppointments', { ...HEADER, Fields: {}, Filter: { PracticeID: '7' } }),
    ],
    ['a missing Filter', () => soapRequest('GetAppointments', { ...HEADER, Fields: {} })],
    ['a missing Fields', () => soapRequest('GetAppointments', { ...HEADER, Filter: {} })],
    ['a missing header', () => soapRequest('GetThrottles', {})],
    [
      'a missing password',
      () => soapRequest('GetThrottles', { RequestHeader: { CustomerKey: 'k', User: 'u' } }),
    ],
    ['a missing id', () => soapRequest('GetAppointment', { ...HEADER, Appointment: {} })],
    [
      'an update without its status',
      () =>
        soapRequest('UpdateAppointment', { ...HEADER, Appointment: { AppointmentId: '1', PatientId: '2' } }),
    ],
    [
      'two texts where one belongs',
      () => soapRequest('GetPatient', { ...HEADER, Filter: { PatientID: ['secret-text', '2'] } }),
    ],
    ['text where a group belongs', () => soapRequest('GetPatient', { ...HEADER, Filter: 'secret-text' })],
    ['a group where text belongs', () => soapRequest('GetPatient', { ...HEADER, Filter: { PatientID: {} } })],
    [
      'a control character',
      () => soapRequest('GetPatient', { ...HEADER, Filter: { PatientID: 'secret-text\u000b' } }),
    ],
    [
      'half a surrogate pair',
      () => soapRequest('GetPatient', { ...HEADER, Filter: { PatientID: '\ud83d' } }),
    ],
  ];

  test.each(refusals)('%s', (_name, write) => {
    expect(write).toThrow(RequestRefused);
    expect(write).not.toThrow(/secret-text/);
  });
});

describe('escaping', () => {
  test('the five marks and the carriage return', () => {
    expect(escapeXml(`a&b<c>d"e'f\rg`)).toBe('a&amp;b&lt;c&gt;d&quot;e&apos;f&#13;g');
  });

  test('a password of any characters XML can carry arrives unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (password) => {
        let text: string;
        try {
          text = soapRequest('GetThrottles', { RequestHeader: { ...ACCOUNT, Password: password } });
        } catch (error) {
          expect(error).toBeInstanceOf(RequestRefused);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters under test.
          expect(password).toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u);
          return;
        }
        const header = find(parseXml(text), 'Body', 'GetThrottles', 'request', 'RequestHeader');
        expect(header?.children.map((child) => [child.name, child.text])).toEqual([
          ['CustomerKey', 'k'],
          ['Password', password],
          ['User', 'u'],
        ]);
      }),
      { numRuns: 500 },
    );
  });
});
