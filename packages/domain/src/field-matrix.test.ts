import {
  type Entity,
  entitySchema,
  type Person,
  type Role,
  roles,
  type Visit,
} from '@workflow-bolt/contracts';
import { describe, expect, it } from 'vitest';
import { BoardPlayer, scheduleRow } from './board-player.ts';
import { fieldMatrix, personWriters } from './permission-matrix.ts';
import { caredFor, createProjection, type Reader, shownTo, viewOf } from './project.ts';
import { projectEvent } from './project-event.ts';
import { ageBandOf, shortNameOf } from './shown-name.ts';

const date = '2026-03-10';
const letters = 'FMNPBGAUVSTDY';
const roleOf = (letter: string): Role => roles[roleLetters.indexOf(letter)] ?? 'viewer';
const roleLetters = ['F', 'M', 'N', 'P', 'B', 'G', 'A', 'U', 'V', 'S', 'T', 'D', 'Y'];
const how: Record<string, string> = { s: 'short-name', i: 'initials', p: 'pseudonym', a: 'age-band' };

const board = 'FMNPBGUVST';
/** The matrix once more, by hand: who sees the field; a small letter says how, where it is not as it is. */
const specified: Record<string, string> = {
  'visit.id kind status statusSince roomId providerId isPinned source createdAt': `${board}D`,
  'visit.milestones skipped estimated corrected roomStays providerSegments waitSegments lateMin steadySince':
    board,
  'visit.startAt durationMin reservedRoomId visitTypeId locationName': board,
  'visit.earlierEpisodes steppedOut outcome undoable': 'FMNPBG',
  'visit.flags': 'FMNPBGV',
  'visit.patientKey external': 'FMNPBGUS',
  'visit.ehrWarning conflict ehrWrite': 'FMNPBGS',
  'person.visitId isPartial isPrivate': `${board}D`,
  'person.fullName': 'FMNPBGUpVsSTpDi',
  'person.dob': 'FMNPBS',
  'person.ageBand': 'GaTa',
  'person.phone': 'FNBGS',
  'person.reason': 'MNPS',
  'person.note': 'FMNPG',
  'person.alert': 'MNP',
  'room.id name kind capacity position state since occupants deferredUntil': `${board}D`,
  'room.reservation': board,
  'room.outOfServiceReason': 'FMNPBGV',
  'day.clinic clinicName date zone state providers thresholds columnRules isRoomRequired readyToBeSeenMeans leftMeans writeBack': `${board}D`,
  'day.visitTypes': board,
  'sync.jobId phase startedAt finishedAt lastGoodAt cards detailsDone detailsTotal quarantined failure':
    'FMNPBGS',
};

function wanted(): Map<string, string> {
  const all = new Map<string, string>();
  for (const [names, text] of Object.entries(specified)) {
    const [type = '', list = ''] = names.split('.');
    const shown = new Map(
      [...text.matchAll(/([A-Z])([a-z]?)/g)].map(([, letter = '', mark = '']) => [letter, mark]),
    );
    for (const field of list.split(' ')) {
      for (const letter of letters) {
        const mark = letter === 'Y' && field !== 'ageBand' ? '' : shown.get(letter);
        const value = mark === undefined ? 'nothing' : (how[mark] ?? 'as-is');
        all.set(`${type}.${field} to ${roleOf(letter)}`, value);
      }
    }
  }
  return all;
}

const plain = (kind: Reader['kind'], role: Role): Reader => ({ kind, roles: [role], care: [], glass: [] });
const see = (reader: Reader, entity: Entity) => createProjection(reader, date).see('day', entity);

/** A board with everything on it. */
function busyDay(): BoardPlayer {
  const player = new BoardPlayer();
  player.must(
    'system',
    scheduleRow('v1', '09:00', {
      fullName: 'Zuleika Quillfeather',
      dob: '1981-02-03',
      phone: '555-0100',
      reason: 'rash',
    }),
  );
  player.must('system', {
    type: 'applyPersonDetails',
    visitId: 'v1',
    dob: '1981-02-03',
    phone: '555-0100',
    alert: 'latex allergy',
  });
  player.move('front-desk', 'v1', 'arrived', '09:00');
  player.must('front-desk', { type: 'setNote', visitId: 'v1', note: 'is afraid of needles' });
  player.move('medical-assistant', 'v1', 'appt-prep', '09:05', { roomId: 'room-1' });
  return player;
}
const entities = (player: BoardPlayer): Entity[] => [...player.board.entries()].map(([, { d }]) => d);
const personOf = (seen: Entity | null): Person | null => (seen?.type === 'person' ? seen : null);
const visitOf = (seen: Entity | null): Visit | null => (seen?.type === 'visit' ? seen : null);

describe('[H-16] the field matrix', () => {
  it('names every field of every entity schema, and no other', () => {
    for (const { shape } of entitySchema.options) {
      const type = shape.type.value;
      const fields = Object.keys(shape).filter((key) => key !== 'type');
      expect([type, Object.keys(fieldMatrix[type]).sort()]).toEqual([type, fields.sort()]);
    }
  });

  it('is what was decided, cell by cell', () => {
    const answers = new Map<string, string>();
    for (const [type, fields] of Object.entries(fieldMatrix)) {
      for (const [field, row] of Object.entries(fields)) {
        for (const role of roles)
          answers.set(`${type}.${field} to ${role}`, shownTo([role], row) ?? 'nothing');
      }
    }
    const sorted = (map: Map<string, string>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(sorted(answers)).toEqual(sorted(wanted()));
  });

  it('a projected entity is a whole one for every role: withheld fields are empty, never missing', () => {
    for (const role of roles) {
      for (const entity of entities(busyDay())) {
        const seen = see(plain('staff', role), entity);
        if (seen)
          expect({ role, error: entitySchema.safeParse(seen).error }).toEqual({ role, error: undefined });
      }
    }
  });

  it('[authz] an administrator gets no entity at all', () => {
    for (const entity of entities(busyDay())) expect(see(plain('staff', 'admin'), entity)).toBeNull();
  });

  it('[authz] a field that the matrix does not name does not get through', () => {
    const person = entities(busyDay()).find((each) => each.type === 'person');
    const smuggled = { ...person, ssn: '000-00-0000' } as unknown as Entity;
    for (const role of roles.filter((each) => each !== 'nurse' && each !== 'system')) {
      expect(JSON.stringify(see(plain('staff', role), smuggled)) ?? '').not.toContain('ssn');
    }
  });

  it('nobody may change a detail that they do not see', () => {
    for (const [field, writers] of Object.entries(personWriters)) {
      const row = fieldMatrix.person[field as keyof typeof personWriters];
      for (const role of writers) expect([field, role, shownTo([role], row)]).toEqual([field, role, 'as-is']);
    }
  });
});

describe('[H-16] what each role gets of a person', () => {
  const person = () => entities(busyDay()).find((each) => each.type === 'person') as Person;
  const known = { fullName: 'Zuleika Quillfeather', dob: '1981-02-03', phone: '555-0100' };
  const clinical = { reason: 'rash', note: 'is afraid of needles', alert: 'latex allergy' };
  const none = { dob: null, phone: null, reason: null, note: null, alert: null };

  it.each<[Role, object]>([
    ['front-desk', { ...known, ...none, dob: known.dob, phone: known.phone, note: clinical.note }],
    ['medical-assistant', { ...known, ...clinical, phone: null }],
    ['nurse', { ...known, ...clinical }],
    ['provider', { ...known, ...clinical, phone: null }],
    ['billing', { ...none, ...known }],
    [
      'manager',
      { ...none, fullName: known.fullName, ageBand: '40-49', phone: known.phone, note: clinical.note },
    ],
    ['viewer', { ...none, fullName: 'Zuleika Q.' }],
    ['service', { ...none, ...known, reason: 'rash' }],
    ['agent', { ...none, fullName: expect.stringMatching(/^Patient [0-9a-f]{6}$/), ageBand: '40-49' }],
    ['auditor', { ...none, fullName: expect.stringMatching(/^Patient [0-9a-f]{6}$/) }],
    ['display', { ...none, fullName: 'Z. Q.' }],
  ])('%s', (role, details) => {
    const rest = { type: 'person', visitId: 'v1', isPartial: false };
    const { isPrivate: _, ...seen } = personOf(see(plain('staff', role), person())) ?? {};
    expect(seen).toEqual({ ...rest, ...details });
  });

  it('two roles add up, field by field', () => {
    const reader: Reader = {
      kind: 'staff',
      roles: ['viewer', 'front-desk', 'medical-assistant'],
      care: [],
      glass: [],
    };
    expect(personOf(see(reader, person()))).toMatchObject({ ...known, ...clinical });
  });
});

describe('[H-16] a patient who asked for privacy', () => {
  function privateDay(): BoardPlayer {
    const player = busyDay();
    player.must('front-desk', { type: 'setFlags', visitId: 'v1', privacy: true });
    return player;
  }
  const seen = (player: BoardPlayer, reader: Reader) => {
    const all = entities(player).map((entity) => see(reader, entity));
    return { visit: visitOf(all.find(visitOf) ?? null), person: personOf(all.find(personOf) ?? null) };
  };

  it('is shown to those who care for them while they are in the office, and to nobody else', () => {
    const player = privateDay();
    expect(caredFor(player.board, ['nurse'])).toEqual(['v1']);
    expect(caredFor(player.board, ['front-desk', 'manager', 'billing'])).toEqual([]);
    const care = caredFor(player.board, ['nurse']);
    expect(seen(player, { ...plain('staff', 'nurse'), care }).person?.reason).toBe('rash');
    expect(seen(player, plain('staff', 'nurse')).person?.reason).toBeNull();
    expect(seen(player, plain('staff', 'provider'))).toMatchObject({
      visit: { visitTypeId: null, status: 'appt-prep' },
      person: { reason: null, alert: 'latex allergy' },
    });
    for (const to of ['ready-for-md', 'with-doctor', 'seen-by-md', 'completed'] as const) {
      if (to === 'ready-for-md')
        player.must('nurse', { type: 'setProvider', visitId: 'v1', providerId: 'dr-b' });
      player.move('medical-assistant', 'v1', to, '09:30');
    }
    expect(caredFor(player.board, ['nurse'])).toEqual([]);
  });

  it('[authz] is not there for a program, and not on the wall', () => {
    for (const role of ['service', 'agent', 'display'] as const) {
      expect(seen(privateDay(), plain('staff', role))).toEqual({ visit: null, person: null });
    }
  });

  it('[H-03] an emergency access opens this one patient, whatever else the reader may not see', () => {
    const player = privateDay();
    const glass = { ...plain('staff', 'manager'), glass: ['v1'] };
    expect(seen(player, glass).person).toMatchObject({
      dob: '1981-02-03',
      reason: 'rash',
      alert: 'latex allergy',
    });
    expect(seen(player, { ...glass, glass: ['v2'] }).person).toMatchObject({ dob: null, reason: null });
  });

  it('[authz] an emergency access of a person opens nothing on a wall', () => {
    const wall: Reader = { kind: 'wall', roles: ['provider'], care: ['v1'], glass: ['v1'] };
    expect(seen(privateDay(), wall)).toEqual({ visit: null, person: null });
  });
});

describe('names of projections', () => {
  it('are equal for those who see the same, and different otherwise', () => {
    const nurse = plain('staff', 'nurse');
    expect(viewOf(nurse)).toBe('staff-nurse');
    expect(viewOf({ ...nurse, kind: 'wall' })).toBe('wall');
    expect(viewOf({ ...nurse, roles: ['viewer', 'nurse'] })).toBe(
      viewOf({ ...nurse, roles: ['nurse', 'viewer'] }),
    );
    expect(viewOf({ ...nurse, glass: ['a', 'b'] })).toBe(viewOf({ ...nurse, glass: ['b', 'a'] }));
    const names = [
      nurse,
      { ...nurse, care: ['a'] },
      { ...nurse, glass: ['a'] },
      { ...nurse, glass: ['a', 'b'] },
    ];
    expect(new Set(names.map(viewOf)).size).toBe(4);
    for (const name of names.map(viewOf)) expect(name).toMatch(/^staff-[a-z0-9-]{1,40}$/);
  });
});

describe('[H-16] the history of a visit', () => {
  it('is cut like the card', () => {
    const person = entities(busyDay()).find((each) => each.type === 'person') as Person;
    const visit = entities(busyDay()).find((each) => each.type === 'visit') as Visit;
    const desk = createProjection(plain('staff', 'front-desk'), date);
    const created = projectEvent(desk, { type: 'visit.created', visit, person });
    expect(created).toMatchObject({
      person: { fullName: 'Zuleika Quillfeather', reason: null, alert: null },
    });
    const billing = createProjection(plain('staff', 'billing'), date);
    expect(projectEvent(billing, { type: 'person.noted', visitId: 'v1', note: 'x' })).toEqual({
      type: 'person.noted',
      visitId: 'v1',
      note: null,
    });
    expect(projectEvent(desk, { type: 'person.noted', visitId: 'v1', note: 'x' })).toMatchObject({
      note: 'x',
    });
  });
});

describe('shorter words for a person', () => {
  it.each([
    ['Ann Smith', 'Ann S.'],
    ['Smith, Ann', 'Ann S.'],
    ['Ann Maria van der Berg', 'Ann B.'],
    ['Cher', 'C.'],
    ['', '?'],
  ])('%s is %s', (name, short) => expect(shortNameOf(name)).toBe(short));

  it.each([
    ['1981-02-03', '40-49'],
    ['1986-03-11', '30-39'],
    ['1986-03-10', '40-49'],
    ['2026-01-01', '0-9'],
    ['1936-03-11', '80-89'],
    ['1936-03-10', '90+'],
    ['1900-01-01', '90+'],
    ['2030-01-01', '0-9'],
  ])('born on %s: %s', (dob, band) => expect(ageBandOf(dob, date)).toBe(band));
});
