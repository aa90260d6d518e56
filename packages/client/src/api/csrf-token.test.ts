import { expect, test } from 'vitest';
import { ApiClient } from './api-client.ts';

const answer = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const problem = {
  type: '/docs',
  title: 'No',
  status: 403,
  code: 'csrf_token_invalid',
  requestId: 'r-12345678',
};

/** A server whose present session is `held`, and what it was sent. */
function serverOf(held: { csrf: string; userId: string }) {
  const sent: [string, string | null][] = [];
  const api = new ApiClient({
    baseUrl: 'http://board.test',
    fetch: async (input, init) => {
      const path = new URL(String(input)).pathname;
      const token = new Headers(init?.headers).get('x-bolt-csrf');
      sent.push([path, token]);
      if (path === '/api/v1/session') return answer(200, { user: { id: held.userId }, csrf: held.csrf });
      return token === held.csrf ? answer(200, { outcomes: [] }) : answer(403, problem);
    },
  });
  return { api, sent };
}
const board = { clinic: 'north', date: '2026-03-10' };

test('[csrf] a change carries the token of the session; a read does not need it', async () => {
  const { api, sent } = serverOf({ csrf: 'first', userId: 'dana' });
  await api.session();
  await api.commands(board, []);
  expect(sent).toEqual([
    ['/api/v1/session', null],
    ['/api/v1/boards/north/2026-03-10/commands', 'first'],
  ]);
});

test('[csrf] a client that was never told, or whose person signed in anew, learns the token and sends once more', async () => {
  const held = { csrf: 'first', userId: 'dana' };
  const { api, sent } = serverOf(held);
  await api.commands(board, []);
  expect(sent.map(([, token]) => token)).toEqual([null, null, 'first']);
  held.csrf = 'second';
  await api.commands(board, []);
  expect(sent.slice(3).map(([, token]) => token)).toEqual(['first', null, 'second']);
});

test('[csrf] what one person did is never sent as another who signed in in the same browser', async () => {
  const held = { csrf: 'first', userId: 'dana' };
  const { api, sent } = serverOf(held);
  await api.session();
  Object.assign(held, { csrf: 'second', userId: 'amir' });
  await expect(api.commands(board, [])).rejects.toMatchObject({ code: 'csrf_token_invalid' });
  expect(sent.filter(([path]) => path.endsWith('/commands'))).toHaveLength(1);
});
