/** The OpenAPI 3.1 document of the REST API, made from the table of routes. */
import type { z } from 'zod';
import { openApiExamples } from './openapi-examples.ts';
import { type ProblemCode, problemSchema, problems } from './problems.ts';
import { problemsOf, type Route, type RouteBody, type RouteId, routeIds, routeOf } from './routes.ts';
import { type Json, type JsonObject, SchemaCollector } from './schema-document.ts';

const tags = [
  { name: 'board', description: "A clinic's day: commands, snapshot, stream, history." },
  { name: 'schedule', description: 'How a schedule gets onto the board.' },
  { name: 'session', description: 'Who is signed in.' },
  { name: 'audit', description: 'The record of who did and saw what.' },
  { name: 'operations', description: 'For probes and monitoring.' },
  { name: 'documents', description: 'This description.' },
];

/** Builds the document. Pure: the same contracts give the same text. */
export function buildOpenApi(): JsonObject {
  const schemas = new SchemaCollector();
  schemas.add(problemSchema);
  const paths: Record<string, JsonObject> = {};
  for (const id of routeIds) {
    const route = routeOf(id);
    paths[route.path] = { ...paths[route.path], [route.method]: operation(id, route, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'workflow-bolt',
      version: '1.0.0',
      description:
        "A clinic's day, live. Changes are commands; every screen follows the board stream (see the AsyncAPI document). Errors are problem documents (RFC 9457): branch on `code`.",
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The server that serves this document.' }],
    tags,
    paths,
    components: {
      schemas: schemas.components(),
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'bolt_session', description: 'Set by signing in.' },
        token: { type: 'http', scheme: 'bearer', description: 'The same token, for scripts.' },
      },
    },
  };
}

function operation(id: RouteId, route: Route, schemas: SchemaCollector): JsonObject {
  const parameters = [
    ...parametersOf('path', route.params, schemas),
    ...parametersOf('query', route.query, schemas),
  ];
  return {
    operationId: id,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    security: route.access === 'public' ? [] : [{ session: [] }, { token: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.request ? { requestBody: requestOf(id, route.request, schemas) } : {}),
    responses: { ...answersOf(id, route, schemas), ...problemAnswers(route) },
  };
}

function parametersOf(
  place: 'path' | 'query',
  schema: z.ZodObject | undefined,
  schemas: SchemaCollector,
): Json[] {
  if (!schema) return [];
  return Object.entries(schema.shape).map(([name, field]) => {
    const type = field as z.ZodType;
    const isOptional = type.safeParse(undefined).success;
    const { description, ...rest } = schemas.addInline(type);
    const required = place === 'path' || !isOptional;
    return { name, in: place, required, ...(description ? { description } : {}), schema: rest };
  });
}

function requestOf(id: RouteId, body: NonNullable<Route['request']>, schemas: SchemaCollector): JsonObject {
  const { maxBytes } = body;
  const description = `${body.description} At most ${maxBytes.toLocaleString('en-US')} bytes.`;
  return { required: true, description, content: contentOf(id, 'request', body, schemas) };
}

function contentOf(id: RouteId, role: string, body: RouteBody, schemas: SchemaCollector): JsonObject {
  return Object.fromEntries(
    Object.entries(body.content).map(([type, schema]) => {
      const examples = openApiExamples[id]?.[`${role} ${type}`];
      return [type, { schema: schemas.add(schema), ...(examples ? { examples: wrap(examples) } : {}) }];
    }),
  );
}

const wrap = (examples: Record<string, unknown>): JsonObject =>
  Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value: value as Json }]));

function answersOf(id: RouteId, route: Route, schemas: SchemaCollector): JsonObject {
  return Object.fromEntries(
    Object.entries(route.responses).map(([status, body]) => {
      const content = contentOf(id, status, body, schemas);
      const hasContent = Object.keys(content).length > 0;
      return [status, { description: body.description, ...(hasContent ? { content } : {}) }];
    }),
  );
}

/** One answer per status; its description lists the codes that share it. */
function problemAnswers(route: Route): JsonObject {
  const byStatus = Map.groupBy(problemsOf(route), (code) => problems[code].status);
  const own = new Set(Object.keys(route.responses).map(Number));
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !own.has(status))
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [String(status), problemAnswer(codes)]),
  );
}

function problemAnswer(codes: readonly ProblemCode[]): JsonObject {
  const lines = codes.map((code) => `- \`${code}\`: ${problems[code].title}`);
  const [first] = codes;
  const row = first ? problems[first] : undefined;
  const value = {
    type: `/docs#problem-${first}`,
    title: row?.title ?? '',
    status: row?.status ?? 500,
    code: first ?? 'internal',
    requestId: '6f9f3c1e-7d0b-4b52-9f0a-2f1f0f6f9b1c',
  };
  return {
    description: lines.join('\n'),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: { [value.code]: { value } },
      },
    },
  };
}
