import { type PatientSearchRequest, type Role, roles } from '@workflow-bolt/contracts';
import { describe, expect, it } from 'vitest';
import { BoardPlayer, scheduleRow } from './board-player.ts';
import {
  countLetters,
  isNamed,
  lastNamesOf,
  nameWords,
  normalisedPhone,
  normalisedRecord,
} from './patient-names.ts';
import {
  indexedValues,
  type Patient,
  planSearch,
  type SearchVerdict,
  searchableBy,
} from './patient-search.ts';

describe('how names are written', () => {
  it.each([
    ['Doe, Jané', ['doe', 'jane']],
    ['  JANE\u00a0 doe ', ['jane', 'doe']],
    ["Siobhán O'Brien", ['siobhan', 'obrien']],
    ['Jean-Luc  Picard', ['jean', 'luc', 'picard']],
    ['محمد عليّ', ['محمد', 'علي']],
    ['יוסף כֹּהֵן', ['יוסף', 'כהן']],
    ['王小明', ['王小明']],
    ['ﬁona', ['fiona']],
    ['\u202eevil', ['evil']],
    ['*', []],
  ])('words of %s', (name, words) => {
    expect(nameWords(name)).toEqual(words);
  });

  it.each([
    ['Ann Smith', ['smith']],
    ['Smith, Ann', ['smith']],
    ['Anna van der Berg', ['van der berg', 'der berg', 'berg']],
    ['van der Berg, Anna', ['van der berg', 'der berg', 'berg']],
    ['Martin King Jr.', ['king']],
    ['Prince', ['prince']],
    ['a b c d e f g', ['d e f g', 'e f g', 'f g', 'g']],
    ['!!!', []],
  ])('last names of %s', (name, found) => {
    expect(lastNamesOf(name)).toEqual(found);
  });

  it.each([
    ['Ann Smith', 'smi ann', true, false],
    ['Ann Smith', 'SMITH, ANN', true, true],
    ['Ann Anders', 'an ann', true, false],
    ['Ann Smith', 'ann ann', false, false],
    ['Ann Smith', 'mith', false, false],
    ['Ann Smith', '', false, false],
    ['Ann Smith', '%', false, false],
    ['محمد علي', 'علي', true, true],
  ])('is %s meant by %s?', (name, typed, asBeginning, asWhole) => {
    expect([isNamed(name, typed, { isWhole: false }), isNamed(name, typed, { isWhole: true })]).toEqual([
      asBeginning,
      asWhole,
    ]);
  });

  it('letters of any script count, marks and punctuation do not', () => {
    expect(['Jo.', 'é-é', '王小明', '%%%%', '\u200f\u200f\u200f'].map(countLetters)).toEqual([2, 2, 3, 0, 0]);
  });
});

describe('how numbers are written', () => {
  it.each([
    ['(312) 555-0142', '+13125550142'],
    ['1-312-555-0142', '+13125550142'],
    ['+1 312.555.0142 ext. 7', '+13125550142'],
    ['312 555 0142 x12', '+13125550142'],
    ['+44 20 7946 0958', '+442079460958'],
    ['011 44 20 7946 0958', '+442079460958'],
    ['0044 20 7946 0958', '+442079460958'],
    ['٣١٢٥٥٥٠١٤٢', '+13125550142'],
    ['555-0142', '5550142'],
    ['12345', null],
    ['+1234567890123456', null],
    ['call her mother', null],
  ])('%s', (text, number) => {
    expect(normalisedPhone(text)).toBe(number);
  });

  it('a number of the EHR is compared by its letters and digits', () => {
    expect(['MRN-4711', ' mrn 4711', '４711', '--'].map(normalisedRecord)).toEqual([
      'mrn4711',
      'mrn4711',
      '4711',
      null,
    ]);
  });
});

function patientOf(more: Parameters<typeof scheduleRow>[2] = {}): Patient {
  const player = new BoardPlayer();
  const given = { fullName: 'Ann van Dyke', dob: '1980-05-17', phone: '(312) 555-0142', ...more };
  player.must('system', scheduleRow('v1', '09:00', given));
  const [visit, person] = [player.board.get('v:v1')?.d, player.board.get('p:v1')?.d];
  if (visit?.type !== 'visit' || person?.type !== 'person') throw new Error('nobody is here');
  return { visit, person };
}

describe('what is indexed', () => {
  it('the telephone, the number of the EHR, and each last name with the date of birth', () => {
    const patient = patientOf();
    const record = patient.visit.external?.patientId ?? '';
    expect(indexedValues(patient)).toEqual([
      { kind: 'phone', value: '+13125550142' },
      { kind: 'record', value: normalisedRecord(record) },
      { kind: 'name-dob', value: 'van dyke|1980-05-17' },
      { kind: 'name-dob', value: 'dyke|1980-05-17' },
    ]);
  });

  it('[privacy] nothing of a patient who asked for privacy, and nothing that is not known', () => {
    const { visit, person } = patientOf();
    const flags = { ...visit.flags, privacy: true };
    expect(indexedValues({ visit: { ...visit, flags }, person })).toEqual([]);
    expect(indexedValues({ visit, person: { ...person, isPrivate: true } })).toEqual([]);
    const unknown = { ...person, dob: null, phone: null };
    expect(indexedValues({ visit: { ...visit, external: null }, person: unknown })).toEqual([]);
  });
});

const all = (more: Omit<Extract<PatientSearchRequest, { in: 'all' }>, 'in'>): PatientSearchRequest => ({
  in: 'all',
  ...more,
});
const said = (verdict: SearchVerdict): string =>
  verdict.ok
    ? `looks under ${verdict.plan.lookups.map(({ kind }) => kind).join()}`
    : 'unseen' in verdict
      ? `does not see ${verdict.unseen}`
      : `needs ${verdict.needed}`;

describe('[H-16] [authz] who may search by what', () => {
  it('by what is seen as it is, and by nothing else', () => {
    const found = Object.fromEntries(roles.map((role) => [role, searchableBy([role]).join(' ')]));
    expect(found).toEqual({
      'front-desk': 'name dob phone record',
      'medical-assistant': 'name dob record',
      nurse: 'name dob phone record',
      provider: 'name dob record',
      billing: 'name dob phone record',
      manager: 'name phone record',
      admin: '',
      auditor: 'record',
      viewer: '',
      service: 'name dob phone record',
      agent: '',
      display: '',
      system: 'name dob phone record',
    });
  });

  it.each<[Role[], PatientSearchRequest, string]>([
    [['manager'], all({ name: 'Dyke', dob: '1980-05-17' }), 'does not see dob'],
    [['manager'], all({ phone: '3125550142', dob: '1980-05-17' }), 'does not see dob'],
    [['provider'], all({ phone: '3125550142' }), 'does not see phone'],
    [['viewer'], all({ record: '1' }), 'does not see record'],
    [['nurse'], all({ phone: '3125550142' }), 'looks under phone'],
    [['nurse', 'front-desk'], all({ phone: '3125550142' }), 'looks under phone'],
    [['front-desk'], all({ phone: '3125550142' }), 'needs second-identifier'],
    [['front-desk'], all({ record: '4711' }), 'needs second-identifier'],
    [['front-desk', 'viewer'], all({ record: '4711' }), 'needs second-identifier'],
    [['front-desk', 'medical-assistant'], all({ record: '4711' }), 'needs second-identifier'],
    [['front-desk'], all({ record: '4711', name: 'Dyke' }), 'looks under record'],
    [['front-desk'], all({ name: 'van Dyke', dob: '1980-05-17' }), 'looks under name-dob,name-dob'],
    [['nurse'], all({ name: 'Dyke' }), 'needs identifier'],
    [['nurse'], all({ dob: '1980-05-17' }), 'needs identifier'],
    [['nurse'], all({}), 'needs identifier'],
    [['nurse'], all({ phone: '---' }), 'needs identifier'],
    [['nurse'], all({ name: '%', dob: '1980-05-17' }), 'needs identifier'],
  ])('%s asking %j %s', (who, request, wanted) => {
    expect(said(planSearch(request, who))).toBe(wanted);
  });

  it.each([
    ['ann', '2026-03-10', '2026-03-10', 'looks under '],
    ['ann', '2026-03-03', '2026-03-17', 'looks under '],
    ['ann', '2026-03-03', '2026-03-18', 'needs fewer-days'],
    ['ann', '2026-03-10', '2026-03-09', 'needs fewer-days'],
    ['an', '2026-03-10', '2026-03-10', 'needs letters'],
    ['%%%', '2026-03-10', '2026-03-10', 'needs letters'],
    ['a - b', '2026-03-10', '2026-03-10', 'needs letters'],
  ])('[abuse] by the name %s from %s to %s: %s', (name, from, to, wanted) => {
    expect(said(planSearch({ in: 'days', name, from, to }, ['nurse']))).toBe(wanted);
  });

  it.each<[Role[], string, string, string | null, string]>([
    [['front-desk'], '2026-02-23', '2026-03-09', '2026-03-10', 'looks under '],
    [['front-desk'], '2026-03-11', '2026-03-25', '2026-03-10', 'looks under '],
    [['front-desk'], '2026-02-22', '2026-03-08', '2026-03-10', 'needs second-identifier'],
    [['front-desk'], '2026-03-26', '2026-03-26', '2026-03-10', 'needs second-identifier'],
    [['manager'], '2025-03-10', '2025-03-10', '2026-03-10', 'needs second-identifier'],
    [['manager', 'viewer'], '2025-03-10', '2025-03-10', '2026-03-10', 'needs second-identifier'],
    [['manager', 'nurse'], '2025-03-10', '2025-03-10', '2026-03-10', 'looks under '],
    [['provider'], '2025-03-10', '2025-03-10', '2026-03-10', 'looks under '],
    [['front-desk'], '2025-03-10', '2025-03-10', null, 'looks under '],
  ])('[abuse] [authz] %s by a name from %s to %s, on %s: %s', (who, from, to, today, wanted) => {
    expect(said(planSearch({ in: 'days', name: 'ann', from, to }, who, today))).toBe(wanted);
  });
});

describe('who was meant', () => {
  const isMeant = (request: PatientSearchRequest, patient = patientOf()): boolean => {
    const verdict = planSearch(request, ['nurse']);
    return verdict.ok && verdict.plan.isMeant(patient);
  };

  it('everything that was named must hold', () => {
    expect(isMeant(all({ phone: '312.555.0142' }))).toBe(true);
    expect(isMeant(all({ phone: '312.555.0142', name: 'Dyke' }))).toBe(true);
    expect(isMeant(all({ phone: '312.555.0142', name: 'Smith' }))).toBe(false);
    expect(isMeant(all({ phone: '312.555.0143' }))).toBe(false);
    expect(isMeant(all({ name: 'dyke, ann', dob: '1980-05-17' }))).toBe(true);
    expect(isMeant(all({ name: 'dyke', dob: '1980-05-18' }))).toBe(false);
    expect(isMeant({ in: 'days', from: '2026-03-10', to: '2026-03-10', name: 'ann dy' })).toBe(true);
  });

  it('[privacy] what is withheld from a reader matches nothing', () => {
    const { visit, person } = patientOf();
    const seen = { visit: { ...visit, external: null }, person: { ...person, dob: null, phone: null } };
    expect(isMeant(all({ phone: '312.555.0142' }), seen)).toBe(false);
    expect(isMeant(all({ record: visit.external?.patientId ?? '' }), seen)).toBe(false);
    expect(isMeant(all({ name: 'dyke', dob: '1980-05-17' }), seen)).toBe(false);
  });
});
