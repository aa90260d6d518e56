import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import type { AuditReportRow, Role } from '@workflow-bolt/contracts';
import { afterEach, expect, test, vi } from 'vitest';
import { ehrBoard } from '../../dev/ehr-board.ts';
import type { FakeServer } from '../../dev/fake-server.ts';
import { renderBoard } from '../../dev/render-board.tsx';
import { at, date } from '../../dev/small-board.ts';

// Roles are looked for in a table of hundreds of cells.
vi.setConfig({ testTimeout: 90_000 });
afterEach(cleanup);

function rowOf(leaf: number, uid: string, patient: string | null): AuditReportRow {
  return {
    leaf,
    log: 'clinic',
    event: {
      ...{ v: 1, id: `board:${date}/${at(9)}-${leaf}`, ts: at(9) + leaf, sat: at(9), src: `board:${date}` },
      ...{ sn: leaf + 1, cid: 'cedar', type: 'rest', sub: 'vread', act: 'R', out: 0 },
      agent: { uid, kind: 'human', role: 'nurse', sid: 'a1b2' },
      ...(patient ? { pat: [patient] } : {}),
    },
  };
}
const manyRows = Array.from({ length: 60 }, (_, i) =>
  rowOf(i, i === 0 ? 'sam' : 'nora', i === 0 ? 'pk-7' : null),
);
const people = [
  {
    ...{ uid: 'sam', name: 'Sam Sees', roles: ['nurse'], state: 'active', createdAt: at(1) },
    ...{ lastSignInAt: null, isDormant: true },
  },
];

/** The fake board server with a record beside it. */
function recordServer(role: Role): { server: FakeServer; asked: string[]; sent: unknown[] } {
  const server = ehrBoard('robin');
  const board = server.fetch;
  const asked: string[] = [];
  const sent: unknown[] = [];
  const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
  const answers: [RegExp, (url: URL) => unknown][] = [
    [/audit\/people$/, () => ({ people })],
    [
      /audit\/reports\//,
      ({ searchParams }) => {
        const rows = searchParams.get('order') === 'asc' ? manyRows.toReversed() : manyRows;
        return { report: 'activity', rows: searchParams.get('patient') === 'nobody' ? [] : rows };
      },
    ],
    [
      /audit\/patients\/pk-7$/,
      () => ({
        patient: 'pk-7',
        sealedThrough: at(10),
        rows: [{ uid: 'sam', role: 'nurse', how: 'record', date, firstAt: at(9), lastAt: at(9) }],
      }),
    ],
    [
      /audit\/reveals$/,
      () => ({ id: '1', revealed: [{ patient: 'pk-7', fullName: 'Zz Hidden', dob: '1980-05-17', date }] }),
    ],
  ];
  server.fetch = async (input, init) => {
    const url = new URL(String(input), 'http://fake');
    const path = url.pathname.replace('/api/v1', '');
    if (path === '/session') {
      const session = (await (await board(input, init)).json()) as { roles: Role[] };
      return json({ ...session, roles: [role] });
    }
    const [, answer] = answers.find(([shape]) => shape.test(path)) ?? [];
    if (!answer) return board(input, init);
    asked.push(`${init?.method ?? 'GET'} ${path}`);
    if (init?.body) sent.push(JSON.parse(String(init.body)));
    return json(answer(url));
  };
  return { server, asked, sent };
}

test('[H-06] an auditor begins with the record: who did what, patients by key, page by page', async () => {
  const { server } = recordServer('auditor');
  renderBoard(server, '');
  const table = await screen.findByRole('table', { name: 'Everything: 60 entries' });
  expect(within(table).getAllByRole('row')).toHaveLength(51);
  expect(table.textContent).toContain('Sam Sees');
  expect(table.textContent).toContain('pk-7');
  fireEvent.click(screen.getByRole('button', { name: 'Next' }));
  await screen.findByText('Page 2 of 2');
  expect(within(table).getAllByRole('row')).toHaveLength(11);
  expect(screen.queryByRole('link', { name: 'Board' })).toBeNull();
});

test('[ONC-d-3] every head puts the entries in its order, and once more the other way', async () => {
  const { server, asked } = recordServer('auditor');
  renderBoard(server, 'audit');
  await screen.findByRole('table', { name: 'Everything: 60 entries' });
  const head = (name: string) => screen.getByRole('columnheader', { name });
  expect(head('When').getAttribute('aria-sort')).toBe('descending');
  fireEvent.click(within(head('When')).getByRole('button'));
  await waitFor(() => expect(head('When').getAttribute('aria-sort')).toBe('ascending'));
  await waitFor(() =>
    expect(asked.filter((each) => each.includes('reports'))).toEqual([
      'GET /clinics/cedar/audit/reports/activity',
      'GET /clinics/cedar/audit/reports/activity',
    ]),
  );
  const heads = screen
    .getAllByRole('columnheader')
    .map(({ textContent }) => textContent?.replace(/ [↑↓]/, ''));
  expect(heads).toEqual([
    ...['When', 'Who', 'Role', 'What', 'Act', 'Outcome', 'Code', 'Patient', 'Record'],
    ...['Workstation', 'Network', 'Session', 'Request'],
  ]);
});

test('[privacy] from a key to who opened the record, and with a reason to the name, which can be hidden again', async () => {
  const { server, sent } = recordServer('auditor');
  renderBoard(server, 'audit');
  fireEvent.click(await screen.findByRole('button', { name: 'Who opened pk-7' }));
  const opened = await screen.findByRole('table', { name: 'Who opened pk-7 within a year' });
  expect(opened.textContent).toContain('Sam Sees');
  expect(document.body.textContent).not.toContain('Zz Hidden');
  fireEvent.click(screen.getByRole('button', { name: 'Who is this?' }));
  const dialog = await screen.findByRole('dialog', { name: 'Who is this?' });
  const submit = within(dialog).getByRole('button', { name: 'Show names' });
  fireEvent.click(within(dialog).getByRole('combobox', { name: 'Reason' }));
  fireEvent.click(await screen.findByRole('option', { name: 'A complaint' }));
  const why = within(dialog).getByLabelText('Why is it needed?');
  fireEvent.change(why, { target: { value: 'too short' } });
  expect(submit.hasAttribute('disabled')).toBe(true);
  fireEvent.change(why, { target: { value: 'The patient complained on paper.' } });
  fireEvent.click(submit);
  const names = await screen.findByRole('region', { name: 'Names' });
  expect(names.textContent).toContain('pk-7: Zz Hidden, born 1980-05-17');
  expect(sent).toEqual([
    { patients: ['pk-7'], reasonCode: 'complaint', reason: 'The patient complained on paper.' },
  ]);
  fireEvent.click(within(names).getByRole('button', { name: 'Hide names' }));
  await waitFor(() => expect(document.body.textContent).not.toContain('Zz Hidden'));
});

test('accounts: who has not signed in for 90 days', async () => {
  const { server } = recordServer('auditor');
  renderBoard(server, 'audit');
  fireEvent.click(await screen.findByRole('tab', { name: 'Accounts' }));
  const table = await screen.findByRole('table', { name: 'Accounts of the clinic' });
  expect(table.textContent).toContain('Dormant');
  expect(table.textContent).toContain('None in 90 days');
});

test.each<Role>(['manager', 'front-desk'])('[authz] %s has no such page', async (role) => {
  const { server, asked } = recordServer(role);
  renderBoard(server, 'audit');
  expect(await screen.findByRole('heading', { name: 'Not one of your pages' })).toBeTruthy();
  expect(asked).toEqual([]);
});
