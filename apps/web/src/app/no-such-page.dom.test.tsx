import { cleanup, screen, within } from '@testing-library/react';
import { isWebPage } from '@workflow-bolt/contracts';
import { afterEach, expect, test } from 'vitest';
import { ehrBoard } from '../../dev/ehr-board.ts';
import { renderBoard } from '../../dev/render-board.tsx';

afterEach(cleanup);

test.each(['bord', 'admin/people', 'drift.html'])(
  'at /%s there is no page: it says so, shows no board, asks for nothing, and leads back',
  async (path) => {
    const server = ehrBoard('robin');
    const asked: string[] = [];
    const answer = server.fetch;
    server.fetch = (input, init) => {
      asked.push(String(input));
      return answer(input, init);
    };
    renderBoard(server, path);
    await screen.findByRole('heading', { name: 'No such page' });
    expect(screen.getByText(`/${path}`)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'To the start page' }).getAttribute('href')).toBe('/');
    expect(screen.queryByRole('main', { name: 'Board' })).toBeNull();
    expect(asked).toEqual([]);
  },
);

test('a page of somebody else is not taken for the board either', async () => {
  renderBoard(ehrBoard('dana'), 'admin');
  await screen.findByRole('heading', { name: 'Not one of your pages' });
  expect(screen.getByRole('link', { name: 'To the start page' }).getAttribute('href')).toBe('/');
  expect(screen.queryByRole('main', { name: 'Board' })).toBeNull();
});

test('every page that is linked is one', async () => {
  renderBoard(ehrBoard('robin'), 'account');
  const links = within(await screen.findByRole('navigation', { name: 'Pages' })).getAllByRole('link');
  const paths = links.map((link) => link.getAttribute('href') ?? '');
  expect(paths.length).toBeGreaterThan(3);
  expect(paths.filter((path) => !isWebPage(path))).toEqual([]);
});

test('a slash at the end is no other page', async () => {
  renderBoard(ehrBoard('robin'), 'account/');
  await screen.findByRole('heading', { name: 'Your account' });
});
