import { expect, test } from 'vitest';
import { asyncApiMessages, boardEventNames, buildAsyncApi } from './asyncapi.ts';
import { eventExamples } from './asyncapi-event-examples.ts';
import { commandSchemas } from './commands.ts';
import { eventSchema } from './events.ts';
import { buildOpenApi } from './openapi.ts';
import { commandExamples } from './openapi-command-examples.ts';
import { openApiExamples } from './openapi-examples.ts';
import { problems } from './problems.ts';
import { problemsOf, type RouteBody, routeIds, routeOf } from './routes.ts';
import type { JsonObject } from './schema-document.ts';

const bodies = routeIds.flatMap((id) => {
  const { request, responses } = routeOf(id);
  const all: [string, RouteBody][] = Object.entries(responses);
  if (request) all.push(['request', request]);
  return all.flatMap(([role, body]) =>
    Object.entries(body.content).map(([type, schema]) => ({ id, key: `${role} ${type}`, schema })),
  );
});

test.each(bodies)('$id has examples of "$key", and each is valid', ({ id, key, schema }) => {
  const examples = Object.entries(openApiExamples[id]?.[key] ?? {});
  expect(examples.length).toBeGreaterThan(0);
  for (const [name, value] of examples) {
    expect({ name, error: schema.safeParse(value).error }).toEqual({ name, error: undefined });
  }
});

test('no example stands where no body is', () => {
  const known = new Set(bodies.map(({ id, key }) => `${id} ${key}`));
  const given = Object.entries(openApiExamples).flatMap(([id, keys]) =>
    Object.keys(keys).map((key) => `${id} ${key}`),
  );
  expect(given.filter((each) => !known.has(each))).toEqual([]);
});

test('every command and every event has an example', () => {
  expect(Object.keys(commandExamples).toSorted()).toEqual(Object.keys(commandSchemas).toSorted());
  expect(Object.keys(eventExamples).toSorted()).toEqual(boardEventNames.toSorted());
  for (const event of Object.values(eventExamples))
    expect(eventSchema.safeParse(event).error).toBeUndefined();
});

test.each(asyncApiMessages)('message $name has examples, and each is valid', ({ schema, examples }) => {
  expect(examples.length).toBeGreaterThan(0);
  for (const { name, payload } of examples) {
    expect({ name, error: schema.safeParse(payload).error }).toEqual({ name, error: undefined });
  }
});

function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  );
}

function resolve(document: JsonObject, reference: string): unknown {
  const steps = reference.slice(2).split('/');
  return steps.reduce<unknown>((at, step) => (at as JsonObject | undefined)?.[step], document);
}

test.each([
  ['OpenAPI', buildOpenApi()],
  ['AsyncAPI', buildAsyncApi()],
])('every reference of the %s document leads somewhere', (_name, document) => {
  const all = references(document);
  expect(all.length).toBeGreaterThan(10);
  expect(all.filter((reference) => resolve(document, reference) === undefined)).toEqual([]);
});

test('the document says every problem code of every route, in the answer of its status', () => {
  const { paths } = buildOpenApi() as { paths: Record<string, Record<string, { responses: JsonObject }>> };
  for (const id of routeIds) {
    const route = routeOf(id);
    for (const code of problemsOf(route)) {
      const { status } = problems[code];
      if (status in route.responses) continue;
      expect(JSON.stringify(paths[route.path]?.[route.method]?.responses[status])).toContain(`\`${code}\``);
    }
  }
});
