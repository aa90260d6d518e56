import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import type { Breaker, BreakerChange, DriftResponse, Role, WriteBackState } from '@workflow-bolt/contracts';
import { afterEach, expect, test } from 'vitest';
import { ehrBoard } from '../../dev/ehr-board.ts';
import type { FakeServer } from '../../dev/fake-server.ts';
import { renderBoard } from '../../dev/render-board.tsx';
import { at, date } from '../../dev/small-board.ts';
import { breakerChangeWords, breakerFace } from './breaker-words.ts';
import { driftCells } from './drift-words.ts';
import { modeLines, offeredModes } from './write-back-words.ts';

afterEach(cleanup);

const account = '0123456789abcdef';
const closed: Breaker = {
  ...{ lane: 'reads', state: 'closed', since: null, till: null, why: '', by: '', opens: 0, permits: 0 },
  ...{ calls: 12, failed: 1, slow: 0 },
};
const open: Breaker = { ...closed, lane: 'writes', state: 'open', since: at(9), till: at(9, 1), why: 'slow' };
const turned: BreakerChange = {
  ...{ at: at(9), lane: 'writes', from: 'closed', to: 'open', why: 'slow', by: '', till: null },
};
const drift: DriftResponse = {
  ...{ clinic: 'cedar', date, failure: null },
  report: {
    ...{ at: at(9, 10), trigger: 'timer', seq: 9, compared: 7, drifted: 1, quarantined: 0, omitted: 0 },
    rows: [
      {
        ...{ kind: 'both', visitId: 'wim', appointmentId: 'wim', startAt: at(9), status: 'arrived' },
        ...{ ehrStatus: 'Scheduled', name: 'Wim Wait' },
        differences: [
          { field: 'status', ours: 'CheckedIn', theirs: 'Scheduled', side: 'ours', advice: 'wait' },
          { field: 'start', ours: at(9), theirs: at(9, 30), side: 'theirs', advice: 'look', agreed: at(9) },
        ],
      },
    ],
  },
};

const writing: WriteBackState = {
  ...{ clinic: 'cedar', mode: 'dry-run', allowed: 'dry-run' },
  setting: { mode: 'on', reason: 'ticket-9', by: 'robin', at: at(8) },
  days: [{ date, inSync: 3, waiting: 2, failed: 1, conflict: 1, off: 0 }],
};

type Sent = { path: string; body: unknown };

/** The fake board server, with the link to the EHR beside it; `sent` is what was asked of the link. */
function linkServer(role: Role): { server: FakeServer; sent: Sent[] } {
  const server = ehrBoard('robin');
  const sent: Sent[] = [];
  const board = server.fetch;
  const json = (body: unknown) => new Response(JSON.stringify(body), { status: 200 });
  server.fetch = async (input, init) => {
    const path = new URL(String(input), 'http://fake').pathname.replace('/api/v1', '');
    if (path === '/session') {
      const session = (await (await board(input, init)).json()) as { roles: Role[] };
      return json({ ...session, roles: [role], ...(role === 'admin' ? { clinics: [] } : {}) });
    }
    if (path === '/ehr-link')
      return json({ accounts: [{ account, breakers: [closed, open], history: [turned] }] });
    if (path.endsWith('/drift')) return json(drift);
    if (path.endsWith('/write-back') && init?.method !== 'POST') return json(writing);
    const answers = { breaker: open, reconcile: { jobId: '1' }, 'write-back': writing };
    const answer = Object.entries(answers).find(([end]) => path.endsWith(`/${end}`))?.[1];
    if (answer === undefined) return board(input, init);
    sent.push({ path, body: JSON.parse(String(init?.body)) });
    return json(answer);
  };
  return { server, sent };
}

function openPage(server: FakeServer): void {
  renderBoard(server, 'ehr-link');
}

test('An administrator sees the breakers and stops one with a reason and for a time; a sentence is no reason', async () => {
  const { server, sent } = linkServer('admin');
  openPage(server);
  const rows = await screen.findByRole('list', { name: `Breakers of account ${account}` });
  expect(rows.textContent).toContain('Resting: the EHR fails');
  expect((await screen.findByRole('list', { name: 'When it turned' })).textContent).toContain(
    'Writing: Working → Resting: the EHR fails (too many calls were slow)',
  );
  fireEvent.click(within(rows).getByRole('button', { name: 'Stop: reading' }));
  const dialog = await screen.findByRole('dialog', { name: 'Stop: reading' });
  const submit = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Stop it' });
  const reason = within(dialog).getByLabelText('Reason');
  fireEvent.change(reason, { target: { value: 'the vendor called' } });
  expect(submit.disabled).toBe(true);
  fireEvent.change(reason, { target: { value: 'vendor-maintenance' } });
  fireEvent.click(submit);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent).toEqual([
    {
      path: `/ehr-link/${account}/breaker`,
      body: { lane: 'reads', action: 'open', reason: 'vendor-maintenance', minutes: 60 },
    },
  ]);
  expect(screen.queryByRole('region', { name: /Not written back today/ })).toBeNull();
});

test('A manager sees counts and visits, tries again, decides, and compares; the breakers are not theirs', async () => {
  const { server, sent } = linkServer('manager');
  openPage(server);
  const visits = await screen.findByRole('region', { name: /Not written back today/ });
  const list = await within(visits).findByRole('list', { name: 'Not written back' });
  const counts = [...visits.querySelectorAll('dd')].slice(0, 4).map(({ textContent }) => textContent);
  expect(counts).toEqual(['3', '2', '1', '1']);
  const visitOf = (id: string) => {
    const d = server.state.get(`v:${id}`)?.d;
    return d?.type === 'visit' ? d : null;
  };
  fireEvent.click(within(list).getByRole('button', { name: 'Try again: Fay Failed' }));
  await waitFor(() => expect(visitOf('fay')?.ehrWrite?.failed).toBeNull());
  const panel = within(list).getByRole('region', { name: 'EHR conflict: Cora Conflict' });
  fireEvent.click(within(panel).getByRole('button', { name: 'Keep mine' }));
  await waitFor(() => expect(visitOf('cora')?.conflict).toBeNull());
  const table = await screen.findByRole('table', { name: 'Differences' });
  expect([...table.querySelectorAll('td')].slice(0, 6).map(({ textContent }) => textContent)).toEqual([
    ...['Wim Wait', 'Status', 'Checked in', 'Scheduled', 'Not known', 'Wait: it is on its way to the EHR.'],
  ]);
  fireEvent.click(screen.getByRole('button', { name: 'Compare now' }));
  await screen.findByText('The comparison was asked for; its report appears here.');
  expect(sent.map(({ path }) => path)).toEqual([`/boards/cedar/${date}/reconcile`]);
  expect(screen.queryByRole('region', { name: 'Circuit breakers' })).toBeNull();
});

test('A manager stops writing with a reason; what the clinic’s file does not allow is not offered', async () => {
  const { server, sent } = linkServer('manager');
  openPage(server);
  const part = await screen.findByRole('region', { name: /Write-back to the EHR/ });
  const days = await within(part).findByRole('table', { name: 'Write-back by day' });
  const cells = [...days.querySelectorAll('td')].map(({ textContent }) => textContent);
  expect(cells).toEqual(['Wed, Mar 4', '3', '2', '1', '1', '0']);
  expect(within(part).queryByRole('button', { name: 'On' })).toBeNull();
  fireEvent.click(within(part).getByRole('button', { name: 'Stop writing' }));
  const dialog = await screen.findByRole('dialog', { name: 'Write-back: off' });
  fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'wrong-status' } });
  fireEvent.click(within(dialog).getByRole('button', { name: 'Stop writing' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent).toEqual([
    { path: '/clinics/cedar/write-back', body: { mode: 'off', reason: 'wrong-status' } },
  ]);
});

test('the mode in words: what is in force, who switched it, and how far the file lets it go', () => {
  const lines = modeLines(writing);
  expect([lines[0], lines[2]]).toEqual([
    'It reads, compares and shows what it would write, and writes nothing.',
    'The clinic’s file allows “Dry run” at most.',
  ]);
  expect(lines[1]).toMatch(/^Switched to “On” .+ by robin: ticket-9\.$/);
  expect(modeLines({ ...writing, mode: 'on', allowed: 'on', setting: null })).toEqual([
    'Each step on the board is written to the EHR.',
    'As the clinic’s file says; nobody has switched it.',
  ]);
  const offered = (mode: WriteBackState['mode'], allowed: WriteBackState['mode']) =>
    offeredModes({ ...writing, mode, allowed });
  expect([offered('off', 'off'), offered('off', 'on'), offered('on', 'on')]).toEqual([
    [],
    ['dry-run', 'on'],
    ['off', 'dry-run'],
  ]);
});

test('Who neither manages nor administers is told that it is not theirs', async () => {
  const { server } = linkServer('front-desk');
  openPage(server);
  expect(await screen.findByRole('heading', { name: 'Not one of your pages' })).toBeTruthy();
});

test('each state of a breaker, and each way it turned, in words', () => {
  expect(breakerFace(closed)).toEqual({
    ...{ name: 'Reading', tone: 'calm', state: 'Working', isForced: false },
    lines: ['Of the last 12 calls, 1 failed and 0 were slow.'],
  });
  const forced: Breaker = { ...open, state: 'forced_open', till: null, why: 'ticket-7', by: 'ada', calls: 0 };
  const { tone, isForced, lines } = breakerFace(forced);
  expect([tone, isForced, lines[1]]).toEqual(['red', true, 'Until somebody gives it back.']);
  expect(lines[0]).toMatch(/^Since .+: ticket-7, by ada\.$/);
  expect(breakerChangeWords({ ...turned, to: 'forced_closed', why: 'ticket-7', by: 'ada' })).toBe(
    'Writing: Working → Kept on by hand (ticket-7, by ada)',
  );
});

test('a difference in words: times on the clinic’s wall, statuses as staff say them', () => {
  const [, start] = drift.report?.rows[0]?.differences ?? [];
  if (!start) throw new Error('no difference');
  expect(driftCells(start, 'America/Chicago')).toEqual([
    ...['Start', '9:00 AM', '9:30 AM', '9:00 AM', 'Ask the people concerned.'],
  ]);
  expect(driftCells({ ...start, field: 'location', ours: null, theirs: 'Annex' }, 'UTC').slice(1, 3)).toEqual(
    ['Nothing', 'Annex'],
  );
});
