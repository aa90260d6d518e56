import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { asyncApiMessages } from './asyncapi.ts';
import { entitySchema } from './entities.ts';
import { protocolVersion } from './protocol.ts';
import { routeIds, routeOf } from './routes.ts';
import { type Json, type JsonObject, SchemaCollector } from './schema-document.ts';

/**
 * Hash of the shape of everything said on a wire, by version. When this test fails a message has changed: decide
 * whether an old client can live with it. If it can, replace the hash and add a line to the history in
 * `protocol.ts`; if not, raise `protocolVersion` too and add a row here.
 */
const pinned: Record<number, string> = {
  1: 'db3e506d865d6ea2205f560cc77017cf',
};

/** Words for people say nothing about the shape. */
const words = new Set(['description', 'summary', 'title', 'examples']);

function shapeOf(value: Json): Json {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, inner]) => !(words.has(key) && typeof inner === 'string'),
  );
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, shapeOf(inner)]),
  );
}

function wire(): JsonObject {
  const schemas = new SchemaCollector();
  const said: JsonObject = { entity: schemas.add(entitySchema) };
  for (const { name, schema } of asyncApiMessages) said[`message ${name}`] = schemas.add(schema);
  for (const id of routeIds) {
    const { method, path, params, query, request, responses } = routeOf(id);
    const bodies = [
      ...Object.entries(request?.content ?? {}),
      ...Object.values(responses).flatMap((body) => Object.entries(body.content)),
    ];
    said[`${method} ${path}`] = [params, query].flatMap((schema) => (schema ? [schemas.add(schema)] : []));
    said[`bodies of ${id}`] = bodies.map(([type, schema]) => [type, schemas.add(schema)]);
  }
  return { ...said, components: schemas.components() };
}

test('no message changed unnoticed', () => {
  const hash = createHash('sha256')
    .update(JSON.stringify(shapeOf(wire())))
    .digest('hex')
    .slice(0, 32);
  expect({ version: protocolVersion, hash }).toEqual({
    version: protocolVersion,
    hash: pinned[protocolVersion],
  });
});
