import { expect, test } from 'vitest';
import { z } from 'zod';
import { daySchema, personSchema, roomSchema, syncSchema, visitSchema } from './entities.ts';
import { eventSchemas } from './events.ts';
import { entitySensitivity, isFieldClass, type SensitivityNode, sensitivityOfEvent } from './sensitivity.ts';

/** What is beneath `nullable`, `optional` and the like. */
function bare(schema: z.ZodType): z.ZodType {
  const inner = (schema as { unwrap?: () => z.ZodType }).unwrap;
  return inner && !(schema instanceof z.ZodArray) ? bare(inner.call(schema)) : schema;
}

/** Every field of a schema with the class that covers it; null where none does. */
function classified(schema: z.ZodType, node: SensitivityNode | undefined, path: string): [string, string][] {
  const type = bare(schema);
  if (node === undefined) return [[path, 'unclassified']];
  if (isFieldClass(node)) return [[path, node.isSealed ? 'sealed' : 'clear']];
  if (type instanceof z.ZodArray) {
    const item = Array.isArray(node) ? (node[0] as SensitivityNode) : undefined;
    return classified(type.element as z.ZodType, item, `${path}[]`);
  }
  if (!(type instanceof z.ZodObject)) return [[path, 'classified deeper than its schema']];
  const tree = node as Record<string, SensitivityNode>;
  const missing = Object.keys(tree).filter((key) => !Object.hasOwn(type.shape, key));
  return [
    ...missing.map((key): [string, string] => [`${path}.${key}`, 'no such field']),
    ...Object.entries(type.shape).flatMap(([key, inner]) =>
      classified(inner as z.ZodType, tree[key], `${path}.${key}`),
    ),
  ];
}

const entities = {
  visit: visitSchema,
  person: personSchema,
  room: roomSchema,
  day: daySchema,
  sync: syncSchema,
};
const rows = [
  ...Object.entries(entities).flatMap(([name, schema]) =>
    classified(schema, entitySensitivity[name as keyof typeof entities] as SensitivityNode, name),
  ),
  ...Object.entries(eventSchemas).flatMap(([name, schema]) =>
    classified(schema, sensitivityOfEvent(name as keyof typeof eventSchemas), name),
  ),
];

test('[H-05] [H-16] [privacy] every stored field has a sensitivity class, and no class is of a field that is gone', () => {
  expect(rows.filter(([, state]) => state !== 'sealed' && state !== 'clear')).toEqual([]);
});

test('[H-05] [I8] [privacy] what identifies a patient is sealed, by field', () => {
  const sealed = rows.filter(([, state]) => state === 'sealed').map(([path]) => path);
  expect(sealed.filter((path) => /^(visit|person|room|day|sync)\b(?!\.[a-z-]+\.)/.test(path))).toEqual(
    expect.arrayContaining([
      'person.fullName',
      'person.dob',
      'person.phone',
      'person.reason',
      'person.note',
      'person.alert',
      'visit.patientKey',
    ]),
  );
  expect(sealed).toEqual(
    expect.arrayContaining([
      'visit.external.key',
      'visit.external.patientId',
      'visit.external.appointmentId',
      'visit.external.fingerprint',
      'visit.outcome.reason',
      'visit.earlierEpisodes[].outcome.reason',
      'visit.undoable.before.outcome.reason',
      'visit.created.person.fullName',
      'visit.moved.reason',
      'person.noted.note',
      'visit.stepped-out.where',
    ]),
  );
});

test("[privacy] a string that people or the EHR write is never clear, but for the clinic's own words", () => {
  const written = (schema: z.ZodType, path: string): string[] => {
    const type = bare(schema);
    if (type instanceof z.ZodObject)
      return Object.entries(type.shape).flatMap(([key, inner]) =>
        written(inner as z.ZodType, `${path}.${key}`),
      );
    if (type instanceof z.ZodArray) return written(type.element as z.ZodType, `${path}[]`);
    const isFree = type instanceof z.ZodString && !z.globalRegistry.get(type)?.id;
    return isFree ? [path] : [];
  };
  const free = Object.entries(entities).flatMap(([name, schema]) => written(schema, name));
  const state = new Map(rows);
  const clear = free.filter((path) => state.get(path) !== 'sealed');
  expect(clear).toEqual([
    // Names of fields of the EHR's interface, never their values.
    'visit.conflict.members[]',
    'visit.undoable.eventId',
    'visit.undoable.type',
    'visit.undoable.before.conflict.members[]',
    'room.name',
    'day.clinicName',
    'day.providers[].name',
    'day.providers[].color',
    'day.visitTypes[].label',
    'sync.jobId',
    'sync.quarantined[].reason',
    'sync.failure.code',
  ]);
});
