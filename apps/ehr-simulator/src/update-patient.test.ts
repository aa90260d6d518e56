import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EhrSimulator, startEhrSimulator } from './index.ts';
import { headerXml, messageXml, post, rawCall, textsOf } from './raw-call.ts';

let simulator: EhrSimulator;
beforeAll(async () => {
  const config = { throttle: { enabled: false } };
  simulator = await startEhrSimulator({ seed: 3, date: '2026-07-01', appointments: 400, config });
});
afterAll(() => simulator.stop());

const anyone = () => [...simulator.world.patients.values()].find(({ deleted }) => !deleted);
const patientXml = (id: number | undefined, inner: string) =>
  `<Patient>${inner}<PatientID>${id}</PatientID><Practice><PracticeID>101</PracticeID></Practice></Patient>`;
/** The message as it must be: the parameter is called `UpdatePatientReq`, in this operation alone. */
const named = (inner: string) =>
  messageXml('UpdatePatient', inner, headerXml(simulator.credentials))
    .replace('<request>', '<UpdatePatientReq>')
    .replace('</request>', '</UpdatePatientReq>');

describe('UpdatePatient', () => {
  it('changes what is given, leaves the rest, and answers the id', async () => {
    const before = anyone();
    const inner = patientXml(
      before?.id,
      '<FirstName>Wren</FirstName><MobilePhone>(555) 555-0199</MobilePhone>',
    );
    const answer = await post(simulator.url, 'UpdatePatient', named(inner));
    expect([answer.status, textsOf(answer.text, 'PatientID')]).toEqual([200, [String(before?.id)]]);
    expect(simulator.world.patients.get(before?.id ?? 0)).toEqual({
      ...before,
      firstName: 'Wren',
      fullName: `Wren ${before?.lastName}`,
      mobilePhone: '(555) 555-0199',
      modifiedMs: expect.any(Number),
    });
  });

  it('called `request` like everywhere else, the parameter is not found and the service trips over null', async () => {
    const before = anyone();
    const answer = await rawCall(
      simulator,
      'UpdatePatient',
      patientXml(before?.id, '<FirstName>Wren</FirstName>'),
    );
    expect(answer.status).toBe(500);
    expect(answer.text).toContain('InternalServiceFault');
    expect(anyone()).toEqual(before);
  });

  it('without its practice, or with a word that is none, it faults; somebody who is not there is refused', async () => {
    const send = (inner: string) => post(simulator.url, 'UpdatePatient', named(inner));
    const id = anyone()?.id;
    const missing = await send(`<Patient><PatientID>${id}</PatientID></Patient>`);
    expect([missing.status, missing.text]).toEqual([
      500,
      expect.stringContaining("Expecting element 'Practice'"),
    ]);
    const wrong = await send(patientXml(id, '<Gender>None</Gender>'));
    expect([wrong.status, wrong.text]).toEqual([500, expect.stringContaining("Invalid enum value 'None'")]);
    const nobody = await send(patientXml(1, ''));
    expect([nobody.status, textsOf(nobody.text, 'ErrorMessage')]).toEqual([200, ['Unable to find patient.']]);
  });
});

describe('a large account', () => {
  it('lists four hundred rows of one day in one answer, none cut and none twice', async () => {
    const filter =
      `<Filter><EndDate>7/2/2026 7:00:00 AM</EndDate><PracticeName>${simulator.practiceName}</PracticeName>` +
      '<StartDate>7/1/2026 4:00:00 AM</StartDate><TimeZoneOffsetFromGMT>0</TimeZoneOffsetFromGMT></Filter>';
    const { text } = await rawCall(simulator, 'GetAppointments', `<Fields/>${filter}`);
    const ids = textsOf(text, 'ID');
    expect(ids).toHaveLength(400);
    expect(new Set(ids).size).toBe(400);
  });

  it('tells its operations, the newer one when it is switched on', async () => {
    const names = async () =>
      [
        ...(await (await fetch(`${simulator.url}?singleWsdl`)).text()).matchAll(/operation name="(\w+)"/g),
      ].map(([, name]) => name);
    expect((await names()).length).toBe(28);
    simulator.configure({ writes: { statusOperation: true } });
    expect(await names()).toEqual(expect.arrayContaining(['UpdatePatient', 'UpdateAppointmentStatus']));
  });
});
