import type { SimulatorConfig } from '../config.ts';
import type { Fields } from '../soap/strict-read.ts';
import { type DateStyle, listDate, type Rendering } from '../world/list-dates.ts';
import type { AppointmentRecord, EhrWorld } from '../world/world.ts';

// The list speaks the practice-management client's words; only three of them are documented to differ from the enum.
const MIXED_WORDS: Readonly<Record<string, string>> = {
  CheckedIn: 'Check-in',
  CheckedOut: 'Check-out',
  NoShow: 'No-show',
};
const WORDS: Readonly<Record<SimulatorConfig['data']['statusWords'], Readonly<Record<string, string>>>> = {
  enum: {},
  mixed: MIXED_WORDS,
  pm: { ...MIXED_WORDS, ReminderSent: 'Scheduled', Roomed: 'Seen', ReadyToBeSeen: 'Check-in' },
  letter: {
    ...{ Scheduled: 'S', Confirmed: 'C', CheckedIn: 'I', CheckedOut: 'O', NoShow: 'N', Rescheduled: 'R' },
    ...{ Cancelled: 'X', Roomed: 'E' },
  },
};

/** What a row is rendered with. */
export interface RowScene {
  world: EhrWorld;
  data: SimulatorConfig['data'];
  rendering: Rendering;
}

/** The word the list shows for a stored status. */
export function listStatus(status: string, words: SimulatorConfig['data']['statusWords']): string {
  return WORDS[words][status] ?? status;
}

/** The rows an appointment puts into the list: usually one; some appear twice, or twice with different words. */
export function listRows(record: AppointmentRecord, scene: RowScene): Fields[] {
  const row = listRow(record, scene);
  if (record.oddities.includes('duplicate-row')) return [row, { ...row }];
  if (record.oddities.includes('conflicting-row')) {
    const later = listDate(record.updatedMs + 86_400_000, scene.rendering, styleOf(record, scene));
    return [
      row,
      {
        ...row,
        ConfirmationStatus: listStatus('CheckedIn', scene.data.statusWords),
        LastModifiedDate: later,
      },
    ];
  }
  return [row];
}

function listRow(record: AppointmentRecord, scene: RowScene): Fields {
  const date = (epochMs: number) => listDate(epochMs, scene.rendering, styleOf(record, scene));
  const { world } = scene;
  return {
    AllDay: bool(record, record.oddities.includes('all-day'), scene),
    AppointmentDuration: String(Math.round((record.endMs - record.startMs) / 60_000)),
    AppointmentReason1: record.reasonName,
    AppointmentReasonID1: String(record.reasonId),
    ConfirmationStatus: listStatus(record.status, scene.data.statusWords),
    CreatedDate: date(record.createdMs),
    EndDate: date(record.endMs),
    ID: String(record.id),
    LastModifiedDate: date(record.updatedMs),
    Notes: record.notes,
    ...patientMembers(record, scene),
    PracticeID: String(record.practiceId),
    PracticeName: world.practices.find((practice) => practice.id === record.practiceId)?.name ?? '',
    Recurring: bool(record, record.recurring, scene),
    ...resourceMembers(record, world),
    ServiceLocationID: String(record.locationId),
    ServiceLocationName: world.locations.find((location) => location.id === record.locationId)?.name ?? '',
    ...(record.oddities.includes('no-start') ? { StartDate: null } : { StartDate: date(record.startMs) }),
    Type: record.type,
  };
}

function patientMembers(record: AppointmentRecord, scene: RowScene): Fields {
  if (record.patientId === null || record.oddities.includes('no-patient')) return {};
  const id = String(record.patientId);
  return {
    ...(record.authorizationId === null ? {} : { AuthorizationID: String(record.authorizationId) }),
    ...(record.caseId === null
      ? {}
      : {
          PatientCaseID: String(record.caseId),
          PatientCaseName: 'Primary',
          PatientCasePayerScenario: 'Commercial',
        }),
    PatientFullName: scene.world.patients.get(record.patientId)?.fullName ?? record.name,
    PatientID: scene.data.leadingZeros ? id.padStart(8, '0') : id,
  };
}

/** Resource 1 is the provider (type 1), the others are rooms (type 2). */
function resourceMembers(record: AppointmentRecord, world: EhrWorld): Fields {
  const fields: Fields = {};
  for (const [i, resource] of resourcesOf(record, world).entries()) {
    fields[`ResourceID${i + 1}`] = String(resource.id);
    fields[`ResourceName${i + 1}`] = resource.name;
    fields[`ResourceTypeID${i + 1}`] = resource.typeId;
  }
  return fields;
}

/** The provider and rooms of an appointment with their names, in the order of the list's numbered members. */
export function resourcesOf(
  record: AppointmentRecord,
  world: EhrWorld,
): { id: number; name: string; typeId: string }[] {
  const provider = world.providers.find((one) => one.id === record.providerId);
  const rooms = record.resourceIds.map((id) => ({ id, name: roomName(world, id), typeId: '2' }));
  const first = provider ? [{ id: provider.id, name: provider.fullName, typeId: '1' }] : [];
  return [...first, ...rooms].slice(0, 10);
}

function roomName(world: EhrWorld, id: number): string {
  return world.rooms.find((room) => room.id === id)?.name ?? `Resource ${id}`;
}

function styleOf(record: AppointmentRecord, { data }: RowScene): DateStyle {
  if (data.dates !== 'mixed') return data.dates;
  return record.id % 2 === 0 ? 'us' : 'iso';
}

const TRUE_WORDS = ['True', 'true', '1'] as const;
const FALSE_WORDS: Readonly<Record<string, string>> = { True: 'False', true: 'false', '1': '0' };

function bool(record: AppointmentRecord, value: boolean, { data }: RowScene): string {
  const style = data.booleans === 'mixed' ? (TRUE_WORDS[record.id % 3] ?? 'True') : data.booleans;
  return value ? style : (FALSE_WORDS[style] ?? 'False');
}
