import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EhrSimulator, startEhrSimulator } from './index.ts';
import { headerXml, messageXml, post, type RawAnswer, rawCall, scheduleXml, textsOf } from './raw-call.ts';

const KAR = 'http://www.kareo.com/api/schemas/';
const DAY = {
  EndDate: '7/2/2026 5:00:00 AM',
  PracticeName: 'Cedar Hollow Family Medicine',
  StartDate: '7/1/2026 5:00:00 AM',
  TimeZoneOffsetFromGMT: '0',
};

let simulator: EhrSimulator;
beforeAll(async () => {
  simulator = await startEhrSimulator({ date: '2026-07-01', config: { throttle: { enabled: false } } });
});
afterAll(() => simulator.stop());

const faultOf = (answer: RawAnswer) => ({
  status: answer.status,
  code: textsOf(answer.text, 'faultcode')[0],
  said: textsOf(answer.text, 'faultstring')[0],
});
const lastCall = () => simulator.journal().at(-1);

describe('SOAPAction', () => {
  it.each([`"${KAR}KareoServices/GetPractices"`, `${KAR}KareoServices/GetPractices`])(
    'accepts %s',
    async (action) => {
      const message = messageXml('GetPractices', '<Fields/><Filter/>', headerXml(simulator.credentials));
      expect((await post(simulator.url, 'GetPractices', message, action)).status).toBe(200);
    },
  );
  it.each([`"${KAR}GetPractices"`, '""', `"${KAR}KareoServices/SearchPatient"`])(
    'refuses %s',
    async (action) => {
      const message = messageXml('GetPractices', '<Fields/><Filter/>', headerXml(simulator.credentials));
      const fault = faultOf(await post(simulator.url, 'GetPractices', message, action));
      expect(fault).toMatchObject({ status: 500, code: 'a:ActionNotSupported' });
      expect(fault.said).toContain(`Action '${action.replaceAll('"', '')}'`);
      expect(fault.said).toContain('ContractFilter mismatch at the EndpointDispatcher');
    },
  );
  it('faults when the body is another operation than the action', async () => {
    const message = messageXml('GetProviders', '<Fields/><Filter/>', headerXml(simulator.credentials));
    const fault = faultOf(await post(simulator.url, 'GetPractices', message));
    expect(fault).toMatchObject({ status: 500, code: 'a:DeserializationFailed' });
    expect(fault.said).toContain("with name 'GetPractices'");
  });
});

describe('forward-only reading', () => {
  it('StartDate before EndDate: EndDate and PracticeName are silently lost', async () => {
    const inOrder = await rawCall(simulator, 'GetAppointments', scheduleXml(DAY));
    expect(textsOf(inOrder.text, 'ID')).toHaveLength(40);
    expect(lastCall()?.dropped).toEqual([]);
    const wrong = scheduleXml({
      StartDate: DAY.StartDate,
      EndDate: '7/1/2026',
      PracticeName: 'No such practice',
    });
    const answer = await rawCall(simulator, 'GetAppointments', wrong);
    expect(answer.status).toBe(200);
    expect(textsOf(answer.text, 'ID')).toHaveLength(40);
    expect(lastCall()?.dropped).toEqual(['/Filter/EndDate', '/Filter/PracticeName']);
  });
  it('User, Password, CustomerKey in this order: password and key are lost, the login fails', async () => {
    const { customerKey, password, user } = simulator.credentials;
    const header =
      `<RequestHeader><User>${user}</User><Password>${password.replace(/[<&>]/g, '')}</Password>` +
      `<CustomerKey>${customerKey}</CustomerKey></RequestHeader>`;
    const answer = await post(
      simulator.url,
      'GetPractices',
      messageXml('GetPractices', '<Fields/><Filter/>', header),
    );
    expect(answer.status).toBe(200);
    expect(textsOf(answer.text, 'CustomerKeyValid')).toEqual(['false']);
    expect(lastCall()?.dropped).toEqual(['/RequestHeader/Password', '/RequestHeader/CustomerKey']);
  });
  it('an unknown member, and one in the wrong namespace, are dropped without a word', async () => {
    const inner = `<Fields/><Filter><Bogus>1</Bogus><PracticeName xmlns="http://www.kareo.com/api/schemas">x</PracticeName></Filter>`;
    const answer = await rawCall(simulator, 'GetPractices', inner);
    expect(textsOf(answer.text, 'ID')).toHaveLength(3);
    expect(lastCall()?.dropped).toEqual(['/Filter/Bogus', '/Filter/PracticeName']);
  });
  it('a login in the SOAP header is not read: the missing RequestHeader faults', async () => {
    const message = messageXml('GetPractices', '<Fields/><Filter/>', '');
    const fault = faultOf(await post(simulator.url, 'GetPractices', message));
    expect(fault.said).toContain("Expecting element 'RequestHeader'.");
  });
});

describe('required members', () => {
  const cases: [name: string, operation: string, inner: string, said: string][] = [
    ['Fields missing, Filter there', 'GetAppointments', '<Filter/>', "'Element' 'Filter' from"],
    ['Fields missing altogether', 'GetAppointments', '', "'EndElement' 'request' from"],
    [
      'service locations in kar',
      'GetServiceLocations',
      '<Fields/><Filter/>',
      `'EndElement' 'request' from namespace '${KAR}' is not expected. Expecting element 'Fields'.`,
    ],
    [
      'AppointmentID for AppointmentId',
      'GetAppointment',
      '<Appointment><AppointmentID>1</AppointmentID></Appointment>',
      "Expecting element 'AppointmentId'.",
    ],
    [
      'status-only update',
      'UpdateAppointment',
      '<Appointment><AppointmentId>880001</AppointmentId><AppointmentStatus>CheckedIn</AppointmentStatus></Appointment>',
      "Expecting element 'PatientId'.",
    ],
  ];
  it.each(cases)('%s faults', async (_name, operation, inner, said) => {
    const fault = faultOf(await rawCall(simulator, operation, inner));
    expect(fault).toMatchObject({ status: 500, code: 'a:DeserializationFailed' });
    expect(fault.said).toContain(said);
    expect(fault.said).toContain('Expecting element');
  });
  it('service locations in their own namespace are read', async () => {
    const kns = 'xmlns:k="http://www.kareo.com/api/schemas"';
    const answer = await rawCall(simulator, 'GetServiceLocations', `<k:Fields ${kns}/><k:Filter ${kns}/>`);
    expect(textsOf(answer.text, 'Name')).toEqual([
      'Cedar Hollow - Main',
      'Cedar Hollow - Eastside',
      'Telehealth',
    ]);
  });
});

describe('values', () => {
  const appointment = (members: string) =>
    `<Appointment><AppointmentId>880001</AppointmentId>${members}</Appointment>`;
  it.each([
    [
      'a US date-time',
      appointment('<EndTime>7/1/2026 9:00:00 AM</EndTime>'),
      "cannot be parsed as the type 'DateTime'",
    ],
    [
      'an unknown status',
      appointment('<AppointmentStatus>Arrived</AppointmentStatus>'),
      "Invalid enum value 'Arrived'",
    ],
    ['a boolean in capitals', appointment('<IsRecurring>True</IsRecurring>'), "as the type 'Boolean'"],
    [
      'nil for a value type',
      appointment('<MaxAttendees xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'),
      'cannot be null',
    ],
    [
      'an empty id',
      '<Appointment><AppointmentId/></Appointment>',
      "The value '' cannot be parsed as the type 'Int64'",
    ],
    [
      'an element in a text',
      '<Appointment><AppointmentId><b>1</b></AppointmentId></Appointment>',
      'End element',
    ],
  ])('%s faults', async (_name, inner, said) => {
    const fault = faultOf(await rawCall(simulator, 'UpdateAppointment', inner));
    expect(fault).toMatchObject({ status: 500, code: 'a:DeserializationFailed' });
    expect(fault.said).toContain(said);
  });
  it('[missing filter] is an error inside a 200, with a stack trace', async () => {
    const answer = await rawCall(simulator, 'GetAppointments', '<Fields/>');
    expect(answer.status).toBe(200);
    expect(textsOf(answer.text, 'ErrorMessage')).toEqual([
      'Object reference not set to an instance of an object.',
    ]);
    expect(textsOf(answer.text, 'IsError')).toEqual(['true']);
    expect(answer.text).toContain('ValidationHelper.ValidateDateTimeFields');
    expect(textsOf(answer.text, 'Authorized')).toEqual(['true']);
  });
});

describe('what is no message', () => {
  const good = () => messageXml('GetPractices', '<Fields/><Filter/>', headerXml(simulator.credentials));
  it('a DTD is refused before anything in it is expanded', async () => {
    const dtd = good().replace('?>', '?><!DOCTYPE r [<!ENTITY a "b">]>');
    expect(await post(simulator.url, 'GetPractices', dtd)).toEqual({ status: 400, text: '' });
  });
  it.each([
    ['cut off', (xml: string) => xml.slice(0, 200)],
    ['no XML', () => 'hello'],
    ['empty', () => ''],
    [
      'a SOAP 1.2 envelope',
      (xml: string) => xml.replace('xmlsoap.org/soap/envelope', 'w3.org/2003/05/soap-envelope'),
    ],
    ['deep', () => '<a>'.repeat(100)],
  ])('%s is a bad request', async (_name, spoil) => {
    expect(await post(simulator.url, 'GetPractices', spoil(good()))).toEqual({ status: 400, text: '' });
    expect(lastCall()?.outcome).toBe('fault:BadRequest');
  });
  it('another content type is unsupported, another method not allowed', async () => {
    const json = await fetch(simulator.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(json.status).toBe(415);
    expect((await fetch(simulator.url)).status).toBe(405);
  });
  it('a request in the wrong namespace arrives as null, and the service trips over it', async () => {
    const message = good().replace('<request>', '<request xmlns="urn:other">');
    const fault = faultOf(await post(simulator.url, 'GetPractices', message));
    expect(fault).toMatchObject({ status: 500, code: 'a:InternalServiceFault' });
  });
});
