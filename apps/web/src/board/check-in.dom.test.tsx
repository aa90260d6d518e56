import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { FakeServer } from '../../dev/fake-server.ts';
import { renderBoard } from '../../dev/render-board.tsx';
import { at, schedule, smallBoard } from '../../dev/small-board.ts';

afterEach(cleanup);

const cardsIn = async (title: string, name: string) =>
  within(await screen.findByRole('region', { name: title })).findAllByRole('article', { name });
const statusesOf = (server: FakeServer, ids: readonly string[]) =>
  ids.map((id) => {
    const d = server.state.get(`v:${id}`)?.d;
    return d?.type === 'visit' ? d.status : null;
  });
const menuLabels = async (card: HTMLElement): Promise<(string | null)[]> => {
  fireEvent.click(within(card).getByRole('button', { name: /Actions for/ }));
  return (await screen.findAllByRole('menuitem')).map((item) => item.textContent);
};

/** Kim Doan comes at 11:00 and again at 11:15. */
function kimTwice(signedIn: string): FakeServer {
  const server = smallBoard(signedIn);
  const kim = { fullName: 'Kim Doan', patientKey: 'patient-kim', dob: '1970-06-02' };
  schedule(server, { ...kim, visitId: 'kim-1', startAt: at(11) });
  schedule(server, { ...kim, visitId: 'kim-2', startAt: at(11, 15) });
  return server;
}

/** Two people called Anna Lee: born 1981 at 9:30, and 1994 at 10:00. */
function twoAnnas(signedIn: string): FakeServer {
  const server = smallBoard(signedIn);
  const other = { fullName: 'LEE, Anna', patientKey: 'patient-other', dob: '1994-12-24' };
  schedule(server, { ...other, visitId: 'anna-2', startAt: at(10) });
  return server;
}

test('[scenario 19] A patient who comes twice is checked in for both, each visit by its own step', async () => {
  const server = kimTwice('dana');
  renderBoard(server);
  const [first] = await cardsIn('Scheduled', 'Kim Doan');
  expect(first?.textContent).toContain('2 visits today');
  if (first) fireEvent.click(within(first).getByRole('button', { name: /Actions for/ }));
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Check in both' }));
  expect(await screen.findByText('Kim Doan, 11:15 AM → Arrived')).toBeTruthy();
  await waitFor(() => expect(statusesOf(server, ['kim-1', 'kim-2'])).toEqual(['arrived', 'arrived']));
  const [one, two] = server.log.slice(-2);
  expect([one, two].map((frame) => frame?.command)).toEqual(['moveVisit', 'moveVisit']);
  expect(one?.commandId).not.toBe(two?.commandId);
  expect(await cardsIn('Arrived', 'Kim Doan')).toHaveLength(2);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('[scenario 19] When one of both was checked in elsewhere, then the other still arrives and I am told', async () => {
  const server = kimTwice('dana');
  renderBoard(server);
  const [first] = await cardsIn('Scheduled', 'Kim Doan');
  await waitFor(() => expect(screen.getByRole('status', { name: 'Connection' }).textContent).toBe('Live'));
  server.silence();
  server.act({ type: 'moveVisit', visitId: 'kim-2', to: 'arrived' }, { userId: 'ines', at: at(9, 30) });
  if (first) fireEvent.click(within(first).getByRole('button', { name: /Actions for/ }));
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Check in both' }));
  const told = await screen.findByRole('article', { name: /Kim Doan: Arrived/ });
  expect(told.textContent).toContain('Inés Carrillo was first at 9:30 AM.');
  expect(statusesOf(server, ['kim-1', 'kim-2'])).toEqual(['arrived', 'arrived']);
});

test('[scenario 19] Checking in both is offered only to who may, and only while several are expected', async () => {
  const offered = async (server: FakeServer, title: string, name: string) => {
    cleanup();
    renderBoard(server);
    const [card] = await cardsIn(title, name);
    return card ? (await menuLabels(card)).includes('Check in both') : null;
  };
  expect(await offered(kimTwice('marcus'), 'Scheduled', 'Kim Doan')).toBe(true);
  expect(await offered(kimTwice('wanda'), 'Scheduled', 'Kim Doan')).toBe(false);
  expect(await offered(kimTwice('dana'), 'Scheduled', 'Anna Lee')).toBe(false);
  const halfway = kimTwice('dana');
  halfway.act({ type: 'moveVisit', visitId: 'kim-1', to: 'arrived' }, { userId: 'dana', at: at(9, 30) });
  expect(await offered(halfway, 'Scheduled', 'Kim Doan')).toBe(false);
});

test('[scenario 19] With a namesake on the board, Check In asks for the date of birth; Cancel does nothing', async () => {
  const server = twoAnnas('dana');
  renderBoard(server);
  const [anna] = await cardsIn('Scheduled', 'Anna Lee');
  const steps = server.log.length;
  const checkIn = () => anna && fireEvent.click(within(anna).getByRole('button', { name: 'Check In' }));
  checkIn();
  const dialog = within(await screen.findByRole('dialog', { name: 'Confirm the date of birth' }));
  expect(dialog.getByText(/Another patient with this name/).textContent).toBe(
    "Another patient with this name is on today's board. Is this DOB Mar 4, 1981 (45)?",
  );
  expect(dialog.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
    'Checking inAnna Lee, DOB Mar 4, 1981 (45)9:30 AM · Dr. Okafor · Scheduled',
    'Not this oneLEE, Anna, DOB Dec 24, 1994 (31)10:00 AM · Dr. Okafor · Scheduled',
  ]);
  fireEvent.click(dialog.getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(server.log).toHaveLength(steps);
  expect(statusesOf(server, ['anna', 'anna-2'])).toEqual(['scheduled', 'scheduled']);
  checkIn();
  fireEvent.click(await screen.findByRole('button', { name: 'Confirm' }));
  await waitFor(() => expect(statusesOf(server, ['anna', 'anna-2'])).toEqual(['arrived', 'scheduled']));
  expect(server.log).toHaveLength(steps + 1);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

test('[scenario 19] A visit without a date of birth asks so; no date is made up', async () => {
  const server = smallBoard('dana');
  const unknown = { fullName: 'Omar Haddad', patientKey: 'patient-omar-2', dob: null };
  schedule(server, { ...unknown, visitId: 'omar-2', startAt: at(8) });
  renderBoard(server);
  const [first] = await cardsIn('Scheduled', 'Omar Haddad');
  if (first) fireEvent.click(within(first).getByRole('button', { name: 'Check In' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Confirm the date of birth' }));
  expect(dialog.getByText(/No date of birth is on file for this visit/)).toBeTruthy();
  expect(dialog.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
    'Checking inOmar Haddad, date of birth not on file8:00 AM · Dr. Okafor · Scheduled',
    'Not this oneOmar Haddad, DOB Mar 4, 1981 (45)9:40 AM · Dr. Okafor · Scheduled',
  ]);
});

test('[scenario 19] Without a namesake, Check In asks nothing', async () => {
  const server = twoAnnas('dana');
  renderBoard(server);
  const [omar] = await cardsIn('Scheduled', 'Omar Haddad');
  if (omar) fireEvent.click(within(omar).getByRole('button', { name: 'Check In' }));
  await waitFor(() => expect(statusesOf(server, ['omar'])).toEqual(['arrived']));
  expect(screen.queryByRole('dialog')).toBeNull();
});

const pressOn = (card: HTMLElement, name: string, key: string) =>
  fireEvent.keyDown(within(card).getByRole('button', { name }), { key });

test('[V28] Keys open no dialog that the card would not offer', async () => {
  const server = smallBoard('wanda');
  renderBoard(server);
  const [anna] = await cardsIn('Scheduled', 'Anna Lee');
  const steps = server.log.length;
  for (const key of ['n', 'r', 'd', 't', 'o', 'p']) {
    if (anna) pressOn(anna, 'Anna Lee', key);
    expect(screen.queryByRole('dialog')).toBeNull();
  }
  fireEvent.keyDown(document.body, { key: '?' });
  const dialog = await screen.findByRole('dialog');
  const keys = within(dialog)
    .getAllByRole('row')
    .map((row) => row.textContent);
  expect(keys.slice(3)).toEqual(['HHistory', 'MAll actions']);
  expect(server.log).toHaveLength(steps);
});

test('[V28] Keys open what the role may do, where the visit allows it', async () => {
  renderBoard(smallBoard('marcus'));
  const [anna] = await cardsIn('Scheduled', 'Anna Lee');
  const [bea] = await cardsIn('Arrived', 'Bea Kowalczyk');
  if (anna) pressOn(anna, 'Anna Lee', 'r');
  expect(screen.queryByRole('dialog')).toBeNull();
  if (bea) pressOn(bea, 'Bea Kowalczyk', 'r');
  expect(await screen.findByRole('dialog', { name: 'Choose a room' })).toBeTruthy();
});
