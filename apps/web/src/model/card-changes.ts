import type { Role, Visit } from '@workflow-bolt/contracts';
import { type Action, correctors, isInOffice, permissions } from '@workflow-bolt/domain';

/** What a dialog or a key can change on a card, besides its next step. */
export type CardChange = 'room' | 'provider' | 'visit-type' | 'time' | 'note' | 'person' | 'pin';

const actionOf: Record<Exclude<CardChange, 'time'>, Action> = {
  room: 'assignRoom',
  provider: 'setProvider',
  'visit-type': 'setVisitType',
  note: 'setNote',
  person: 'updatePerson',
  pin: 'setPinned',
};

/** Whether a role may ever make this change; decides what the list of shortcuts names. */
export function mayChange(change: CardChange, role: Role): boolean {
  if (change === 'time') return Object.values(correctors).some((roles) => roles.includes(role));
  return permissions[actionOf[change]].includes(role);
}

/** Whether the menu, the keyboard and the card offer this change on this visit now. */
export function isOffered(change: CardChange, visit: Visit, role: Role): boolean {
  if (change === 'room' && !isInOffice(visit.status)) return false;
  return mayChange(change, role);
}
