import {
  type ClinicSettings,
  type Day,
  type Person,
  providerIdSchema,
  type Visit,
} from '@workflow-bolt/contracts';
import { type EhrReadPort, type EhrServiceLocation, ehrOk } from '@workflow-bolt/ehr';
import { describe, expect, it, test } from 'vitest';
import { boardProviderId } from '../provider-ids.ts';
import { type SubjectQuestion, WriteSubjects } from './write-subject.ts';

type Settings = NonNullable<ClinicSettings['ehr']>;
const day = { visitTypes: [] } as unknown as Day;
const person = { fullName: 'Wanda Lee', dob: '1980-02-03' } as Person;

const site = (locationId: string, name: string): EhrServiceLocation =>
  ({ locationId, name }) as EhrServiceLocation;
const north = site('91', 'North');
const south = site('92', 'South ');

const visitAt = (providerId: string, locationName: string | null): Visit =>
  ({ providerId, locationName, external: null, startAt: 5_000, durationMin: 20 }) as Visit;
const walkIn = (providerId: string, locationName: string | null = null): Visit => ({
  ...visitAt(providerId, locationName),
  external: { appointmentId: null, patientId: '601' } as unknown as Visit['external'],
});

/** An EHR with these sites; `asked` counts how often it was asked for them. */
function subjectsOf(sites: EhrServiceLocation[], serviceLocationName: string | null = null) {
  const asked = { sites: 0 };
  const ehr = {
    providers: async () => ehrOk([{ providerId: 'doc-1' }, { providerId: 'eM5CW.15N' }]),
    practices: async () => ehrOk([{ practiceId: '7', name: 'Fern Street' }]),
    serviceLocations: async () => {
      asked.sites += 1;
      return ehrOk([...sites]);
    },
  } as unknown as EhrReadPort;
  const settings = { practiceName: 'Fern Street', serviceLocationName } as Settings;
  return { subjects: new WriteSubjects(ehr, settings), asked };
}

async function foundFor(
  subjects: WriteSubjects,
  { visit, board = [] }: { visit: Visit; board?: Visit[] },
  name: 'serviceLocationId' | 'providerId',
): Promise<string> {
  const others = board.map((other) => ({ visit: other, person: null }));
  const question: SubjectQuestion = { visit, person, day, others, triedAgoMs: null };
  const found = await subjects.find(question);
  if (found.kind === 'refused') return found.reason;
  return found.kind === 'found' ? (found.subject.creation?.[name] ?? 'none') : found.kind;
}
const placeOf = (subjects: WriteSubjects, visit: Visit, board: Visit[] = []): Promise<string> =>
  foundFor(subjects, { visit, board }, 'serviceLocationId');

test('[WB-WALK-IN] the provider is the EHR’s own, also where the board cannot hold that id', async () => {
  const { subjects } = subjectsOf([north]);
  const providerOf = (id: string | null) =>
    foundFor(subjects, { visit: { ...walkIn(''), providerId: id } }, 'providerId');
  const odd = boardProviderId('eM5CW.15N');
  expect([odd, providerIdSchema.safeParse(odd).success]).toEqual([expect.stringMatching(/^ehrh-/), true]);
  expect(await providerOf(odd)).toBe('eM5CW.15N');
  expect(await providerOf('ehr-doc-1')).toBe('doc-1');
  for (const id of [boardProviderId('Somebody.Else'), 'ada', null])
    expect(await providerOf(id)).toBe('provider-unknown');
});

describe('[WB-WALK-IN] the place of a new appointment', () => {
  it('is that of each visit, not of the first one that was asked for', async () => {
    const { subjects, asked } = subjectsOf([north, south]);
    expect(await placeOf(subjects, walkIn('ehr-1', 'South'))).toBe('92');
    expect(await placeOf(subjects, walkIn('ehr-1', 'North'))).toBe('91');
    expect(asked.sites).toBe(1);
  });

  it('is where most of its provider’s visits are that day, else most of the board’s', async () => {
    const board = [visitAt('ehr-1', 'North'), visitAt('ehr-2', 'South')];
    const { subjects } = subjectsOf([north, south]);
    expect(await placeOf(subjects, walkIn('ehr-1'), board)).toBe('91');
    expect(await placeOf(subjects, walkIn('ehr-2'), board)).toBe('92');
    expect(await placeOf(subjects, walkIn('ehr-3'), [visitAt('ehr-2', 'South')])).toBe('92');
    const withVideo = [visitAt('ehr-1', 'North'), visitAt('ehr-1', 'Video'), visitAt('ehr-1', 'North')];
    expect(await placeOf(subjects, walkIn('ehr-1'), withVideo)).toBe('91');
  });

  it('is the only one there is', async () => {
    expect(await placeOf(subjectsOf([south]).subjects, walkIn('ehr-1'))).toBe('92');
  });

  it('is that of the settings before any other', async () => {
    const { subjects } = subjectsOf([north, south], 'South ');
    expect(await placeOf(subjects, walkIn('ehr-1', 'North'))).toBe('92');
  });

  it('that is new in the EHR refuses nobody: it is read once more', async () => {
    const sites = [north];
    const { subjects, asked } = subjectsOf(sites);
    expect(await placeOf(subjects, walkIn('ehr-1', 'North'))).toBe('91');
    sites.push(south);
    expect(await placeOf(subjects, walkIn('ehr-1', 'South'))).toBe('92');
    expect(asked.sites).toBe(2);
  });

  it('is never guessed: the card says that something is missing, and it is looked up anew', async () => {
    const undecided = subjectsOf([north, south]);
    expect(await placeOf(undecided.subjects, walkIn('ehr-1'))).toBe('incomplete');
    const board = [visitAt('ehr-1', 'North'), visitAt('ehr-1', 'South')];
    expect(await placeOf(undecided.subjects, walkIn('ehr-1'), board)).toBe('incomplete');
    const elsewhere = [...board, ...['a', 'b', 'c'].map(() => visitAt('ehr-2', 'North'))];
    expect(await placeOf(undecided.subjects, walkIn('ehr-1'), elsewhere)).toBe('incomplete');
    const sites = [north, south];
    const misspelt = subjectsOf(sites, 'Suoth');
    expect(await placeOf(misspelt.subjects, walkIn('ehr-1', 'North'))).toBe('incomplete');
    sites.push(site('93', 'Suoth'));
    expect(await placeOf(misspelt.subjects, walkIn('ehr-1', 'North'))).toBe('93');
    expect(misspelt.asked.sites).toBe(2);
  });
});
