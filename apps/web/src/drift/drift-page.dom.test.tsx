import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import type { DriftResponse, Role } from '@workflow-bolt/contracts';
import { afterEach, expect, test, vi } from 'vitest';
import { ehrBoard } from '../../dev/ehr-board.ts';
import type { FakeServer } from '../../dev/fake-server.ts';
import { renderBoard } from '../../dev/render-board.tsx';
import { at, date } from '../../dev/small-board.ts';
import { driftSummary } from './drift-report.tsx';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const report: NonNullable<DriftResponse['report']> = {
  ...{ at: at(9, 10), trigger: 'timer', seq: 9, compared: 7, drifted: 2, quarantined: 1, omitted: 0 },
  rows: [
    {
      ...{ kind: 'both', visitId: 'wim', appointmentId: '41', startAt: at(9), status: 'arrived' },
      ...{ ehrStatus: 'Scheduled', name: 'Wim Wait' },
      differences: [
        {
          field: 'status',
          ours: 'CheckedIn',
          theirs: 'Scheduled',
          agreed: 'Scheduled',
          side: 'ours',
          advice: 'wait',
        },
      ],
    },
    {
      ...{ kind: 'ehr-only', visitId: null, appointmentId: '77', startAt: at(10), status: null },
      ...{ ehrStatus: 'Scheduled', name: null },
      differences: [
        { field: 'removal', ours: 'none', theirs: 'listed', side: 'theirs', advice: 'read-again' },
      ],
    },
  ],
};

/** The fake board server with a comparison beside it; each `told` is what it answers from then on. */
function driftServer(
  role: Role,
  told: DriftResponse,
): { server: FakeServer; asked: string[]; tell: (next: DriftResponse) => void } {
  const server = ehrBoard('robin');
  const board = server.fetch;
  const asked: string[] = [];
  let present = told;
  const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
  server.fetch = async (input, init) => {
    const path = new URL(String(input), 'http://fake').pathname.replace('/api/v1', '');
    if (path === '/session') {
      const session = (await (await board(input, init)).json()) as { roles: Role[] };
      return json({ ...session, roles: [role] });
    }
    if (!/\/(?:drift|reconcile|print)$/.test(path)) return board(input, init);
    asked.push(`${init?.method ?? 'GET'} ${path}`);
    if (path.endsWith('/print'))
      return json({ printedBy: 'Robin', at: at(9, 30), patients: 2, reference: 'rid-1' });
    return path.endsWith('/drift') ? json(present) : json({ jobId: '1' }, 202);
  };
  return { server, asked, tell: (next) => (present = next) };
}

const answer = (over: Partial<DriftResponse>): DriftResponse => ({
  clinic: 'cedar',
  date,
  report: null,
  failure: null,
  ...over,
});

test('[I9] the desk reads the report once, prints it, and asks for a new one; it is read again only until that is there', async () => {
  const { server, asked, tell } = driftServer('front-desk', answer({ report }));
  const print = vi.spyOn(window, 'print').mockImplementation(() => {});
  renderBoard(server, `drift?clinic=cedar&date=${date}`);
  const table = await screen.findByRole('table', { name: 'Differences' });
  const cells = [...table.querySelectorAll('td')].map(({ textContent }) => textContent);
  expect(cells).toEqual([
    ...['Wim Wait', 'Status', 'Checked in', 'Scheduled', 'Scheduled', 'Wait: it is on its way to the EHR.'],
    ...['Appointment 77', 'Appointment', 'none', 'listed', 'Not known', 'Read the schedule again.'],
  ]);
  fireEvent.click(screen.getByRole('button', { name: 'Print' }));
  await waitFor(() => expect(print).toHaveBeenCalledTimes(1));
  expect(asked).toEqual([`GET /boards/cedar/${date}/drift`, `POST /boards/cedar/${date}/print`]);
  expect(document.querySelector('.print-mark')?.textContent).toMatch(
    /^Printed by Robin, .* 2 patients · rid-1$/,
  );
  tell(answer({ report: { ...report, at: at(9, 20), drifted: 0, quarantined: 0, rows: [] } }));
  fireEvent.click(screen.getByRole('button', { name: 'Compare now' }));
  await screen.findByText(/7 visits compared, no difference\./);
  await waitFor(() => expect(screen.queryByText(/its report appears here/)).toBeNull());
  const reads = asked.filter((each) => each.startsWith('GET')).length;
  expect(asked.filter((each) => each.endsWith('/reconcile'))).toEqual([
    `POST /boards/cedar/${date}/reconcile`,
  ]);
  expect(reads).toBeGreaterThanOrEqual(2);
});

test('when no worker answers within two minutes the page says so, and asks again when told to', async () => {
  const { server, asked, tell } = driftServer('front-desk', answer({ report }));
  renderBoard(server, `drift?clinic=cedar&date=${date}`);
  await screen.findByRole('table', { name: 'Differences' });
  fireEvent.click(screen.getByRole('button', { name: 'Compare now' }));
  await screen.findByText(/its report appears here/);
  const later = Date.now() + 121_000;
  vi.spyOn(Date, 'now').mockImplementation(() => later);
  const note = await screen.findByRole('alert', {}, { timeout: 30_000 });
  expect(note.textContent).toMatch(/^No comparison within two minutes: no worker has answered\./);
  expect(screen.queryByText(/its report appears here/)).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByText(/its report appears here/);
  expect(screen.queryByRole('alert')).toBeNull();
  expect(asked.filter((each) => each.startsWith('POST'))).toHaveLength(2);
  tell(answer({ report: { ...report, at: at(9, 30), drifted: 0, quarantined: 0, rows: [] } }));
  await screen.findByText(/7 visits compared, no difference\./, {}, { timeout: 30_000 });
}, 90_000);

test('a day without a report says so, and why the last attempt has none', async () => {
  const { server } = driftServer('manager', answer({ failure: { at: at(9), code: 'service-down' } }));
  renderBoard(server, `drift?clinic=cedar&date=${date}`);
  await screen.findByText('This day has not been compared yet.');
  await screen.findByText(/has no report: service down\./);
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Print' }).disabled).toBe(true);
});

test('[authz] who may not read it is told that it is not theirs', async () => {
  const { server, asked } = driftServer('medical-assistant', answer({ report }));
  renderBoard(server, `drift?clinic=cedar&date=${date}`);
  expect(await screen.findByRole('heading', { name: 'Not one of your pages' })).toBeTruthy();
  expect(asked).toEqual([]);
});

test('the summary counts what is shown and what is not', () => {
  const text = driftSummary({ ...report, omitted: 3 });
  expect(text).toMatch(
    /: 7 visits compared, 2 visits with a difference\. 1 row of the EHR could not be read\. 3 visits not shown\.$/,
  );
});
