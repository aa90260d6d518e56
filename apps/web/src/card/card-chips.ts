/** The short facts on a card. */
import { isExpected } from '@workflow-bolt/domain';
import type { SyncMark } from '../model/sync-mark.ts';
import type { Chip } from './card-chip.tsx';
import type { CardFacts } from './card-face.ts';

/** The short facts of a card, the most urgent first; without a mark nothing is said of the EHR. */
export function cardChips(facts: CardFacts, mark: SyncMark | null): Chip[] {
  return [
    ...stateChips(facts),
    ...(mark ? syncChips(facts, mark) : []),
    ...ehrChips(facts),
    ...identityChips(facts),
    ...personChips(facts),
  ];
}

function stateChips({ visit, isPending, attention }: CardFacts): Chip[] {
  const chips: Chip[] = [];
  if (isPending) chips.push({ key: 'pending', kind: 'pending', tone: 'info', text: 'Sending…' });
  if (attention) chips.push({ key: 'attention', kind: 'attention', tone: 'amber', text: attention });
  if (visit.status === 'confirmed')
    chips.push({ key: 'confirmed', kind: 'confirmed', tone: 'plain', text: 'Confirmed' });
  if (visit.steppedOut) {
    const text = `Stepped out: ${visit.steppedOut.where}`;
    chips.push({ key: 'stepped-out', kind: 'stepped-out', tone: 'info', text });
  }
  return chips;
}

function syncChips({ visit }: CardFacts, { state, text, detail }: SyncMark): Chip[] {
  const of = (kind: Chip['kind'], tone: Chip['tone']): Chip[] => [
    { key: kind, kind, tone, text, title: detail },
  ];
  if (state === 'waiting') return of('ehr-waiting', 'plain');
  if (state === 'failed') return of('ehr-failed', 'red');
  return state === 'conflict' && visit.conflict?.laterAt !== undefined ? of('conflict', 'red') : [];
}

function ehrChips({ visit }: CardFacts): Chip[] {
  const chips: Chip[] = [];
  if (visit.ehrWarning) {
    const text = `EHR: “${visit.ehrWarning.raw}”`;
    const title = `The EHR used a word nobody knows: “${visit.ehrWarning.raw}”. Nothing was moved.`;
    chips.push({ key: 'ehr-unknown', kind: 'ehr-unknown', tone: 'amber', text, title });
  }
  if (visit.external?.isRemoved && !isExpected(visit.status))
    chips.push({ key: 'ehr-removed', kind: 'ehr-removed', tone: 'amber', text: 'Not in the EHR any more' });
  return chips;
}

function identityChips({ hasSimilarName, linkedCount }: CardFacts): Chip[] {
  const chips: Chip[] = [];
  if (hasSimilarName)
    chips.push({
      key: 'same-name',
      kind: 'same-name',
      tone: 'amber',
      text: 'Name alert: check DOB',
      title: 'Another patient today has a similar name. Confirm the date of birth.',
    });
  if (linkedCount > 0)
    chips.push({
      key: 'linked',
      kind: 'linked',
      tone: 'info',
      text: `${linkedCount + 1} visits today`,
    });
  return chips;
}

function personChips({ visit, person }: CardFacts): Chip[] {
  const chips: Chip[] = [];
  if (person?.alert) chips.push({ key: 'alert', kind: 'alert', tone: 'amber', text: person.alert });
  if (person?.note) chips.push({ key: 'note', kind: 'note', tone: 'plain', text: person.note });
  if (visit.flags.interpreter)
    chips.push({ key: 'interpreter', kind: 'interpreter', tone: 'plain', text: 'Interpreter' });
  if (visit.flags.mobility)
    chips.push({ key: 'mobility', kind: 'mobility', tone: 'plain', text: 'Mobility' });
  if (visit.flags.privacy) chips.push({ key: 'privacy', kind: 'privacy', tone: 'plain', text: 'Private' });
  return chips;
}
