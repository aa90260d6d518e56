import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { renderBoard } from '../../dev/render-board.tsx';
import { at, smallBoard } from '../../dev/small-board.ts';

afterEach(cleanup);

const column = (name: string) => screen.findByRole('region', { name });
const card = (name: string) => screen.findByRole('article', { name: new RegExp(name) });
const cardIn = async (title: string, name: string) =>
  within(await column(title)).findByRole('article', { name: new RegExp(name) });
const press = (name: string | RegExp, within_: ReturnType<typeof within> | typeof screen = screen) =>
  fireEvent.click(within_.getByRole('button', { name }));

async function openMenuOf(name: string): Promise<void> {
  fireEvent.click(within(await card(name)).getByRole('button', { name: /Actions for/ }));
}

test('When I sign in as a demo user, then I see the board, marked as development', async () => {
  renderBoard(smallBoard(null));
  fireEvent.click(await screen.findByRole('button', { name: 'Sign in as Dana Whitfield, Front desk' }));
  expect((await column('Scheduled')).textContent).toContain('Anna Lee');
  expect(within(await column('Arrived')).getAllByRole('article')).toHaveLength(1);
  expect(screen.getByText('Development')).toBeTruthy();
  await waitFor(() => expect(screen.getByRole('status', { name: 'Connection' }).textContent).toBe('Live'));
});

test('When I check a patient in, then the card moves at once, and Undo takes it back', async () => {
  const server = smallBoard('dana');
  renderBoard(server);
  press('Check In', within(await cardIn('Scheduled', 'Anna Lee')));
  await cardIn('Arrived', 'Anna Lee');
  fireEvent.click(await screen.findByRole('button', { name: 'Undo' }));
  await cardIn('Scheduled', 'Anna Lee');
  await waitFor(() =>
    expect(server.log.map((frame) => frame.command).slice(-2)).toEqual(['moveVisit', 'undoLast']),
  );
});

test('[scenario 9] When another one was first, then I am told who and when, and what is so now', async () => {
  const server = smallBoard('marcus');
  renderBoard(server);
  const bea = await cardIn('Arrived', 'Bea');
  await waitFor(() => expect(screen.getByRole('status', { name: 'Connection' }).textContent).toBe('Live'));
  server.silence();
  server.act({ type: 'moveVisit', visitId: 'bea', to: 'with-doctor' }, { userId: 'okafor', at: at(9, 30) });
  press('Start Prep', within(bea));
  const explained = await screen.findByRole('article', { name: /Bea Kowalczyk: Appointment prep/ });
  expect(explained.textContent).toContain('Dr. Okafor was first at 9:30 AM. Your step was not carried out.');
  expect(explained.textContent).toContain('Now: With doctor.');
  press('OK', within(explained));
  await waitFor(() =>
    expect(screen.queryByRole('article', { name: /Bea Kowalczyk: Appointment/ })).toBeNull(),
  );
});

test('[scenario 8] When a room is taken, then I see who has it, and it cannot be chosen', async () => {
  const server = smallBoard('marcus');
  server.act(
    { type: 'moveVisit', visitId: 'bea', to: 'appt-prep', roomId: 'room-1' },
    { userId: 'ines', at: at(9, 20) },
  );
  server.act({ type: 'moveVisit', visitId: 'anna', to: 'arrived' }, { userId: 'dana', at: at(9, 25) });
  renderBoard(server);
  await openMenuOf('Anna Lee');
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Take to a room' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Choose a room' }));
  const taken = dialog.getByRole('button', { name: /Room 1, Occupied, Bea Kowalczyk/ });
  expect((taken as HTMLButtonElement).disabled).toBe(true);
  press(/Room 2, Available/, dialog);
  expect(await within(await card('Anna Lee')).findByRole('button', { name: 'Room: Room 2' })).toBeTruthy();
});

test('[I10] When the server is gone, then nothing looks live, and my step is kept and counted', async () => {
  const server = smallBoard('dana');
  renderBoard(server, '', { canSave: true });
  await cardIn('Scheduled', 'Anna Lee');
  await waitFor(() => expect(screen.getByRole('status', { name: 'Connection' }).textContent).toBe('Live'));
  server.cutOff();
  await waitFor(() =>
    expect(screen.getByRole('status', { name: 'Connection' }).textContent).toMatch(/data .* old/),
  );
  expect(screen.getByRole('alert').textContent).toMatch(/not live/);
  press('Check In', within(await cardIn('Scheduled', 'Anna Lee')));
  const anna = await cardIn('Arrived', 'Anna Lee');
  expect(anna.getAttribute('aria-busy')).toBe('true');
  await screen.findByText('1 step waiting to be sent.');
  server.restore();
  await waitFor(() => expect(screen.queryByText('1 step waiting to be sent.')).toBeNull(), {
    timeout: 15_000,
  });
});

test('[V28] What my role may not do is not offered', async () => {
  renderBoard(smallBoard('wanda'));
  const anna = await cardIn('Scheduled', 'Anna Lee');
  expect(within(anna).queryByRole('button', { name: 'Check In' })).toBeNull();
  expect(screen.queryByRole('button', { name: 'New walk-in' })).toBeNull();
  cleanup();
  renderBoard(smallBoard('dana'));
  const bea = await cardIn('Arrived', 'Bea');
  expect(within(bea).queryByRole('button', { name: 'Start Prep' })).toBeNull();
  expect(within(bea).getByRole('button', { name: 'Papers done' }).getAttribute('aria-pressed')).toBe('false');
});

test('When a patient leaves, then I must say why, and the visit is found under Finished today', async () => {
  renderBoard(smallBoard('dana'));
  await openMenuOf('Bea');
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Left' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'The patient left' }));
  expect((dialog.getByRole('button', { name: 'Mark as left' }) as HTMLButtonElement).disabled).toBe(true);
  fireEvent.click(dialog.getByText('Waited too long'));
  press('Mark as left', dialog);
  await waitFor(() => expect(screen.queryByRole('article', { name: /Bea/ })).toBeNull());
  fireEvent.click(screen.getByRole('button', { name: /Finished today: 1/ }));
  fireEvent.click(await screen.findByRole('tab', { name: /Left/ }));
  expect((await card('Bea')).textContent).toContain('Left without being seen');
});

test('[V13] A time out of order is refused before it is sent, and a large change asks for a reason', async () => {
  const server = smallBoard('dana');
  renderBoard(server);
  await openMenuOf('Bea');
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Correct a time' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Correct a time' }));
  const time = dialog.getByLabelText(/It happened at/);
  const submit = dialog.getByRole('button', { name: 'Correct time' }) as HTMLButtonElement;
  fireEvent.change(time, { target: { value: '23:00' } });
  expect(dialog.getByRole('alert').textContent).toBe('The time lies in the future.');
  expect(submit.disabled).toBe(true);
  fireEvent.change(time, { target: { value: '08:40' } });
  expect(dialog.getByRole('alert').textContent).toBe('Give a reason.');
  fireEvent.change(dialog.getByLabelText(/Reason/), { target: { value: 'Forgot to click' } });
  fireEvent.click(submit);
  await waitFor(() =>
    expect(server.log.at(-1)?.events[0]).toMatchObject({ type: 'visit.time-corrected', at: at(8, 40) }),
  );
});

test('A walk-in is on the board at once, and its name is asked for', async () => {
  renderBoard(smallBoard('dana'));
  await cardIn('Scheduled', 'Anna Lee');
  press('New walk-in');
  const dialog = within(await screen.findByRole('dialog', { name: 'New walk-in' }));
  const submit = dialog.getByRole('button', { name: 'Add to the board' }) as HTMLButtonElement;
  expect(submit.disabled).toBe(true);
  fireEvent.change(dialog.getByLabelText(/Full name/), { target: { value: 'Sofía Núñez' } });
  fireEvent.click(submit);
  expect((await cardIn('Arrived', 'Sofía Núñez')).textContent).toContain('Walk-in');
});

test('[scenario 30] An import says which lines cannot be read, by number', async () => {
  const server = smallBoard('dana');
  const problem = {
    type: 'about:blank',
    title: 'The import has lines that cannot be read; `errors` names each line. Nothing was imported.',
    status: 400,
    code: 'import_invalid',
    requestId: 'r1',
    errors: [{ path: 'time', message: 'is no time of day', line: 3 }],
  };
  server.importAnswer = () => new Response(JSON.stringify(problem), { status: 400 });
  renderBoard(server);
  await cardIn('Scheduled', 'Anna Lee');
  press('Import');
  const dialog = within(await screen.findByRole('dialog', { name: 'Import a schedule' }));
  fireEvent.change(dialog.getByLabelText('Schedule'), { target: { value: 'a\tb\tc' } });
  press('Import', dialog);
  const row = within(await dialog.findByRole('table', { name: 'Lines that cannot be read' })).getAllByRole(
    'row',
  )[1];
  expect(row?.textContent).toBe('3time: is no time of day');
});

test('From the keyboard: N takes the next step, and the focus stays with the card that moved', async () => {
  renderBoard(smallBoard('dana'));
  const name = within(await cardIn('Scheduled', 'Anna Lee')).getByRole('button', { name: 'Anna Lee' });
  name.focus();
  fireEvent.keyDown(name, { key: 'n' });
  const moved = await cardIn('Arrived', 'Anna Lee');
  await waitFor(() =>
    expect(document.activeElement).toBe(within(moved).getByRole('button', { name: 'Anna Lee' })),
  );
});

test('Letters typed into the search are no shortcuts, and the search narrows every column', async () => {
  const server = smallBoard('dana');
  renderBoard(server);
  await cardIn('Scheduled', 'Anna Lee');
  const search = screen.getByRole('searchbox', { name: 'Search patients by name' });
  fireEvent.keyDown(search, { key: 'n' });
  fireEvent.change(search, { target: { value: 'oma had' } });
  await waitFor(() => expect(screen.queryByRole('article', { name: /Anna/ })).toBeNull());
  await cardIn('Scheduled', 'Omar Haddad');
  expect((await column('Arrived')).textContent).toContain('Nobody here matches the filter.');
  expect(server.log.at(-1)?.command).toBe('moveVisit');
});

test('The history of a visit says who did what and when, newest first', async () => {
  renderBoard(smallBoard('dana'));
  fireEvent.click(within(await cardIn('Arrived', 'Bea')).getByRole('button', { name: 'Bea Kowalczyk' }));
  const drawer = within(await screen.findByRole('dialog', { name: 'Bea Kowalczyk' }));
  const newest = await drawer.findByText('Scheduled → Arrived');
  expect(newest.parentElement?.textContent).toContain('9:05:00 AM · Dana Whitfield · Front desk, on screen');
  expect(drawer.getByText('Put on the schedule')).toBeTruthy();
});

test('[V29] The wall shows initials and rooms, never a name, a date of birth or a reason', async () => {
  const server = smallBoard('wanda');
  server.act(
    { type: 'moveVisit', visitId: 'bea', to: 'appt-prep', roomId: 'room-1' },
    { userId: 'ines', at: at(9, 20) },
  );
  renderBoard(server, '?view=wall');
  const wall = await screen.findByRole('main', { name: 'Wall display' });
  await waitFor(() => expect(wall.textContent).toContain('B. K.'));
  expect(wall.textContent).not.toMatch(/Bea|Kowalczyk|Anna|Cough|1981/);
});

test('When I sign out with steps that were not sent, then I am asked first', async () => {
  const server = smallBoard('dana');
  renderBoard(server, '', { canSave: true });
  await cardIn('Scheduled', 'Anna Lee');
  await waitFor(() => expect(screen.getByRole('status', { name: 'Connection' }).textContent).toBe('Live'));
  server.cutOff();
  await waitFor(() => expect(screen.getByRole('status', { name: 'Connection' }).textContent).toMatch(/old/));
  press('Check In', within(await cardIn('Scheduled', 'Anna Lee')));
  await screen.findByText('1 step waiting to be sent.');
  press(/^User menu: Dana Whitfield/);
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Sign out and lose steps?' }));
  press('Stay signed in', dialog);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await cardIn('Arrived', 'Anna Lee');
});
