import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { ehrBoard } from '../../dev/ehr-board.ts';
import type { FakeServer } from '../../dev/fake-server.ts';
import { renderBoard } from '../../dev/render-board.tsx';

afterEach(cleanup);

const card = (name: string) => screen.findByRole('article', { name });
const panelOf = async (name: string) =>
  within(await card(name)).findByRole('region', { name: `EHR conflict: ${name}` });
const total = () => screen.findByRole('button', { name: /^EHR write-back:/ });
const visitOf = (server: FakeServer, id: string) => {
  const d = server.state.get(`v:${id}`)?.d;
  if (d?.type !== 'visit') throw new Error(`no visit ${id}`);
  return d;
};

test('Each card says where it stands with the EHR: quiet in step, plain while it waits, with the reason when it failed', async () => {
  renderBoard(ehrBoard('dana'));
  expect(within(await card('Ina Step')).getByRole('img', { name: 'In step with the EHR' })).toBeTruthy();
  const said = async (name: string) => {
    const chip = within(await card(name))
      .getByText(/EHR/)
      .closest('li');
    return [chip?.textContent, chip?.dataset.tone];
  };
  expect(await said('Wim Wait')).toEqual(['Not in the EHR yet', 'plain']);
  expect(await said('Fay Failed')).toEqual(['Not written: the EHR never said whether it was done', 'red']);
  for (const name of ['Wim Wait', 'Fay Failed', 'Cora Conflict'])
    expect(within(await card(name)).queryByRole('img', { name: 'In step with the EHR' })).toBeNull();
});

test('[scenario 20] A conflict shows theirs, ours and what both last said; accepting follows the EHR', async () => {
  const server = ehrBoard('dana');
  renderBoard(server);
  const panel = await panelOf('Cora Conflict');
  const terms = [...panel.querySelectorAll('dt')].map(({ textContent }) => textContent);
  const words = [...panel.querySelectorAll('dd')].map(({ textContent }) => textContent);
  expect([terms, words]).toEqual([
    ['EHR', 'Board', 'Last agreed'],
    ['Cancelled', 'Arrived (Checked in)', 'Scheduled'],
  ]);
  expect(panel.textContent).toContain('Since 9:20 AM.');
  const buttons = within(panel).getAllByRole('button');
  expect(buttons.map(({ textContent }) => textContent)).toEqual(['Accept', 'Keep mine', 'Later']);
  expect(visitOf(server, 'cora').status).toBe('arrived');
  fireEvent.click(within(panel).getByRole('button', { name: 'Accept' }));
  await waitFor(() => expect(visitOf(server, 'cora')).toMatchObject({ status: 'cancelled', conflict: null }));
  await waitFor(() => expect(screen.queryByRole('region', { name: /EHR conflict/ })).toBeNull());
});

test('[scenario 20] Keeping mine leaves the patient where they are; what the board says is to be written again', async () => {
  const server = ehrBoard('dana');
  renderBoard(server);
  fireEvent.click(within(await panelOf('Cora Conflict')).getByRole('button', { name: 'Keep mine' }));
  await waitFor(() => expect(visitOf(server, 'cora')).toMatchObject({ status: 'arrived', conflict: null }));
  expect(within(await card('Cora Conflict')).getByText('Not in the EHR yet')).toBeTruthy();
});

test('[scenario 20] Later puts it off: the card stays marked, and it is decided behind the name', async () => {
  const server = ehrBoard('dana');
  renderBoard(server);
  fireEvent.click(within(await panelOf('Cora Conflict')).getByRole('button', { name: 'Later' }));
  const chip = await within(await card('Cora Conflict')).findByText('EHR conflict, put off');
  expect(chip.closest('li')?.dataset.tone).toBe('red');
  await waitFor(() => expect(visitOf(server, 'cora').conflict?.laterAt).toEqual(expect.any(Number)));
  expect(within(await card('Cora Conflict')).queryByRole('region')).toBeNull();
  fireEvent.click(within(await card('Cora Conflict')).getByRole('button', { name: 'Cora Conflict' }));
  const drawer = await screen.findByRole('dialog', { name: 'Cora Conflict' });
  const labels = within(drawer).getAllByRole('button', { name: /Accept|Keep mine|Later/ });
  expect(labels.map(({ textContent }) => textContent)).toEqual(['Accept', 'Keep mine']);
});

test('The header counts what the EHR does not have; its list opens the visit and tries again what failed', async () => {
  const server = ehrBoard('dana');
  renderBoard(server);
  await waitFor(async () => expect((await total()).textContent).toContain('Not written back: 4'));
  fireEvent.click(await total());
  const list = await screen.findByRole('list', { name: 'Not written back' });
  expect(
    within(list)
      .getAllByRole('listitem')
      .map((each) => each.dataset.state),
  ).toEqual(['conflict', 'failed', 'waiting', 'waiting']);
  fireEvent.click(within(list).getByRole('button', { name: 'Try again: Fay Failed' }));
  await waitFor(() => expect(visitOf(server, 'fay').ehrWrite?.failed ?? null).toBeNull());
  fireEvent.click(within(list).getByRole('button', { name: /Wim Wait/ }));
  const drawer = await screen.findByRole('dialog', { name: 'Wim Wait' });
  expect(drawer.textContent).toContain('“Checked in” waits to be written to the EHR. Since 9:10 AM.');
});

test('Who may not decide sees the conflict and is offered nothing; a board that writes nothing says nothing', async () => {
  renderBoard(ehrBoard('bob'));
  expect(within(await panelOf('Cora Conflict')).queryAllByRole('button')).toEqual([]);
  fireEvent.click(await total());
  await screen.findByRole('list', { name: 'Not written back' });
  expect(screen.queryByRole('button', { name: /Try again/ })).toBeNull();
  renderBoard(ehrBoard('dana', 'off'));
  await card('Wim Wait');
  expect(screen.queryByRole('button', { name: /^EHR write-back:/ })).toBeNull();
  expect(screen.queryByText('Not in the EHR yet')).toBeNull();
});

test('Before the day is closed, whom the EHR does not have as the board does is named', async () => {
  renderBoard(ehrBoard('robin'));
  await card('Fay Failed');
  fireEvent.click(screen.getByRole('button', { name: /User menu/ }));
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Close the day' }));
  const owed = await screen.findByRole('region', { name: 'Not in the EHR as the board has them' });
  const lines = [...owed.querySelectorAll('li')].map(({ textContent }) => textContent);
  expect(lines).toContain('Cora Conflict (EHR conflict)');
  expect(lines).toContain('Fay Failed (Not written: the EHR never said whether it was done)');
  expect(lines.some((line) => line?.startsWith('Ina Step'))).toBe(false);
});

test('[authz] Who is not told how the board stands with the EHR is not told that it stands badly', async () => {
  renderBoard(ehrBoard('wanda'));
  for (const name of ['Ina Step', 'Wim Wait', 'Fay Failed', 'Cora Conflict']) {
    const { queryByText, queryByRole } = within(await card(name));
    expect([queryByText(/EHR|Not written/), queryByRole('img', { name: /EHR/ })]).toEqual([null, null]);
  }
  expect(screen.queryByRole('button', { name: /^EHR (state|write-back):/ })).toBeNull();
});
