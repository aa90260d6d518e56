/**
 * Blind tags: a keyed hash of what identifies a patient, cut so short that several patients share each one. Whoever
 * reads Redis learns neither the value nor which visits are of one patient; whoever has the keys opens the few that
 * share a tag, and compares.
 */
import { createHmac } from 'node:crypto';
import type { Person, Visit } from '@workflow-bolt/contracts';
import { type BoardState, type IndexedKind, type IndexedValue, indexedValues } from '@workflow-bolt/domain';
import type { SearchKeys } from '../vault/search-key.ts';

/** Widths that a tag may have, in bits. Few, so that a search can ask for all of them while a clinic grows. */
export const tagWidths = [4, 6, 8, 10, 12, 14, 16] as const;
/** Before anybody has counted. */
export const firstWidth = 8;

const letterOf: Readonly<Record<IndexedKind, string>> = { phone: 'p', record: 'r', 'name-dob': 'n' };

/** The width for so many rows: about log2 of them, less one, so that a tag stands for two of them or more. */
export function widthFor(rows: number, present: number): number {
  // Nothing is indexed: a new clinic, or an index that was lost and is made again as it was.
  if (rows === 0) return present;
  const ideal = Math.floor(Math.log2(rows)) - 1;
  // A clinic at the border of two widths must not be indexed anew every night.
  if (Math.abs(ideal - present) < 2) return present;
  return tagWidths.findLast((width) => width <= ideal) ?? tagWidths[0];
}

/** The field of a day's index under which a value stands, at that width. */
export function tagField({ of }: SearchKeys, { kind, value }: IndexedValue, bits: number): string {
  const mac = createHmac('sha256', of[kind]).update(value).digest();
  const tag = mac.readUInt32BE(0) >>> (32 - bits);
  return `${letterOf[kind]}${bits}.${tag.toString(16)}`;
}

/** A value is the same person's for as long as the entity is the same object. */
type Known = { keys: SearchKeys; bits: number; patientId: string | null; fields: readonly string[] };
const known = new WeakMap<Person, Known>();

function fieldsOf(visit: Visit, person: Person, keys: SearchKeys, bits: number): readonly string[] {
  const patientId = visit.external?.patientId ?? null;
  const before = known.get(person);
  const isSame = before?.keys === keys && before.bits === bits && before.patientId === patientId;
  if (isSame && !visit.flags.privacy) return before.fields;
  const fields = indexedValues({ visit, person }).map((value) => tagField(keys, value, bits));
  if (!visit.flags.privacy) known.set(person, { keys, bits, patientId, fields });
  return fields;
}

export type DayFields = { fields: Map<string, string>; rows: number };

/** The whole index of a day: each tag with the visits it stands for. `rows` counts who can be found. */
export function dayFields(
  state: Pick<BoardState, 'entries' | 'get'>,
  keys: SearchKeys,
  bits: number,
): DayFields {
  const ids = new Map<string, string[]>();
  let rows = 0;
  for (const [, { d }] of state.entries()) {
    if (d.type !== 'visit') continue;
    const person = state.get(`p:${d.id}`)?.d;
    const fields = person?.type === 'person' ? fieldsOf(d, person, keys, bits) : [];
    if (fields.length > 0) rows += 1;
    for (const field of new Set(fields)) ids.set(field, [...(ids.get(field) ?? []), d.id]);
  }
  return { fields: new Map([...ids].map(([field, found]) => [field, found.sort().join(' ')])), rows };
}
