/**
 * Who may do what, and who may see and change which field: the whole policy as data, in one file.
 *
 * A cell that is not written is a refusal. A role that is not written in a row may not. Adding an action? It does not
 * compile before it has a row here. Adding a field to an entity? It does not compile before it says who sees it.
 * `authorize` reads the first table, `projection` the second; the tables of the documentation are printed from both.
 */
import type {
  CommandOf,
  CommandType,
  Entity,
  Role,
  RouteAction,
  StepUpPurpose,
} from '@workflow-bolt/contracts';

/** Commands whose permission depends on what they ask for are split by it. */
export type CommandAction =
  | Exclude<CommandType, 'createVisit' | 'applyScheduleRow'>
  | 'createVisit:booked'
  | 'createVisit:walk-in'
  | 'applyScheduleRow:tebra'
  | 'applyScheduleRow:fhir'
  | 'applyScheduleRow:import';

export type Action = RouteAction | CommandAction;

/**
 * What else must hold where a role may at all.
 *
 * - `proof`: the person showed a factor again within the last minutes, for the purpose of the row.
 * - `own`: only on what is one's own.
 * - `others`: never on what is one's own: who asks does not approve, and nobody raises their own rights.
 * - `listed`: only for people named beforehand.
 */
export type Condition = 'proof' | 'own' | 'others' | 'listed';
export type Grant = readonly Condition[];

export type ActionRow = {
  /** For people: what it is. */
  about: string;
  /** `clinic`: only in clinics of one's own. `installation`: for all clinics together. */
  scope: 'clinic' | 'installation';
  /** The purpose that `proof` speaks of. */
  purpose?: StepUpPurpose;
  who: Readonly<Partial<Record<Role, Grant>>>;
};

const yes: Grant = [];
const proof: Grant = ['proof'];
const own: Grant = ['own'];
const provenOnOthers: Grant = ['proof', 'others'];
const listedAndProven: Grant = ['listed', 'proof'];

const all = (roles: readonly Role[], grant: Grant = yes): Partial<Record<Role, Grant>> =>
  Object.fromEntries(roles.map((role) => [role, grant]));

const desk: readonly Role[] = ['front-desk'];
const assistants: readonly Role[] = ['medical-assistant', 'nurse'];
const clinical: readonly Role[] = [...assistants, 'provider', 'manager'];
const staff: readonly Role[] = ['front-desk', ...clinical];
/** Everyone who works with patients of the clinic. */
const team: readonly Role[] = [...staff, 'billing'];
/** Everyone who signs in, but for screens and programs. */
const people: readonly Role[] = [...team, 'admin', 'auditor', 'viewer'];

const inClinic = (about: string, who: ActionRow['who'], purpose?: StepUpPurpose): ActionRow =>
  purpose ? { about, scope: 'clinic', who, purpose } : { about, scope: 'clinic', who };
const inInstallation = (about: string, who: ActionRow['who'], purpose?: StepUpPurpose): ActionRow =>
  purpose ? { about, scope: 'installation', who, purpose } : { about, scope: 'installation', who };

/** Role × action. */
export const actionMatrix: Readonly<Record<Action, ActionRow>> = {
  read: inClinic('See the board of a day', all([...team, 'viewer', 'service', 'agent', 'system'])),
  stream: inClinic('Follow the board as it changes', all([...team, 'viewer', 'display', 'service', 'agent'])),
  history: inClinic('See the board as it was', all(team)),
  'visit-history': inClinic('See what happened to a visit', all(team)),
  presence: inClinic('Say that a screen is here', all([...team, 'viewer'])),
  metrics: inClinic('See the counts of a day', all([...team, 'viewer', 'service', 'agent'])),
  print: inClinic('Print a page that one may see', all(team)),
  // A viewer may ask, and is refused command by command, with the roles that may and an entry in the board's record.
  command: inClinic('Send a command (each has a row of its own)', all([...team, 'viewer', 'system'])),
  import: inClinic('Take over a schedule', all(['front-desk', 'manager', 'service', 'system'])),
  sync: inClinic('Have a day read from the EHR', all([...staff, 'service', 'system'])),

  'patient.search': inClinic('Find a patient on today’s board', all(team)),
  'patient.search-days': inClinic(
    'Find a patient on any other day that is kept (narrowed by identifier)',
    all([...desk, 'nurse', 'provider', 'manager', 'billing']),
  ),

  'write-back.read': inClinic('See whether and what is written to the EHR', all(['manager', 'admin'])),
  'write-back.set': inClinic(
    'Switch write-back to the EHR',
    all(['manager', 'admin'], proof),
    'connector-config',
  ),
  'drift.read': inClinic('See how a day differs from the EHR', all(['front-desk', 'manager'])),
  'drift.run': inClinic(
    'Have a day compared with the EHR',
    all(['front-desk', 'manager', 'service', 'system']),
  ),

  'createVisit:booked': inClinic('Book a visit', all([...desk, 'system'])),
  'createVisit:walk-in': inClinic('Add a walk-in', all([...desk, ...assistants])),
  moveVisit: inClinic(
    'Move a visit (narrowed by the transition table)',
    all([...staff, 'billing', 'system']),
  ),
  setCheckInCompleted: inClinic('Tick that check-in is complete', all(desk)),
  undoLast: inClinic('Take back the last step', all(team)),
  correctTime: inClinic('Correct a time (narrowed by milestone)', all(staff)),
  assignRoom: inClinic('Give a visit a room', all(clinical)),
  reserveRoom: inClinic('Reserve a room', all(staff)),
  cancelReservation: inClinic('Cancel a reservation', all([...staff, 'system'])),
  setProvider: inClinic('Give a visit a provider', all(staff)),
  setVisitType: inClinic('Change the type of a visit', all(staff)),
  setNote: inClinic('Write the note', all(staff)),
  setPinned: inClinic('Pin a card', all(staff)),
  setFlags: inClinic('Mark interpreter, mobility or privacy', all(staff)),
  stepOut: inClinic('Note that a patient stepped out', all(staff)),
  stepBack: inClinic('Note that a patient is back', all(staff)),
  updatePerson: inClinic(
    'Change details of a patient (narrowed by field)',
    all([...desk, ...assistants, 'provider', 'manager']),
  ),
  resolveConflict: inClinic('Settle a disagreement with the EHR', all(staff)),
  retryWrite: inClinic('Have a write to the EHR tried again', all(staff)),
  settleWrite: inClinic('Report what became of writing to the EHR', all(['system'])),
  setWriteBack: inClinic('Say in which mode write-back runs on a board', all(['system'])),
  markRoomClean: inClinic('Mark a room clean', all(clinical)),
  deferRoomCleaning: inClinic('Put off the cleaning alarm', all(clinical)),
  setRoomService: inClinic('Take a room out of service', all([...assistants, 'manager'])),
  configureDay: inClinic('Change the settings of a day', all(['manager', 'system'])),
  startDayClose: inClinic('Begin to close a day', all(['front-desk', 'manager'])),
  closeDay: inClinic('Close a day and confirm its no-shows', all(['front-desk', 'manager'])),
  reopenDay: inClinic('Take a closing back (a closed day: managers only)', all(['front-desk', 'manager'])),
  'applyScheduleRow:tebra': inClinic('Take over a row of the EHR', all(['system'])),
  'applyScheduleRow:fhir': inClinic('Take over a row of an EHR that speaks FHIR', all(['system'])),
  'applyScheduleRow:import': inClinic(
    'Take over an imported row',
    all(['front-desk', 'manager', 'service', 'system']),
  ),
  applyPersonDetails: inClinic("Take over a patient's details from the EHR", all(['system'])),
  noteAbsence: inClinic('Note that a row left the EHR', all(['system'])),
  reportSync: inClinic('Report the progress of a synchronisation', all(['system'])),

  'break-glass.open': inClinic(
    'See one patient in an emergency',
    { provider: proof, ...all(['nurse', 'manager'], listedAndProven) },
    'break-glass',
  ),
  'break-glass.end': inClinic(
    'End an emergency access of one’s own',
    all(['nurse', 'provider', 'manager'], own),
  ),
  'break-glass.register': inClinic('See all emergency accesses', all(['manager', 'auditor'])),
  'break-glass.review': inClinic(
    'Judge an emergency access of somebody else',
    all(['manager'], provenOnOthers),
    'break-glass',
  ),
  'break-glass.list': inClinic(
    'Name who may break the glass',
    all(['manager', 'admin'], provenOnOthers),
    'user-admin',
  ),
  'downtime.note': inClinic(
    'Put on the record that a downtime roster was opened',
    all([...staff, 'admin', 'service']),
  ),
  'offline-board': inClinic(
    'Keep the last known board on one’s device, where the clinic has decided so',
    all(team),
  ),
  'display.here': inClinic('Ask which wall display one is', all(['display'])),
  'display.read': inClinic('See the wall displays', all(['manager', 'admin'])),
  'workstation.manage': inClinic('Enrol, list or remove a workstation', all(['manager'])),
  'display.manage': inClinic('Enrol or remove a wall display', all(['manager'], proof), 'workstation-admin'),

  self: inInstallation('One’s own account, factors and sessions', all([...people, 'service', 'agent'], own)),
  'account.read': inClinic('See accounts', all(['manager', 'admin'])),
  'account.manage': inClinic(
    'Change accounts of others',
    all(['manager', 'admin'], provenOnOthers),
    'user-admin',
  ),

  'audit.own': inClinic('See the record of one’s own acts', all([...team, 'auditor'], own)),
  'audit.summary': inClinic('See counts of accesses', all(['manager', 'auditor'])),
  'audit.read': inClinic('Read the record of accesses', all(['auditor'], proof), 'audit-view'),
  'audit.export': inClinic('Export the record of accesses', all(['auditor'], proof), 'export'),
  'audit.reveal': inClinic(
    'Learn who patients are whom the record names by opaque keys',
    all(['auditor'], proof),
    'identity-reveal',
  ),
  'audit.status': inInstallation('See whether the record is whole', all(['admin', 'auditor'])),

  'config.read': inInstallation('See the configuration', all(['admin', 'auditor'])),
  'config.write': inInstallation('Change the configuration', all(['admin'], proof), 'connector-config'),
  'keys.read': inInstallation('See which keys are in use', all(['admin', 'auditor'])),
  'keys.rotate': inInstallation('Rotate keys', all(['admin'], proof), 'connector-config'),
  'jobs.read': inInstallation('See the queues of jobs', all(['admin'], proof), 'connector-config'),
  'jobs.retry': inInstallation('Have a failed job tried again', all(['admin'], proof), 'connector-config'),

  'retention.read': inClinic('See what is kept how long', all(['manager', 'admin', 'auditor'])),
  'retention.request': inClinic('Ask for an early deletion', all(['manager'], proof), 'connector-config'),
  'retention.approve': inClinic(
    'Approve an early deletion that somebody else asked for',
    all(['admin'], provenOnOthers),
    'connector-config',
  ),
  'retention.run': inClinic('Carry out a deletion that is due or approved', all(['service', 'system'])),
  'hold.manage': inClinic('Place or lift a legal hold', all(['manager', 'admin'], proof), 'connector-config'),
  'freeze.lift': inInstallation(
    'Let data be deleted again, after others have judged why the record was in doubt',
    all(['admin'], provenOnOthers),
    'connector-config',
  ),

  'alert.read': inClinic('See alerts', all(['manager', 'admin', 'auditor'])),
  'alert.review': inClinic('Settle an alert about somebody else', all(['manager', 'admin'], ['others'])),
};

/**
 * Pairs that nobody may be at once. `admin` runs the system and must see no patient; `auditor` judges what all others
 * did, so he may be none of those who administer.
 */
export const separatedRoles: readonly (readonly [Role, Role])[] = [
  ...[...team, 'viewer' as const].map((role) => ['admin', role] as const),
  ['admin', 'auditor'],
  ['auditor', 'manager'],
];

/** What a field says: an operational id, what a board shows, who somebody is, what the visit is about. */
export type FieldLevel = 'L0' | 'L1' | 'L2' | 'L3';

/**
 * What a reader gets of a field; a role that is not written gets the empty value.
 *
 * `short-name` is "Ann S.", `initials` are "A. S.", `pseudonym` says nothing, `age-band` is ten years at a time.
 */
export type Shown = 'as-is' | 'short-name' | 'initials' | 'pseudonym' | 'age-band';

export type FieldRow = {
  level: FieldLevel;
  shown: Readonly<Partial<Record<Role, Shown>>>;
  /** For a patient who asked for privacy: shown only while they are in the office, to those who care for them. */
  isSensitive?: true;
};

type EntityType = Entity['type'];
type FieldTable<T extends EntityType> = Readonly<
  Record<Exclude<keyof Extract<Entity, { type: T }>, 'type'>, FieldRow>
>;

/** Programs and reviewers, who see how a day went and no more of a person than they need. */
const programs: readonly Role[] = ['auditor', 'service', 'agent'];
const everyReader: readonly Role[] = [...team, 'viewer', ...programs];
const care: readonly Role[] = ['medical-assistant', 'nurse', 'provider'];

const asIs = (roles: readonly Role[]): Partial<Record<Role, Shown>> =>
  Object.fromEntries([...roles, 'system'].map((role) => [role, 'as-is']));
const field = (level: FieldLevel, shown: FieldRow['shown']): FieldRow => ({ level, shown });

/** Where everybody is, and since when: for screens on walls too. */
const onWall = field('L0', asIs([...everyReader, 'display']));
const operational = field('L0', asIs(everyReader));
const booking = field('L1', asIs(everyReader));
/** Words that staff typed about the course of the day. */
const typed = field('L1', asIs(team));
const recordNumber = field('L2', asIs([...team, 'auditor', 'service']));
const ehrTalk = field('L1', asIs([...team, 'service']));

/** Role × field. An entity of which a role sees no field is not sent to it at all. */
export const fieldMatrix: { readonly [T in EntityType]: FieldTable<T> } = {
  visit: {
    id: onWall,
    kind: onWall,
    status: onWall,
    statusSince: onWall,
    roomId: onWall,
    providerId: onWall,
    isPinned: onWall,
    source: onWall,
    createdAt: onWall,
    milestones: operational,
    skipped: operational,
    estimated: operational,
    corrected: operational,
    roomStays: operational,
    providerSegments: operational,
    waitSegments: operational,
    lateMin: operational,
    startAt: operational,
    durationMin: operational,
    reservedRoomId: operational,
    earlierEpisodes: field('L1', asIs(team)),
    steppedOut: typed,
    outcome: typed,
    undoable: typed,
    flags: field('L1', asIs([...team, 'viewer'])),
    visitTypeId: { ...booking, isSensitive: true },
    locationName: booking,
    patientKey: recordNumber,
    external: recordNumber,
    ehrWarning: ehrTalk,
    conflict: ehrTalk,
    ehrWrite: ehrTalk,
    steadySince: operational,
  },
  person: {
    visitId: onWall,
    fullName: field('L2', {
      ...asIs([...team, 'service']),
      viewer: 'short-name',
      display: 'initials',
      auditor: 'pseudonym',
      agent: 'pseudonym',
    }),
    dob: field('L2', asIs([...desk, ...care, 'billing', 'service'])),
    ageBand: field('L2', { manager: 'age-band', agent: 'age-band' }),
    phone: field('L2', asIs([...desk, 'nurse', 'billing', 'manager', 'service'])),
    reason: { level: 'L3', shown: asIs([...care, 'service']), isSensitive: true },
    note: field('L3', asIs(staff)),
    alert: field('L3', asIs(care)),
    isPartial: onWall,
    isPrivate: onWall,
  },
  room: {
    id: onWall,
    name: onWall,
    kind: onWall,
    capacity: onWall,
    position: onWall,
    state: onWall,
    since: onWall,
    occupants: onWall,
    deferredUntil: onWall,
    reservation: operational,
    outOfServiceReason: field('L1', asIs([...team, 'viewer'])),
  },
  day: {
    clinic: onWall,
    clinicName: onWall,
    date: onWall,
    zone: onWall,
    state: onWall,
    providers: onWall,
    visitTypes: operational,
    thresholds: onWall,
    columnRules: onWall,
    isRoomRequired: onWall,
    readyToBeSeenMeans: onWall,
    leftMeans: onWall,
    writeBack: onWall,
  },
  sync: {
    jobId: ehrTalk,
    phase: ehrTalk,
    startedAt: ehrTalk,
    finishedAt: ehrTalk,
    lastGoodAt: ehrTalk,
    cards: ehrTalk,
    detailsDone: ehrTalk,
    detailsTotal: ehrTalk,
    quarantined: ehrTalk,
    failure: ehrTalk,
  },
};

/** What an auditor learns of a patient with a fresh proof and a reason: who it is, and nothing of the visit. */
export const revealedFields = ['fullName', 'dob'] as const satisfies readonly (keyof Extract<
  Entity,
  { type: 'person' }
>)[];

/** Screens that show only who is in the office. */
export const inOfficeOnly: readonly Role[] = ['display'];
/** For whom a patient who asked for privacy is not there at all. */
export const withoutPrivate: readonly Role[] = ['display', 'service', 'agent'];
/** Who sees the sensitive fields of a private patient while that patient is in the office. */
export const sensitiveCare: readonly Role[] = care;

type PersonField = Exclude<keyof CommandOf<'updatePerson'>, 'type' | 'visitId'>;

/** Who may change which detail of a patient: nobody one that they do not see. */
export const personWriters: Readonly<Record<PersonField, readonly Role[]>> = {
  fullName: [...desk, ...assistants, 'manager'],
  dob: [...desk, ...assistants],
  phone: [...desk, 'nurse', 'manager'],
  reason: care,
};
