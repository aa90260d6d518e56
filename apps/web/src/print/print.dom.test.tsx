import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ehrBoard } from '../../dev/ehr-board.ts';
import type { FakeServer } from '../../dev/fake-server.ts';
import { renderBoard } from '../../dev/render-board.tsx';
import { at, date } from '../../dev/small-board.ts';

let printed: string[];
beforeEach(() => {
  printed = [];
  vi.spyOn(window, 'print').mockImplementation(() => {
    printed.push(`${document.documentElement.dataset.print} ${markText()}`);
  });
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const markText = (): string | null => document.querySelector('.print-mark')?.textContent ?? null;

/** The fake board server with a record of prints beside it. */
function printServer(isRecorded: boolean): { server: FakeServer; asked: unknown[] } {
  const server = ehrBoard('robin');
  const board = server.fetch;
  const asked: unknown[] = [];
  server.fetch = async (input, init) => {
    if (!new URL(String(input), 'http://fake').pathname.endsWith('/print')) return board(input, init);
    asked.push(JSON.parse(String(init?.body)));
    const mark = { printedBy: 'Robin Reception', at: at(9, 30), patients: 7, reference: 'rid-1' };
    const problem = { status: 503, code: 'store_unavailable', title: 'Away', requestId: 'rid-1' };
    return new Response(JSON.stringify(isRecorded ? mark : problem), { status: isRecorded ? 200 : 503 });
  };
  return { server, asked };
}

test('[H-07] the board is printed once it is on record, and says on paper by whom and when; not a second time', async () => {
  const { server, asked } = printServer(true);
  renderBoard(server, `?clinic=cedar&date=${date}`);
  await screen.findByRole('main', { name: 'Board' });
  expect(document.documentElement.dataset.print).toBeUndefined();
  fireEvent.click(await screen.findByRole('button', { name: /^User menu/ }));
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Print the board' }));
  await waitFor(() => expect(printed).toHaveLength(1));
  expect(printed[0]).toMatch(/^marked Printed by Robin Reception, .* · 7 patients · rid-1$/);
  expect(asked).toEqual([{ what: 'board' }]);
  fireEvent(window, new Event('afterprint'));
  await waitFor(() => expect(markText()).toBeNull());
  expect(document.documentElement.dataset.print).toBeUndefined();
});

test('[H-07] [abuse] the keys of the browser print by the same way', async () => {
  const { server, asked } = printServer(true);
  renderBoard(server, `?clinic=cedar&date=${date}`);
  await screen.findByRole('main', { name: 'Board' });
  const isLeftToBrowser = fireEvent.keyDown(document.body, { key: 'p', ctrlKey: true });
  expect(isLeftToBrowser).toBe(false);
  await waitFor(() => expect(printed).toHaveLength(1));
  expect(asked).toEqual([{ what: 'board' }]);
});

test('[I5] [H-07] what cannot be put on record is not printed', async () => {
  const { server, asked } = printServer(false);
  renderBoard(server, `?clinic=cedar&date=${date}`);
  await screen.findByRole('main', { name: 'Board' });
  fireEvent.keyDown(document.body, { key: 'p', metaKey: true });
  await screen.findByText('The board was not printed');
  expect([asked, printed, document.documentElement.dataset.print]).toEqual([
    [{ what: 'board' }],
    [],
    undefined,
  ]);
});

/** What paper would hold: jsdom knows no paper, so that its rules are given to the screen. */
function ontoPaper(): () => void {
  const style = document.createElement('style');
  const rules = readFileSync(join(import.meta.dirname, 'print-mark.css'), 'utf8');
  style.textContent = rules.replace(/@media print \{([\s\S]*)\}\s*$/, '$1');
  document.head.append(style);
  return () => style.remove();
}

const isOnPaper = (): boolean =>
  [...document.body.children].some((each) => getComputedStyle(each).display !== 'none');

test.each(['?view=wall', '?date=2020-01-01', ''])(
  '[H-07] [abuse] [privacy] a page that nobody put on record is not on paper, whichever it is (%s)',
  async (search) => {
    const { server } = printServer(true);
    renderBoard(server, search);
    await waitFor(() => expect(document.body.textContent).not.toBe(''));
    const back = ontoPaper();
    expect([document.documentElement.dataset.print, isOnPaper()]).toEqual([undefined, false]);
    document.documentElement.dataset.print = 'marked';
    expect(isOnPaper()).toBe(true);
    delete document.documentElement.dataset.print;
    back();
  },
);

test('[H-07] [abuse] whoever leaves the page while it prints takes the permission along', async () => {
  const { server } = printServer(true);
  renderBoard(server, `?clinic=cedar&date=${date}`);
  await screen.findByRole('main', { name: 'Board' });
  fireEvent.keyDown(document.body, { key: 'p', ctrlKey: true });
  await waitFor(() => expect(printed).toHaveLength(1));
  expect(document.documentElement.dataset.print).toBe('marked');
  cleanup();
  expect(document.documentElement.dataset.print).toBeUndefined();
});
