import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowRight,
  IconArrowsSplit2,
  IconBookmark,
  IconBookmarkOff,
  IconCheck,
  IconClockEdit,
  IconCloudUp,
  IconDisabled,
  IconDoor,
  IconEyeOff,
  IconHistory,
  IconId,
  IconLanguage,
  IconLogin2,
  IconLogout2,
  IconNote,
  IconPin,
  IconPinnedOff,
  IconStethoscope,
  IconTag,
  IconUsersPlus,
} from '@tabler/icons-react';
import type { Day, Room, Visit } from '@workflow-bolt/contracts';
import {
  type Action,
  actionMatrix,
  isClosed,
  isInOffice,
  type NextAction,
  nextActions,
  permissions,
  syncOf,
} from '@workflow-bolt/domain';
import type { ReactElement } from 'react';
import type { BoardActions } from '../board/board-actions.ts';
import type { BoardUi } from '../board/board-ui.ts';
import { type CardChange, isOffered } from '../model/card-changes.ts';
import type { ConflictChoice } from '../model/conflict-face.ts';
import { ehrStatusWords } from '../model/ehr-words.ts';
import { undoWords } from '../model/undo-words.ts';
import type { MenuEntry, MenuGroup } from './card-menu-view.tsx';

export type MenuFacts = {
  visit: Visit;
  day: Day;
  reservedRoom: Room | null;
  /** Check-ins of this patient's expected visits today; empty unless there are several. */
  arrivals: readonly NextAction[];
  now: number;
  ui: BoardUi;
  actions: BoardActions;
};

const size = 18;
const closingKinds = new Set<NextAction['kind']>(['close', 'void']);

function entry(key: string, label: string, icon: ReactElement, onPress: () => void): MenuEntry {
  return { key, label, icon, onPress };
}

const offers = ({ ui, visit }: MenuFacts, change: CardChange): boolean =>
  isOffered(change, visit, ui.actor.role);

const may = ({ ui }: MenuFacts, action: Action): boolean => permissions[action].includes(ui.actor.role);

function moves(facts: MenuFacts): { steps: MenuEntry[]; endings: MenuEntry[] } {
  const { visit, day, now, ui, actions } = facts;
  // The step forward is the card's own button.
  const all = nextActions(visit, { role: ui.actor.role, day, now }).filter((each) => !each.isPrimary);
  const toEntry = (action: NextAction): MenuEntry => ({
    ...entry(`to-${action.command.to}`, action.label, <IconArrowRight size={size} />, () =>
      actions.take(action),
    ),
    isDanger: closingKinds.has(action.kind),
  });
  return {
    steps: all.filter((each) => !closingKinds.has(each.kind)).map(toEntry),
    endings: all.filter((each) => closingKinds.has(each.kind)).map(toEntry),
  };
}

function checkInEntries({ arrivals, actions }: MenuFacts): MenuEntry[] {
  if (arrivals.length === 0) return [];
  const label = arrivals.length === 2 ? 'Check in both' : `Check in all ${arrivals.length}`;
  return [entry('check-in-all', label, <IconUsersPlus size={size} />, () => actions.checkInAll(arrivals))];
}

function undoEntries({ visit, day, ui, now, actions }: MenuFacts): MenuEntry[] {
  const words = undoWords(visit, day, ui.actor, now);
  if (!words) return [];
  return [entry('undo', words, <IconArrowBackUp size={size} />, () => actions.undo(visit.id))];
}

/** A conflict that was put off is decided from here; one that is open has its buttons on the card too. */
function conflictEntries(facts: MenuFacts): MenuEntry[] {
  const { visit, actions } = facts;
  const { conflict } = visit;
  if (!conflict || !may(facts, 'resolveConflict')) return [];
  const resolve = (choice: ConflictChoice) => () =>
    actions.send({ type: 'resolveConflict', visitId: visit.id, choice });
  const word = conflict.rawStatus || ehrStatusWords(conflict.ehrStatus);
  return [
    entry('accept', `Follow the EHR: ${word}`, <IconArrowsSplit2 size={size} />, resolve('accept')),
    entry('keep', 'Keep the board as it is', <IconCheck size={size} />, resolve('keep-mine')),
  ];
}

function writeEntries(facts: MenuFacts): MenuEntry[] {
  const { visit, day, actions } = facts;
  if (syncOf(visit, day).state !== 'failed' || !may(facts, 'retryWrite')) return [];
  const retry = () => actions.send({ type: 'retryWrite', visitId: visit.id });
  return [entry('retry-write', 'Try the EHR again', <IconCloudUp size={size} />, retry)];
}

function roomEntries(facts: MenuFacts): MenuEntry[] {
  const { visit, reservedRoom, ui, actions } = facts;
  const entries: MenuEntry[] = [];
  const visitId = visit.id;
  if (offers(facts, 'room'))
    entries.push(
      entry(
        'room',
        visit.roomId === null ? 'Take to a room' : 'Change the room',
        <IconDoor size={size} />,
        () => ui.openDialog({ kind: 'room', visitId, purpose: 'assign' }),
      ),
    );
  if (!isClosed(visit.status) && visit.roomId === null && may(facts, 'reserveRoom'))
    entries.push(
      entry('reserve', 'Hold a room', <IconBookmark size={size} />, () =>
        ui.openDialog({ kind: 'room', visitId, purpose: 'reserve' }),
      ),
    );
  if (reservedRoom && may(facts, 'cancelReservation'))
    entries.push(
      entry('unreserve', `Stop holding ${reservedRoom.name}`, <IconBookmarkOff size={size} />, () =>
        actions.send({ type: 'cancelReservation', roomId: reservedRoom.id }),
      ),
    );
  return entries;
}

function steppedOutEntries(facts: MenuFacts): MenuEntry[] {
  const { visit, ui, actions } = facts;
  if (!isInOffice(visit.status) || !may(facts, 'stepOut')) return [];
  if (visit.steppedOut)
    return [
      entry('step-back', 'Came back', <IconLogin2 size={size} />, () =>
        actions.send({ type: 'stepBack', visitId: visit.id }),
      ),
    ];
  return [
    entry('step-out', 'Stepped out', <IconLogout2 size={size} />, () =>
      ui.openDialog({ kind: 'step-out', visitId: visit.id }),
    ),
  ];
}

function changeEntries(facts: MenuFacts): MenuEntry[] {
  const { visit, ui, actions } = facts;
  const visitId = visit.id;
  const open = (kind: 'visit-type' | 'time' | 'note' | 'person') => () => ui.openDialog({ kind, visitId });
  const entries: MenuEntry[] = [];
  if (offers(facts, 'provider'))
    entries.push(
      entry('provider', 'Change the provider', <IconStethoscope size={size} />, () =>
        ui.openDialog({ kind: 'provider', visitId, followedBy: null }),
      ),
    );
  if (offers(facts, 'visit-type'))
    entries.push(entry('type', 'Change the visit type', <IconTag size={size} />, open('visit-type')));
  if (offers(facts, 'time'))
    entries.push(entry('time', 'Correct a time', <IconClockEdit size={size} />, open('time')));
  if (offers(facts, 'note')) entries.push(entry('note', 'Note', <IconNote size={size} />, open('note')));
  if (offers(facts, 'person'))
    entries.push(entry('person', 'Patient details', <IconId size={size} />, open('person')));
  if (offers(facts, 'pin')) {
    const Icon = visit.isPinned ? IconPinnedOff : IconPin;
    const label = visit.isPinned ? 'Unpin' : 'Pin to the top';
    entries.push(entry('pin', label, <Icon size={size} />, () => actions.togglePin(visitId)));
  }
  return entries;
}

const marks = [
  { name: 'interpreter', label: 'Needs an interpreter', Icon: IconLanguage },
  { name: 'mobility', label: 'Mobility help', Icon: IconDisabled },
  { name: 'privacy', label: 'Private: not on the wall', Icon: IconEyeOff },
] as const;

function markEntries(facts: MenuFacts): MenuEntry[] {
  const { visit, actions } = facts;
  if (!may(facts, 'setFlags')) return [];
  return marks.map(({ name, label, Icon }) => ({
    ...entry(`mark-${name}`, label, <Icon size={size} />, () =>
      actions.send({ type: 'setFlags', visitId: visit.id, [name]: !visit.flags[name] }),
    ),
    isChecked: visit.flags[name],
  }));
}

/** Everything about this patient for an hour, on record; for those whose work may ask for it. */
function emergencyEntries({ visit, ui }: MenuFacts): MenuEntry[] {
  if (actionMatrix['break-glass.open'].who[ui.actor.role] === undefined) return [];
  const open = () => ui.openDialog({ kind: 'break-glass', visitId: visit.id });
  return [
    { ...entry('break-glass', 'Emergency access', <IconAlertTriangle size={size} />, open), isDanger: true },
  ];
}

/** All that this person may do with this visit now. What the rules would refuse for good is not offered. */
export function cardMenuGroups(facts: MenuFacts): MenuGroup[] {
  const { steps, endings } = moves(facts);
  const history = entry('history', 'History', <IconHistory size={size} />, () =>
    facts.ui.openPanel({ kind: 'history', visitId: facts.visit.id }),
  );
  const groups: MenuGroup[] = [
    { title: 'EHR', entries: [...conflictEntries(facts), ...writeEntries(facts)] },
    { title: 'Next', entries: [...checkInEntries(facts), ...steps, ...undoEntries(facts)] },
    { title: 'Place', entries: [...roomEntries(facts), ...steppedOutEntries(facts)] },
    { title: 'Visit', entries: [...changeEntries(facts), history] },
    { title: 'Marks', entries: markEntries(facts) },
    { title: 'End the visit', entries: endings },
    { title: 'Emergency', entries: emergencyEntries(facts) },
  ];
  return groups.filter((group) => group.entries.length > 0);
}
