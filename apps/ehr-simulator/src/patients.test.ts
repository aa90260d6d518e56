import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClock, type EhrSimulator, startEhrSimulator } from './index.ts';
import { rawCall, textsOf } from './raw-call.ts';

const clock = createClock({ now: () => Date.parse('2026-07-01T15:00:00Z'), monotonic: () => 0 });
let simulator: EhrSimulator;
beforeAll(async () => {
  simulator = await startEhrSimulator({
    date: '2026-07-01',
    clock,
    config: { throttle: { enabled: false } },
  });
});
afterAll(() => simulator.stop());

const everybody = () => [...simulator.world.patients.values()];
const find = async (filter: string) => {
  const { text } = await rawCall(simulator, 'GetPatients', `<Fields/><Filter>${filter}</Filter>`);
  return textsOf(text, 'ID');
};
const us = (date: string) => date.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, '$2/$3/$1');
const dayAfter = (date: string) => new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);

describe('GetPatients', () => {
  it('an empty filter means everybody; a name narrows it, whatever its case; criteria add up', async () => {
    expect(await find('')).toHaveLength(everybody().length);
    const [one] = everybody();
    const { firstName = '', lastName = '', id } = one ?? {};
    const named = everybody().filter((patient) => patient.lastName === lastName);
    expect(await find(`<LastName>${lastName.toUpperCase()}</LastName>`)).toEqual(
      named.map((p) => String(p.id)),
    );
    expect(await find(`<FirstName>${firstName}</FirstName><LastName>${lastName}</LastName>`)).toContain(
      String(id),
    );
    expect(await find(`<FirstName>Nobody</FirstName><LastName>${lastName}</LastName>`)).toEqual([]);
  });
  it('the end of a birth date range is exclusive, its start is not', async () => {
    const { dob = '', id } = everybody()[3] ?? {};
    const range = (from: string, to: string) =>
      find(`<FromDateOfBirth>${us(from)}</FromDateOfBirth><ToDateOfBirth>${us(to)}</ToDateOfBirth>`);
    expect(await range(dob, dob)).toEqual([]);
    expect(await range(dob, dayAfter(dob))).toEqual([String(id)]);
    expect(await range('1900-01-01', dob)).not.toContain(String(id));
  });
  it('another practice has none of them', async () => {
    expect(await find('<PracticeID>102</PracticeID>')).toEqual([]);
    expect(await find(`<PracticeName>${simulator.practiceName} </PracticeName>`)).toEqual([]);
    expect(await find('<PracticeID>101</PracticeID>')).toHaveLength(everybody().length);
  });
  it('modified since yesterday finds who was changed', async () => {
    simulator.act({ do: 'patient', id: 9007, alert: 'Latex allergy.' });
    const filter =
      '<FromLastModifiedDate>2026-07-01</FromLastModifiedDate><ToLastModifiedDate>2026-07-01</ToLastModifiedDate>';
    expect(await find(filter)).toEqual(['9007']);
  });
});

describe('GetAllPatients', () => {
  it('pages through everybody once, in order, to a nil key', async () => {
    const seen: string[] = [];
    let key = '';
    for (let page = 0; page < 20; page++) {
      const inner = `<Fields/><Filter><BatchSize>9</BatchSize><PracticeID>101</PracticeID>${key}</Filter>`;
      const { text } = await rawCall(simulator, 'GetAllPatients', inner);
      seen.push(...textsOf(text, 'ID'));
      const [next = ''] = textsOf(text, 'nextStartKey');
      if (next === '') break;
      key = `<StartKey>${next}</StartKey>`;
    }
    expect(seen).toEqual(everybody().map((patient) => String(patient.id)));
  });
});

describe('GetPatient', () => {
  it('writes the birth date as the vendor does and holds no social security number', async () => {
    const patient = everybody().find((one) => one.middleName === null);
    const { text } = await rawCall(
      simulator,
      'GetPatient',
      `<Filter><PatientID>${patient?.id}</PatientID></Filter>`,
    );
    expect(textsOf(text, 'DOB')).toEqual([us(patient?.dob ?? '')]);
    expect(text).toContain('<MiddleName i:nil="true"/>');
    expect(text).not.toContain('SSN');
    expect(Number(textsOf(text, 'Age')[0])).toBeGreaterThanOrEqual(0);
  });
  it('without a filter trips over the null', async () => {
    const { status, text } = await rawCall(simulator, 'GetPatient', '');
    expect([status, textsOf(text, 'IsError')[0]]).toEqual([200, 'true']);
  });
});
