/**
 * What a reader gets of a board: a copy of each entity with the fields of the matrix that the reader's roles may see,
 * and the empty value for the others, so that a projected entity is still a whole one.
 *
 * Most readers of one role share one projection, and what is encoded for it is encoded once. It splits only where a
 * patient asked for privacy (`care`) or somebody broke the glass (`glass`); its name says so, and whoever comes back
 * with another name gets a snapshot.
 */
import type { Entity, EntityId, Role, View, ViewKind, Visit } from '@workflow-bolt/contracts';
import type { BoardState } from './board-state.ts';
import { addToDigest, emptyDigest, formatDigest } from './digest.ts';
import {
  type FieldRow,
  fieldMatrix,
  inOfficeOnly,
  type Shown,
  sensitiveCare,
  withoutPrivate,
} from './permission-matrix.ts';
import { ageBandOf, initialsOf, shortNameOf } from './shown-name.ts';
import { isInOffice } from './status-info.ts';

/** Whose eyes. */
export type Reader = {
  kind: ViewKind;
  roles: readonly Role[];
  /** Private patients whom this reader cares for now; see `caredFor`. */
  care: readonly string[];
  /** Visits with an emergency access of this reader. */
  glass: readonly string[];
};

export type Projection = {
  /** Two projections of one name show the same. */
  view: View;
  kind: ViewKind;
  /** The entity as this reader may see it; null when it may not see it at all. */
  see: (id: EntityId, entity: Entity) => Entity | null;
  /** A patient is there only while their visit is: `seePerson` says so, for what `see` cannot know of one entity. */
  hidesAbsent: boolean;
  /** Whether notes are shown, for events that hold a note and no card. */
  isNoteShown: boolean;
};

type EntityType = Entity['type'];
type Fields = Record<string, unknown>;
/** What becomes of one field; `shown` is null for the empty value. */
type FieldPlan = { key: string; shown: Shown | null; isSensitive: boolean };
type Plan = { isWhole: boolean; fields: readonly FieldPlan[] };
type Plans = Readonly<Record<EntityType, Plan | null>>;

const types: readonly EntityType[] = ['visit', 'person', 'room', 'day', 'sync'];

/** The best a set of roles gets, best first. */
const ranks: readonly Shown[] = ['as-is', 'short-name', 'initials', 'pseudonym', 'age-band'];

/** What stands for a withheld field. Fields that every reader of the type sees need none. */
const empty: Readonly<Partial<Record<EntityType, Fields>>> = {
  visit: {
    milestones: {},
    skipped: [],
    estimated: [],
    corrected: [],
    roomStays: [],
    providerSegments: [],
    waitSegments: [],
    steppedOut: null,
    outcome: null,
    lateMin: null,
    startAt: null,
    durationMin: null,
    visitTypeId: null,
    locationName: null,
    patientKey: null,
    reservedRoomId: null,
    earlierEpisodes: [],
    external: null,
    ehrWarning: null,
    conflict: null,
    undoable: null,
    flags: { interpreter: false, mobility: false, privacy: false },
  },
  person: { fullName: '?', dob: null, phone: null, reason: null, note: null, alert: null },
  room: { reservation: null, outOfServiceReason: null },
  day: { visitTypes: [] },
};

/** How a set of roles sees a field; null when they do not. */
export function shownTo(roles: readonly Role[], { shown }: FieldRow): Shown | null {
  return ranks.find((rank) => roles.some((role) => shown[role] === rank)) ?? null;
}

/**
 * Whether these roles are told how the board stands with the EHR. To others an empty field is a withheld one, and must
 * not be taken for "not written".
 */
export const seesEhr = (roles: readonly Role[]): boolean =>
  shownTo(roles, fieldMatrix.visit.ehrWrite) !== null;

function planOf(type: EntityType, roles: readonly Role[]): Plan | null {
  const fields = Object.entries(fieldMatrix[type] as Record<string, FieldRow>).map(([key, row]) => ({
    key,
    shown: shownTo(roles, row),
    isSensitive: row.isSensitive ?? false,
  }));
  if (fields.every(({ shown }) => shown === null)) return null;
  // An age band is never stored: not getting it takes nothing away.
  const isWhole = fields.every(({ key, shown }) => shown === 'as-is' || key === 'ageBand');
  return { isWhole, fields: [{ key: 'type', shown: 'as-is', isSensitive: false }, ...fields] };
}

const plansOf = (roles: readonly Role[]): Plans =>
  Object.fromEntries(types.map((type) => [type, planOf(type, roles)])) as Plans;

/** Private patients who are in the office now, for readers who care for patients; nobody for others. Sorted. */
export function caredFor(state: Pick<BoardState, 'entries'>, roles: readonly Role[]): string[] {
  if (!roles.some((role) => sensitiveCare.includes(role))) return [];
  const ids: string[] = [];
  for (const [, { d }] of state.entries()) {
    if (d.type === 'visit' && d.flags.privacy && isInOffice(d.status)) ids.push(d.id);
  }
  return ids.sort();
}

/** The name of what a reader gets: the same for all readers who get the same. */
export function viewOf({ kind, roles, care, glass }: Reader): View {
  if (kind === 'wall') return 'wall';
  const [role = 'none', ...more] = [...new Set(roles)].sort();
  const base = more.length === 0 ? role : `m${hashText([role, ...more].join()).slice(0, 8)}`;
  if (care.length === 0 && glass.length === 0) return `staff-${base}`;
  return `staff-${base}-${hashText(`${[...care].sort().join()}|${[...glass].sort().join()}`)}`;
}

const hashText = (text: string): string => formatDigest(addToDigest(emptyDigest, text, 0));

/** The projection of a reader on the board of a date (YYYY-MM-DD, for ages). */
export function createProjection(reader: Reader, date: string): Projection {
  const { kind } = reader;
  const roles: readonly Role[] = kind === 'wall' ? ['display'] : reader.roles;
  const plans = plansOf(roles);
  const glassPlans = plansOf([...roles, 'provider']);
  const isPrivateHidden = roles.every((role) => withoutPrivate.includes(role));
  const isAbsentHidden = roles.every((role) => inOfficeOnly.includes(role));
  const [care, glass] =
    kind === 'wall' ? [new Set(), new Set()] : [new Set(reader.care), new Set(reader.glass)];
  const see = (_id: EntityId, entity: Entity): Entity | null => {
    const visitId = entity.type === 'visit' ? entity.id : entity.type === 'person' ? entity.visitId : null;
    const isOpen = visitId !== null && glass.has(visitId);
    const plan = (isOpen ? glassPlans : plans)[entity.type];
    if (!plan) return null;
    const isPrivate = isPrivateEntity(entity);
    if (isPrivate && isPrivateHidden && !isOpen) return null;
    if (isAbsentHidden && entity.type === 'visit' && !isInOffice(entity.status)) return null;
    const isSensitiveShown = !isPrivate || isOpen || care.has(visitId);
    return plan.isWhole && isSensitiveShown ? entity : copyOf(entity, plan, { isSensitiveShown, date });
  };
  const isNoteShown = shownTo(roles, fieldMatrix.person.note) === 'as-is';
  return { view: viewOf(reader), kind, see, hidesAbsent: isAbsentHidden, isNoteShown };
}

type Versioned = { v: number; d: Entity };

/**
 * An entity as it stands in a view. Where only who is here is shown, a patient comes and goes with the visit, and has
 * its version when that is the newer one: whoever holds the view is told with the visit. Null when it is not in it.
 */
export function seeIn(
  { see, hidesAbsent }: Pick<Projection, 'see' | 'hidesAbsent'>,
  state: Pick<BoardState, 'get'>,
  id: EntityId,
  { v, d }: Versioned,
): Versioned | null {
  const seen = see(id, d);
  if (!seen || !hidesAbsent || d.type !== 'person') return seen && { v, d: seen };
  const visitId: EntityId = `v:${d.visitId}`;
  const visit = state.get(visitId);
  if (!visit || !see(visitId, visit.d)) return null;
  return { v: Math.max(v, visit.v), d: seen };
}

function isPrivateEntity(entity: Entity): boolean {
  if (entity.type === 'visit') return entity.flags.privacy;
  return entity.type === 'person' && entity.isPrivate === true;
}

type Copying = { isSensitiveShown: boolean; date: string };

/** Field by field from the plan: what the matrix does not name is not copied. */
function copyOf(entity: Entity, plan: Plan, { isSensitiveShown, date }: Copying): Entity {
  const source = entity as unknown as Fields;
  const copy: Fields = {};
  for (const { key, shown, isSensitive } of plan.fields) {
    const isHidden = isSensitive && !isSensitiveShown;
    const value = isHidden ? emptyOf(entity.type, key) : shownValue(source, key, shown, date);
    if (value !== undefined) copy[key] = value;
  }
  if (!isSensitiveShown && entity.type === 'visit' && copy.undoable) copy.undoable = withoutType(entity);
  return copy as unknown as Entity;
}

const emptyOf = (type: EntityType, key: string): unknown => empty[type]?.[key];

function shownValue(source: Fields, key: string, shown: Shown | null, date: string): unknown {
  const value = source[key];
  switch (shown) {
    case null:
      return emptyOf(source.type as EntityType, key);
    case 'as-is':
      return value;
    case 'short-name':
      return shortNameOf(String(value));
    case 'initials':
      return initialsOf(String(value));
    case 'pseudonym':
      return `Patient ${hashText(String(source.visitId)).slice(0, 6)}`;
    case 'age-band':
      return typeof source.dob === 'string' ? ageBandOf(source.dob, date) : undefined;
  }
}

/** What an undo would bring back must not tell what the card does not. */
function withoutType({ undoable }: Visit): Visit['undoable'] {
  if (!undoable) return null;
  const { visitTypeId: _, ...before } = undoable.before;
  return { ...undoable, before };
}
