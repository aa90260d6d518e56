import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import type { Account, Alert, GlassRecord, Role } from '@workflow-bolt/contracts';
import { afterEach, expect, test, vi } from 'vitest';
import { ehrBoard } from '../../dev/ehr-board.ts';
import type { FakeServer } from '../../dev/fake-server.ts';
import { renderBoard } from '../../dev/render-board.tsx';
import { at, date } from '../../dev/small-board.ts';
import { moment } from '../format/moment.ts';

// Roles are looked for in pages of many buttons.
vi.setConfig({ testTimeout: 90_000 });
afterEach(cleanup);

const uidOf = (n: number): string => `01890a5d-ac96-774b-bcce-b302099a80${n}`;
const accountOf = (n: number, name: string, roles: Role[]): Account => ({
  ...{ uid: uidOf(n), kind: 'human', login: name.toLowerCase(), name, roles, clinics: ['cedar'] },
  ...{ state: 'active', version: 3, createdAt: at(1), changedAt: at(2), exportAllowedAt: null, owner: null },
});
const sam = accountOf(10, 'Sam Sees', ['nurse']);
const admin = { ...accountOf(11, 'Ada Admin', ['admin']), clinics: [] };

const alertOf = (id: string, more: Partial<Alert>): Alert => ({
  ...{ id: id.padEnd(24, '0'), rule: 'UT-1S', severity: 'notice', clinic: 'cedar', at: at(9) },
  ...{ uid: sam.uid, network: null, count: 1, responses: [], reviewDueAt: at(20), review: null },
  ...more,
});
const namesake = alertOf('a', {});
const critical = alertOf('b', {
  ...{ rule: 'HT-2R', severity: 'critical', clinic: null, uid: null, network: '203.0.113.7', count: 3 },
  ...{ responses: ['block-network'], reviewDueAt: at(9, 30) },
});
const settled = alertOf('c', {
  ...{ rule: 'ACE-1', uid: uidOf(99), review: { by: sam.uid, at: at(9, 40), outcome: 'training' } },
});

const glass: GlassRecord = {
  ...{ id: '8f14e45f-ceea-467f-a9b1-0d6b6f9c2c11', clinic: 'cedar', date, visitId: 'ina', uid: sam.uid },
  ...{ name: 'Sam Sees', openedAt: at(8), expiresAt: at(9), endedAt: at(8, 20), reasonCode: 'other' },
  ...{ reason: 'Collapsed in the lobby', reviewDueAt: at(17), isOverdue: false, review: null },
};
const own: GlassRecord = { ...glass, id: glass.id.replace('8f', '9f'), uid: 'robin', name: 'Robin Achebe' };
const use = {
  rows: [
    { ts: at(8), sub: 'breakglass', act: 'E', out: 0, why: 'other', fields: [] },
    { ts: at(8, 1), sub: 'vread', act: 'R', out: 0, what: 'visit.history', fields: [] },
    { ts: at(8, 2), sub: 'update', act: 'U', out: 4, cmd: 'markRoomClean', why: 'room_empty', fields: [] },
  ],
  ...{ isCut: false, sealedThrough: at(9) },
};

const rowOf = ({ uid, kind, name, roles, clinics, changedAt }: Account, lastSignInAt: number | null) => ({
  ...{ uid, kind, name, roles, clinics, changedAt, lastSignInAt, isDormant: lastSignInAt === null },
});
const reviewed = {
  ...{ number: 1, openedAt: at(1), dueAt: at(2), reviewedBy: sam.uid, reviewedAt: at(3) },
  ...{ outcome: 'corrected', accounts: 7, escalatedAt: at(2) },
};
const open = {
  ...{ number: 2, openedAt: at(3), dueAt: at(7), reviewedBy: null, reviewedAt: null },
  ...{ outcome: null, accounts: null, escalatedAt: null },
};

type Sent = { path: string; body: unknown };
type Place = { server: FakeServer; sent: Sent[]; asked: string[]; alerts: Alert[]; isAway: boolean };

/** The fake board server with what must be watched over beside it. */
function place(role: Role): Place {
  const server = ehrBoard('robin');
  const board = server.fetch;
  const here: Place = { server, sent: [], asked: [], alerts: [namesake, settled, critical], isAway: false };
  let reviews: unknown[] = [open, reviewed];
  const attested = { reviewedBy: 'robin', reviewedAt: at(10), outcome: 'corrected', accounts: 1 };
  let people = [rowOf(sam, null), rowOf(admin, at(5))];
  const json = (body: unknown) => new Response(JSON.stringify(body), { status: 200 });
  const answers: [RegExp, (url: URL, body: Record<string, unknown> | null) => unknown][] = [
    [/^\/alerts$/, ({ searchParams }) => ({ now: at(10), alerts: ofState(here.alerts, searchParams) })],
    [
      /^\/alerts\/.*\/review$/,
      (_, body) => {
        here.alerts = here.alerts.filter(({ id }) => id !== critical.id);
        return { ...critical, review: { by: 'robin', at: at(10), outcome: body?.outcome } };
      },
    ],
    [/break-glass$/, () => ({ records: [glass, own], listed: [] })],
    [/break-glass\/.*\/use$/, () => use],
    [/access-reviews$/, () => ({ now: at(10), reviews, inForce: {} })],
    [
      /access-reviews\/in-force$/,
      () => ({ now: at(10), digest: `sha256:${people.length}`, accounts: people }),
    ],
    [/^\/accounts$/, () => ({ accounts: [sam], clinics: [{ id: 'cedar', name: 'Cedar Hollow' }] })],
    [
      /^\/accounts\/.*\/deactivate$/,
      () => {
        people = people.filter(({ uid }) => uid !== sam.uid);
        return { account: { ...sam, state: 'deactivated' } };
      },
    ],
    [/audit\/people$/, () => ({ people: [{ uid: sam.uid, name: 'Sam Sees' }] })],
    [/audit\/reveals$/, () => ({ records: [] })],
    [
      /access-reviews\/2$/,
      () => {
        reviews = [{ ...open, number: 3 }, { ...open, ...attested }, reviewed];
        return null;
      },
    ],
    [/review$/, () => null],
  ];
  server.fetch = async (input, init) => {
    const url = new URL(String(input), 'http://fake');
    const path = url.pathname.replace('/api/v1', '');
    if (path === '/session') {
      const session = (await (await board(input, init)).json()) as { roles: Role[] };
      return json({ ...session, roles: [role], ...(role === 'admin' ? { clinics: [] } : {}) });
    }
    const [, answer] = path === '/break-glass' ? [] : (answers.find(([shape]) => shape.test(path)) ?? []);
    if (!answer) return board(input, init);
    if (here.isAway) throw new TypeError('fetch failed');
    const body = init?.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : null;
    here.asked.push(`${init?.method ?? 'GET'} ${path}`);
    if (body) here.sent.push({ path, body });
    const answered = answer(url, body);
    return answered === null ? new Response(null, { status: 204 }) : json(answered);
  };
  return here;
}

const ofState = (alerts: readonly Alert[], query: URLSearchParams): Alert[] => {
  const state = query.get('state');
  return alerts.filter(({ review }) => state === 'all' || (review === null) === (state === 'open'));
};

const openTab = async (name: string) => fireEvent.click(await screen.findByRole('tab', { name }));
const namesOf = (list: HTMLElement): (string | null)[] =>
  within(list)
    .getAllByRole('listitem')
    .map(({ firstElementChild }) => firstElementChild?.firstElementChild?.textContent ?? null);

async function choose(dialog: HTMLElement, label: string, option: string): Promise<void> {
  fireEvent.click(within(dialog).getByRole('combobox', { name: label }));
  fireEvent.click(await screen.findByRole('option', { name: option }));
}

test('[H-13] a manager reads open alerts in words, the gravest first, and settles one; what is settled is no longer open', async () => {
  const here = place('manager');
  renderBoard(here.server, 'oversight');
  const list = await screen.findByRole('list', { name: 'Alerts' });
  expect(namesOf(list)).toEqual([
    'Somebody tried an address that nothing of ours leads to',
    'Somebody opened the record of a patient with their own surname',
  ]);
  const [first, second] = within(list).getAllByRole('listitem');
  expect(first?.textContent).toContain(
    `${moment(at(9))} · Whole installation · from 203.0.113.7 · counted 3 · the network address is kept out for a day · to be looked at by ${moment(at(9, 30))} · rule HT-2R`,
  );
  expect(first?.textContent).toContain('CriticalOverdue');
  await waitFor(() => expect(second?.textContent).toContain('Cedar Hollow Family Medicine · Sam Sees'));
  expect(second?.textContent).not.toContain('Overdue');
  fireEvent.click(
    screen.getByRole('button', { name: 'Settle: Somebody tried an address that nothing of ours leads to' }),
  );
  const dialog = await screen.findByRole('dialog', { name: 'What did it turn out to be?' });
  expect(within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Settle' }).disabled).toBe(true);
  await choose(dialog, 'Finding', 'Nothing wrong');
  await within(dialog).findByText('Whoever was kept out because of it is let in again.');
  fireEvent.click(within(dialog).getByRole('button', { name: 'Settle' }));
  await waitFor(() => expect(within(list).getAllByRole('listitem')).toHaveLength(1));
  expect(here.sent).toEqual([
    { path: `/alerts/${critical.id}/review`, body: { clinic: null, outcome: 'benign' } },
  ]);
});

test('[H-13] settled alerts say who settled them and as what; an id without a name is shown as an id', async () => {
  const here = place('manager');
  renderBoard(here.server, 'oversight');
  await screen.findByRole('list', { name: 'Alerts' });
  fireEvent.click(screen.getByRole('combobox', { name: 'Which alerts' }));
  fireEvent.click(await screen.findByRole('option', { name: 'Settled' }));
  const row = await screen.findByText(
    'Somebody asks for clinics that are not theirs, or for what is not there',
  );
  const text = row.closest('li')?.textContent;
  expect(text).toContain(`account ${uidOf(99)}`);
  expect(text).toContain(`Settled by Sam Sees, ${moment(at(9, 40))}`);
  expect(text).toContain('Training needed');
  expect(screen.queryByRole('button', { name: /^Settle/ })).toBeNull();
});

test('what could not be read again is not passed off as new', async () => {
  const here = place('manager');
  renderBoard(here.server, 'oversight');
  await screen.findByText(/^As of /);
  here.isAway = true;
  fireEvent.click(screen.getByRole('button', { name: 'Look again: Alerts' }));
  await screen.findByText(/^Not up to date: this is what was there on /);
  expect(screen.queryByText(/^As of /)).toBeNull();
  expect(screen.getByRole('alert').textContent).toContain('The server cannot be reached.');
  // Another question is not answered with what was there for the former one.
  fireEvent.click(screen.getByRole('combobox', { name: 'Which alerts' }));
  fireEvent.click(await screen.findByRole('option', { name: 'All' }));
  await waitFor(() => expect(screen.queryByRole('list', { name: 'Alerts' })).toBeNull());
  here.isAway = false;
  fireEvent.click(screen.getByRole('button', { name: 'Look again: Alerts' }));
  await screen.findByText(/^As of /);
  expect(within(screen.getByRole('list', { name: 'Alerts' })).getAllByRole('listitem')).toHaveLength(3);
});

test('no alert is said in words', async () => {
  const here = place('admin');
  here.alerts = [];
  renderBoard(here.server, 'oversight');
  await screen.findByText('No open alert.');
  // Who has no clinic has the installation's alerts and no part of a clinic.
  expect(screen.getAllByRole('tab').map(({ textContent }) => textContent)).toEqual(['Alerts']);
});

test('[authz] an auditor sees ids and settles nothing; names come when asked for', async () => {
  const here = place('auditor');
  renderBoard(here.server, 'oversight');
  const list = await screen.findByRole('list', { name: 'Alerts' });
  expect(list.textContent).toContain(`account ${sam.uid}`);
  expect(screen.queryByRole('button', { name: /^Settle/ })).toBeNull();
  expect(here.asked).toEqual(['GET /alerts']);
  fireEvent.click(screen.getByRole('button', { name: 'Show names of accounts' }));
  await waitFor(() => expect(list.textContent).toContain('Sam Sees'));
  expect(screen.getAllByRole('tab').map(({ textContent }) => textContent)).toEqual([
    ...['Alerts', 'Emergency access', 'Identities revealed'],
  ]);
});

test('[H-03] [ONC-d-6] an emergency access is judged after a look at what was done with it, and never one’s own', async () => {
  const here = place('manager');
  renderBoard(here.server, 'oversight');
  await openTab('Emergency access');
  const list = await screen.findByRole('list', { name: 'Emergency accesses' });
  expect(list.textContent).toContain(`Judge by ${moment(at(17))}`);
  expect(screen.queryByRole('button', { name: 'Judge the access of Robin Achebe' })).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'Judge the access of Sam Sees' }));
  const dialog = await screen.findByRole('dialog', { name: 'Judge the access of Sam Sees' });
  const acts = await within(dialog).findByRole('region', { name: 'What was done with it' });
  expect(
    within(acts)
      .getAllByRole('listitem')
      .map(({ lastChild }) => lastChild?.textContent?.trim()),
  ).toEqual([
    'Opened the access',
    'Opened the history of the visit',
    'Mark a room clean: refused (room_empty)',
  ]);
  const link = within(dialog).getByRole('link', { name: 'The visit on the board of that day' });
  expect(link.getAttribute('href')).toBe(`/?clinic=cedar&date=${date}&visit=ina`);
  const keep = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Keep' });
  await choose(dialog, 'Judgement', 'Justified');
  fireEvent.change(within(dialog).getByLabelText('Why'), { target: { value: 'too short' } });
  expect(keep.disabled).toBe(true);
  fireEvent.change(within(dialog).getByLabelText('Why'), {
    target: { value: 'The log of the day says the same' },
  });
  fireEvent.click(keep);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(here.sent).toEqual([
    {
      path: `/clinics/cedar/break-glass/${glass.id}/review`,
      body: { outcome: 'justified', comment: 'The log of the day says the same' },
    },
  ]);
});

test('[authz] an auditor reads an emergency access and what was done with it, and judges nothing', async () => {
  const here = place('auditor');
  renderBoard(here.server, 'oversight');
  await openTab('Emergency access');
  fireEvent.click(await screen.findByRole('button', { name: /^What was done: Sam Sees/ }));
  const dialog = await screen.findByRole('dialog', { name: 'The access of Sam Sees' });
  await within(dialog).findByText(/Opened the history of the visit/);
  expect(within(dialog).queryByRole('link')).toBeNull();
  expect(within(dialog).queryByRole('combobox')).toBeNull();
  expect(screen.queryByRole('button', { name: /^Judge/ })).toBeNull();
});

test('[H-15] the review of access: each account kept, changed or removed, then attested for what was looked at', async () => {
  const here = place('manager');
  renderBoard(here.server, 'oversight');
  await openTab('Review of access');
  const list = await screen.findByRole('list', { name: 'Access in force' });
  expect(list.textContent).toContain('Nurse · Cedar Hollow · no sign-in in 90 days');
  expect(list.textContent).toContain(`Administrator · whole installation · last sign-in`);
  await screen.findByText(`Overdue since ${moment(at(7))}`);
  const attest = screen.getByRole<HTMLButtonElement>('button', { name: 'Attest the review' });
  expect(attest.disabled).toBe(true);
  // A manager changes nothing of who runs the installation, and looks at it all the same.
  expect(screen.queryByRole('button', { name: 'Remove Ada Admin' })).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'Keep Ada Admin' }));
  await screen.findByText('1 of 2 accounts kept');
  fireEvent.click(await screen.findByRole('button', { name: 'Remove Sam Sees' }));
  const removing = await screen.findByRole('dialog', { name: 'Remove the access of Sam Sees?' });
  fireEvent.change(within(removing).getByLabelText('Reason'), { target: { value: 'Left in spring' } });
  fireEvent.click(within(removing).getByRole('button', { name: 'Remove' }));
  await screen.findByText('1 of 1 account kept');
  await waitFor(() => expect(attest.disabled).toBe(false));
  fireEvent.click(attest);
  const dialog = await screen.findByRole('dialog', { name: 'Attest the review' });
  expect(within(dialog).getByRole<HTMLInputElement>('combobox').value).toBe('Corrected');
  fireEvent.click(within(dialog).getByRole('button', { name: 'Attest' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(here.sent).toEqual([
    { path: `/accounts/${sam.uid}/deactivate`, body: { version: 3, reason: 'Left in spring' } },
    { path: '/clinics/cedar/access-reviews/2', body: { outcome: 'corrected', digest: 'sha256:1' } },
  ]);
  // The next review begins with nothing kept.
  await screen.findByText('0 of 1 account kept');
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Attest the review' }).disabled).toBe(true);
  const former = screen.getByRole('list', { name: 'Former reviews' });
  expect(former.textContent).toContain(`${moment(at(3))} by Sam Sees · 7 accounts in force`);
  expect(former.textContent).toContain('CorrectedWas late');
});

test('[H-13] the menu of the board says how many alerts wait, and says nothing when that is not known', async () => {
  const here = place('manager');
  renderBoard(here.server, '');
  fireEvent.click(
    await screen.findByRole('button', { name: /^User menu: Robin Achebe, .*, 2 open alerts$/ }),
  );
  const item = await screen.findByRole('menuitem', { name: 'Oversight · 2 open alerts' });
  expect(item.getAttribute('href')).toBe('/oversight');
  cleanup();
  const { server } = place('manager');
  const known = server.fetch;
  server.fetch = async (input, init) => {
    if (String(input).includes('/alerts')) throw new TypeError('fetch failed');
    return known(input, init);
  };
  renderBoard(server, '');
  fireEvent.click(await screen.findByRole('button', { name: /^User menu: Robin Achebe, Manager$/ }));
  expect(await screen.findByRole('menuitem', { name: 'Oversight' })).toBeTruthy();
});

test('[authz] the board of the desk asks for no alerts', async () => {
  const here = place('front-desk');
  renderBoard(here.server, '');
  await screen.findByRole('main', { name: 'Board' });
  expect(here.asked).toEqual([]);
});

test('[authz] the desk has no such page, and nothing of it is asked for', async () => {
  const here = place('front-desk');
  renderBoard(here.server, 'oversight');
  await screen.findByRole('heading', { level: 1 });
  expect(screen.queryByRole('heading', { name: 'Oversight' })).toBeNull();
  expect(here.asked).toEqual([]);
});
