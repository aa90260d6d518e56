/** What of a change or a read the record may name: opaque keys of patients, names of fields. Never a value. */
import type { Entity, EntityId } from '@workflow-bolt/contracts';
import type { BoardView, EntityChanges } from '@workflow-bolt/domain';

/** A visit whose patient is not known yet stands for its patient. */
const visitKey = (visitId: string): string => `visit:${visitId}`;

/** Patients behind these entities, each once: the same key for every visit of one patient where it is known. */
export function patientsOf(view: BoardView, ids: Iterable<EntityId>, changes?: EntityChanges): string[] {
  const patients = new Set<string>();
  for (const id of ids) {
    const visitId = id.startsWith('v:') || id.startsWith('p:') ? id.slice(2) : null;
    if (visitId === null) continue;
    const at: EntityId = `v:${visitId}`;
    const visit = changes?.get(at) ?? view.get(at)?.d;
    patients.add(visit?.type === 'visit' ? (visit.patientKey ?? visitKey(visitId)) : visitKey(visitId));
  }
  return [...patients];
}

/** Names of the fields that a change gives another value; an entity that is new or gone has none. */
export function changedFields(view: BoardView, changes: EntityChanges): Record<string, string[]> | undefined {
  let named: Record<string, string[]> | undefined;
  for (const [id, after] of changes) {
    const before = view.get(id)?.d;
    if (!before || !after) continue;
    named ??= {};
    named[id] = differing(before, after);
  }
  return named;
}

/** The fold copies what it changes and keeps the rest: unlike references are unlike values, or as good. */
function differing(before: Entity, after: Entity): string[] {
  const names: string[] = [];
  const [was, is] = [before as Record<string, unknown>, after as Record<string, unknown>];
  for (const name in is) if (was[name] !== is[name]) names.push(name);
  return names;
}
