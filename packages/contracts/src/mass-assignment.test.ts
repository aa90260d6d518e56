/**
 * [H-16] [injection] What the server sets, nobody else does: every body of every route, taken from its own examples,
 * with a member that is not asked for.
 */
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { openApiExamples } from './openapi-examples.ts';
import { routeIds, routeOf } from './routes.ts';

const json = 'application/json';
/** What a sender would like to decide, on any message that does not ask for it. */
const forbidden: Record<string, unknown> = {
  role: 'manager',
  roles: ['admin'],
  uid: 'somebody-else',
  user: { id: 'somebody-else' },
  actor: { id: 'somebody-else', name: 'x', role: 'manager', station: null },
  clinic: 'south',
  clinicId: 'south',
  clinics: ['south'],
  createdBy: 'somebody-else',
  version: 99,
  isDevelopment: true,
  aal: '2',
  stepUps: { export: 1 },
  source: 'rule',
  at: 1,
  __proto__x: {},
};

type Body = { name: string; schema: z.ZodType; example: Record<string, unknown> };

const bodies: Body[] = routeIds.flatMap((id) => {
  const schema = routeOf(id).request?.content[json];
  const examples = Object.entries(openApiExamples[id]?.[`request ${json}`] ?? {});
  return schema
    ? examples.map(([name, example]) => ({
        name: `${id} ${name}`,
        schema,
        example: example as Record<string, unknown>,
      }))
    : [];
});

/** Every object inside, with its path: the member is tried in each. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, each]) => places(each, [...path, key]));
  return Array.isArray(value) ? inner : [path, ...inner];
}

function withMember(value: unknown, path: readonly (string | number)[], member: [string, unknown]): unknown {
  const copy = structuredClone(value) as Record<string | number, unknown>;
  let at = copy;
  for (const key of path) at = at[key] as Record<string | number, unknown>;
  at[member[0]] = member[1];
  return copy;
}

const hasMember = (value: unknown, path: readonly (string | number)[], name: string): boolean => {
  let at = value as Record<string | number, unknown>;
  for (const key of path) at = at[key] as Record<string | number, unknown>;
  return Object.hasOwn(at, name);
};

/** Members that a message of this kind asks for by that name, of something else than its sender. */
const askedFor: Record<string, readonly string[]> = {
  postAccount: ['roles', 'clinics'],
  postAccountAccess: ['version', 'roles', 'clinics'],
  postAccountName: ['version'],
  postDeactivateAccount: ['version'],
  postActivateAccount: ['version'],
  postBreakGlassPerson: ['uid'],
};

describe('a member that is not asked for is refused', () => {
  test.each(bodies)('$name', ({ name, schema, example }) => {
    expect(schema.safeParse(example).success).toBe(true);
    const allowed = askedFor[name.split(' ')[0] ?? ''] ?? [];
    const taken: string[] = [];
    for (const path of places(example)) {
      for (const member of Object.entries(forbidden)) {
        if (allowed.includes(member[0]) || hasMember(example, path, member[0])) continue;
        const parsed = schema.safeParse(withMember(example, path, member));
        if (!parsed.success || isOpen(name, path)) continue;
        taken.push(`${path.join('.')} ${member[0]}`);
      }
    }
    expect(taken).toEqual([]);
  });
});

/**
 * Objects that are open by their own standard: rows of a schedule from elsewhere (only the columns of docs/spec/import.md
 * are read, see `hostile-access.redis.test.ts`), and what a browser's authenticator adds.
 */
const isOpen = (name: string, path: readonly (string | number)[]): boolean =>
  path.at(-1) === 'clientExtensionResults' || name.startsWith('postImport ');
