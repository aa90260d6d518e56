import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClock, type EhrSimulator, startEhrSimulator } from './index.ts';
import { headerXml, messageXml, post, type RawAnswer, rawCall, scheduleXml } from './raw-call.ts';
import { parseXml, type XmlElement } from './soap/xml-tree.ts';

// Answers written down from the vendor's contract; they lie beside the checkout where they are available.
const folder = fileURLToPath(new URL('../../../../shared/tebra/sample-responses/', import.meta.url));
const isPresent = existsSync(folder);
const title = isPresent
  ? 'against the sample answers'
  : 'against the sample answers (skipped: ../shared/tebra is absent)';

describe.skipIf(!isPresent)(title, () => {
  const clock = createClock({ now: () => Date.parse('2026-07-01T15:00:00Z'), monotonic: () => 0 });
  let simulator: EhrSimulator;
  beforeAll(async () => {
    simulator = await startEhrSimulator({ date: '2026-07-01', clock, config: QUIET });
  });
  afterAll(() => simulator?.stop());
  afterEach(() => simulator.configure(QUIET));

  const QUIET = {
    throttle: { enabled: false },
    auth: { practicesAuthorized: [101] },
    data: { emptyList: 'nil' as const, notFound: 'nil' as const },
  };
  const NOTHING = scheduleXml({ EndDate: '1/2/2020', StartDate: '1/1/2020' });
  const login = (change: object) =>
    post(
      simulator.url,
      'GetAppointments',
      messageXml('GetAppointments', NOTHING, headerXml({ ...simulator.credentials, ...change })),
    );
  const cases: [file: string, status: number, ask: () => Promise<RawAnswer>][] = [
    ['02-getappointments-empty-nil.xml', 200, () => rawCall(simulator, 'GetAppointments', NOTHING)],
    [
      '03-getappointments-phantom-row.xml',
      200,
      () => {
        simulator.configure({ data: { emptyList: 'phantom' } });
        return rawCall(simulator, 'GetAppointments', NOTHING);
      },
    ],
    [
      '14-getappointment-not-found-nil.xml',
      200,
      () =>
        rawCall(simulator, 'GetAppointment', '<Appointment><AppointmentId>1</AppointmentId></Appointment>'),
    ],
    ['21-auth-bad-password.xml', 200, () => login({ password: 'wrong' })],
    ['22-auth-bad-customer-key.xml', 200, () => login({ customerKey: 'wrong' })],
    [
      '24-ratelimit-429-in-200.xml',
      200,
      async () => {
        simulator.configure({ throttle: { enabled: true } });
        await rawCall(simulator, 'GetAppointments', NOTHING);
        return rawCall(simulator, 'GetAppointments', NOTHING);
      },
    ],
    ['26-nullreference-missing-filter.xml', 200, () => rawCall(simulator, 'GetAppointments', '<Fields/>')],
    [
      '27-fault-internalservicefault.xml',
      500,
      () =>
        rawCall(simulator, 'GetAppointments', scheduleXml({ EndDate: '1/1/2027', StartDate: '1/1/2026' })),
    ],
    [
      '28-fault-contractfilter-mismatch.xml',
      500,
      () =>
        post(
          simulator.url,
          'GetAppointments',
          messageXml('GetAppointments', NOTHING, ''),
          '"http://www.kareo.com/api/schemas/GetAppointments"',
        ),
    ],
    ['29-fault-deserialization.xml', 500, () => rawCall(simulator, 'GetAppointments', '')],
    [
      '31-getpatient-deleted-nil.xml',
      200,
      () => rawCall(simulator, 'GetPatient', '<Filter><PatientID>1</PatientID></Filter>'),
    ],
    [
      '32-getpatient-not-found-error.xml',
      200,
      () => {
        simulator.configure({ data: { notFound: 'error' } });
        return rawCall(simulator, 'GetPatient', '<Filter><PatientID>1</PatientID></Filter>');
      },
    ],
    [
      '39-getallpatients-last-page.xml',
      200,
      () => rawCall(simulator, 'GetAllPatients', '<Fields/><Filter><StartKey>99999</StartKey></Filter>'),
    ],
    ['37-getthrottles.xml', 200, () => rawCall(simulator, 'GetThrottles', '')],
  ];

  it.each(cases)('%s is answered element for element', async (file, status, ask) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(treeOf(parseXml(answer.text))).toEqual(treeOf(parseXml(readFileSync(folder + file, 'utf8'))));
  });
});

/** Names, namespaces, nils and leaf texts; the blanks between elements do not count. */
function treeOf(element: XmlElement): unknown {
  const { name, uri, nil } = element;
  if (element.children.length > 0) return { name, uri, children: element.children.map(treeOf) };
  return { name, uri, nil, text: element.text };
}
