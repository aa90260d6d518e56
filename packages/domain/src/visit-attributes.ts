import type { BoardEvent, CommandOf, Person, Visit } from '@workflow-bolt/contracts';
import type { Decision } from './board.ts';
import { isSameValue } from './same-value.ts';
import {
  accept,
  findPerson,
  findVisit,
  isKnownProvider,
  isKnownVisitType,
  nothingToChange,
  notInOffice,
  refusal,
  refuse,
  type Scene,
} from './scene.ts';
import { isClosed, isHidden } from './status-info.ts';

type OnVisit = { visitId: string };

/** Finds the visit and answers with the events of `rule`; none means there is nothing to change. */
function onVisit(
  scene: Scene,
  { visitId }: OnVisit,
  rule: (visit: Visit) => BoardEvent[] | Decision,
): Decision {
  const visit = findVisit(scene.view, visitId);
  if (!visit) return refuse('visit_not_found', { visitId });
  const answer = rule(visit);
  if (!Array.isArray(answer)) return answer;
  return answer.length > 0 ? accept(answer) : nothingToChange();
}

function onOpenVisit(
  scene: Scene,
  command: OnVisit,
  rule: (visit: Visit) => BoardEvent[] | Decision,
): Decision {
  return onVisit(scene, command, (visit) =>
    isClosed(visit.status) || isHidden(visit.status)
      ? refuse('visit_closed', { visitStatus: visit.status })
      : rule(visit),
  );
}

function onShownVisit(
  scene: Scene,
  command: OnVisit,
  rule: (visit: Visit) => BoardEvent[] | Decision,
): Decision {
  return onVisit(scene, command, (visit) =>
    isHidden(visit.status) ? refuse('visit_closed', { visitStatus: visit.status }) : rule(visit),
  );
}

/** The tick "paperwork done, may be roomed": a toggle on an arrived card (V5). */
export function decideCheckInCompleted(scene: Scene, command: CommandOf<'setCheckInCompleted'>): Decision {
  return onVisit(scene, command, (visit) => {
    const refused = notInOffice(visit);
    if (refused) return { ok: false, refusal: refused };
    const { visitId, isCompleted } = command;
    if ((visit.milestones.checkInCompletedAt !== undefined) === isCompleted) return [];
    if (visit.status !== 'arrived') {
      return { ok: false, refusal: refusal('time_out_of_order', { notAfter: visit.statusSince }) };
    }
    return [{ type: 'visit.check-in-completed', visitId, isCompleted, isEstimated: false }];
  });
}

/** Another provider takes over; with the doctor, one segment ends and the next begins (V14). */
export function decideSetProvider(scene: Scene, command: CommandOf<'setProvider'>): Decision {
  return onOpenVisit(scene, command, (visit) => {
    const { visitId, providerId } = command;
    if (!isKnownProvider(scene.day, providerId)) return refuse('unknown_provider', { providerId });
    if (visit.providerId === providerId) return [];
    const isNeeded = visit.status === 'ready-for-md' || visit.status === 'with-doctor';
    if (providerId === null && isNeeded) return refuse('provider_required');
    return [{ type: 'visit.provider-changed', visitId, from: visit.providerId, to: providerId }];
  });
}

export function decideSetVisitType(scene: Scene, command: CommandOf<'setVisitType'>): Decision {
  return onOpenVisit(scene, command, (visit) => {
    const { visitId, visitTypeId } = command;
    if (!isKnownVisitType(scene.day, visitTypeId)) return refuse('unknown_visit_type', { visitTypeId });
    return visit.visitTypeId === visitTypeId
      ? []
      : [{ type: 'visit.type-changed', visitId, to: visitTypeId }];
  });
}

export function decideSetPinned(scene: Scene, command: CommandOf<'setPinned'>): Decision {
  return onOpenVisit(scene, command, (visit) => {
    const { visitId, isPinned } = command;
    return visit.isPinned === isPinned ? [] : [{ type: 'visit.pinned', visitId, isPinned }];
  });
}

export function decideSetFlags(scene: Scene, command: CommandOf<'setFlags'>): Decision {
  return onShownVisit(scene, command, (visit) => {
    const flags = {
      interpreter: command.interpreter ?? visit.flags.interpreter,
      mobility: command.mobility ?? visit.flags.mobility,
      privacy: command.privacy ?? visit.flags.privacy,
    };
    if (isSameValue(flags, visit.flags)) return [];
    findPerson(scene.view, visit.id);
    return [{ type: 'visit.flagged', visitId: visit.id, flags }];
  });
}

export function decideStepOut(scene: Scene, command: CommandOf<'stepOut'>): Decision {
  return onVisit(scene, command, (visit) => {
    const refused = notInOffice(visit);
    if (refused) return { ok: false, refusal: refused };
    if (visit.steppedOut) return refuse('already_stepped_out', { since: visit.steppedOut.from });
    return [{ type: 'visit.stepped-out', visitId: visit.id, where: command.where }];
  });
}

export function decideStepBack(scene: Scene, command: CommandOf<'stepBack'>): Decision {
  return onVisit(scene, command, (visit) =>
    visit.steppedOut ? [{ type: 'visit.stepped-back', visitId: visit.id }] : refuse('not_stepped_out'),
  );
}

function onPerson(scene: Scene, command: OnVisit, rule: (person: Person) => BoardEvent[]): Decision {
  return onShownVisit(scene, command, (visit) => {
    const person = findPerson(scene.view, visit.id);
    return person ? rule(person) : refuse('visit_not_found', { visitId: visit.id });
  });
}

export function decideSetNote(scene: Scene, command: CommandOf<'setNote'>): Decision {
  return onPerson(scene, command, (person) => {
    const { visitId, note } = command;
    return person.note === note ? [] : [{ type: 'person.noted', visitId, note }];
  });
}

function changedPerson(person: Person, next: Person): BoardEvent[] {
  return isSameValue(person, next) ? [] : [{ type: 'person.changed', person: next }];
}

/** An absent field stays; null empties it. */
export function decideUpdatePerson(scene: Scene, command: CommandOf<'updatePerson'>): Decision {
  const { type: _type, visitId: _visitId, ...given } = command;
  const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return onPerson(scene, command, (person) => changedPerson(person, { ...person, ...fields }));
}

/** What the EHR knows of the patient; what it does not know (null) empties nothing. */
export function decideApplyDetails(scene: Scene, command: CommandOf<'applyPersonDetails'>): Decision {
  return onPerson(scene, command, (person) =>
    changedPerson(person, {
      ...person,
      dob: command.dob ?? person.dob,
      phone: command.phone ?? person.phone,
      alert: command.alert ?? person.alert,
      isPartial: false,
    }),
  );
}
