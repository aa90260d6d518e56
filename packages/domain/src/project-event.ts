import type { BoardEvent } from '@workflow-bolt/contracts';
import type { Projection } from './project.ts';

/**
 * An event of the log as a reader may see it: what it says of a patient is cut like the patient's card. Null when the
 * reader sees nothing of what it is about.
 */
export function projectEvent({ see, isNoteShown }: Projection, event: BoardEvent): BoardEvent | null {
  switch (event.type) {
    case 'visit.created': {
      const visit = see(`v:${event.visit.id}`, event.visit);
      const person = see(`p:${event.person.visitId}`, event.person);
      return visit?.type === 'visit' && person?.type === 'person' ? { ...event, visit, person } : null;
    }
    case 'person.changed': {
      const person = see(`p:${event.person.visitId}`, event.person);
      return person?.type === 'person' ? { ...event, person } : null;
    }
    case 'person.noted':
      return isNoteShown ? event : { ...event, note: null };
    default:
      return event;
  }
}
