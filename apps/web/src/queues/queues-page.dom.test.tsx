import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import type { QueueSummary, Role } from '@workflow-bolt/contracts';
import { afterEach, expect, test } from 'vitest';
import { ehrBoard } from '../../dev/ehr-board.ts';
import type { FakeServer } from '../../dev/fake-server.ts';
import { renderBoard } from '../../dev/render-board.tsx';
import { at } from '../../dev/small-board.ts';

afterEach(cleanup);

const counts = { waiting: 2, active: 1, delayed: 3, failed: 1, completed: 40 };
const failed = [{ id: '77', name: 'sync', failedAt: at(9), reason: 'store_unavailable', attempts: 1 }];

/** The fake board server with queues beside it: one failed job, until it is tried again. */
function queueServer(role: Role): { server: FakeServer; asked: string[] } {
  const server = ehrBoard('robin');
  const board = server.fetch;
  const asked: string[] = [];
  let queues: QueueSummary[] = [{ queue: 'schedule-sync', counts, failed }];
  const json = (body: unknown) => new Response(JSON.stringify(body), { status: 200 });
  server.fetch = async (input, init) => {
    const path = new URL(String(input), 'http://fake').pathname.replace('/api/v1', '');
    if (path === '/session') {
      const session = (await (await board(input, init)).json()) as { roles: Role[] };
      return json({ ...session, roles: [role], ...(role === 'admin' ? { clinics: [] } : {}) });
    }
    if (!path.startsWith('/queues')) return board(input, init);
    asked.push(`${init?.method ?? 'GET'} ${path}`);
    if (path === '/queues') return json({ queues });
    queues = [{ queue: 'schedule-sync', counts: { ...counts, failed: 0, waiting: 3 }, failed: [] }];
    return new Response(null, { status: 204 });
  };
  return { server, asked };
}

test('the administrator sees what failed, has it tried again, and goes on to all jobs', async () => {
  const { server, asked } = queueServer('admin');
  renderBoard(server, 'jobs');
  const queues = await screen.findByRole('list', { name: 'Queues' });
  expect(queues.textContent).toContain(
    'Reading schedules2 waiting, 1 running, 3 for later, 40 done lately1 failed',
  );
  const jobs = screen.getByRole('list', { name: 'Failed jobs' });
  expect(jobs.textContent).toContain('Reading schedules: store_unavailable');
  expect(screen.getByRole('link', { name: 'All jobs' }).getAttribute('href')).toBe('/queues');
  fireEvent.click(screen.getByRole('button', { name: 'Try again: job 77' }));
  await screen.findByText('No job has failed lately.');
  await waitFor(() =>
    expect(asked).toEqual(['GET /queues', 'POST /queues/schedule-sync/jobs/77/retry', 'GET /queues']),
  );
});

test('[authz] a manager has no such page', async () => {
  const { server, asked } = queueServer('manager');
  renderBoard(server, 'jobs');
  expect(await screen.findByRole('heading', { name: 'Not one of your pages' })).toBeTruthy();
  expect(asked).toEqual([]);
});
