import { type RouteAccess, routeIds } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import type { Handler } from './handler.ts';
import { assertHandlersComplete, RouteTableError, unruledRoutes } from './mount-routes.ts';

const handler: Handler = () => null;
const all = (): Record<string, Handler> => Object.fromEntries(routeIds.map((id) => [id, handler]));

test('a complete table is accepted', () => {
  expect(() => assertHandlersComplete(all())).not.toThrow();
});

test('the process refuses to start with a route without a handler, or a handler without a route', () => {
  const { getBoard: _, ...without } = all();
  expect(() => assertHandlersComplete(without)).toThrow(new RouteTableError('route getBoard has no handler'));
  expect(() => assertHandlersComplete({ ...all(), getSecret: handler })).toThrow(
    'handler getSecret has no route',
  );
});

test('[H-01] [authz] a route without a rule that says who may is found before the process starts', () => {
  const access = (word: string) => ({ access: word as RouteAccess });
  expect(
    unruledRoutes({
      open: access('public'),
      own: access('session'),
      ruled: access('read'),
      forgotten: access('export-all'),
      inherited: access('toString'),
      empty: access(''),
    }),
  ).toEqual(['forgotten', 'inherited', 'empty']);
});
