import 'fake-indexeddb/auto';
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { type HeldShare, OfflineVault, offlineDatabase } from '@workflow-bolt/client';
import { type OfflineBoard, offlineBoardLifeMs } from '@workflow-bolt/contracts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ehrBoard } from '../../dev/ehr-board.ts';
import { renderBoard } from '../../dev/render-board.tsx';

/** What a worker does for the page, without one. */
const worker = vi.hoisted(() => ({ held: null as unknown }));
vi.mock('./worker-holder.ts', () => ({
  workerHolder: {
    prepare: async () => {},
    hold: (given: unknown) => {
      worker.held = given;
    },
    ask: async () => worker.held,
    forget: async () => {
      worker.held = null;
    },
  },
}));

const minuteMs = 60_000;
const start = 1_773_151_200_000;
const board: OfflineBoard = {
  ...{ v: 1, clinic: 'cedar', clinicName: 'Cedar', date: '2026-03-10', zone: 'America/Chicago', asOf: start },
  rows: [
    {
      ...{ status: 'arrived', statusSince: start, startAt: null, arrivedAt: start, name: 'Canary W.' },
      ...{ provider: null, room: 'Lobby' },
    },
  ],
};
const session = { until: start + 10 * minuteMs, expiresAt: start + 60 * minuteMs, idleMs: 10 * minuteMs };

beforeEach(() => {
  // The clock of the device is ours; timers are the machine's.
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  localStorage.clear();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const lastKnown = () => screen.queryByRole('main', { name: 'Last known board' });
const held = () => worker.held as HeldShare | null;
const isKept = async () => (await indexedDB.databases()).some(({ name }) => name === offlineDatabase);
const afterMinutes = (minutes: number) => vi.setSystemTime(start + minutes * minuteMs);
/** Longer than the page takes to look at its clock again. */
const aLook = () => new Promise((resolve) => setTimeout(resolve, 1_300));

/** The page as a reload opens it while the server is away, with what was kept at `savedAt`. */
async function reloaded(ends = session, savedAt = start) {
  const share: HeldShare = { share: 'a'.repeat(43), uid: 'robin', workstation: null, ...ends };
  await new OfflineVault().save(board, share, savedAt);
  worker.held = share;
  const server = ehrBoard('robin');
  server.cutOff();
  renderBoard(server);
  await screen.findByRole('main', { name: 'Last known board' });
  return server;
}

/** Nothing is shown, nothing is left, and the words of the sign-in stand there. */
async function isLocked(): Promise<void> {
  await screen.findByRole('heading', { name: 'Sign in' });
  expect([lastKnown(), document.body.textContent?.includes('Canary')]).toEqual([null, false]);
  await waitFor(async () => expect([held(), await isKept()]).toEqual([null, false]));
}

test('[ONC-d-5] [session] the kept board asks who is there, and locks when nobody answers', async () => {
  await reloaded();
  afterMinutes(9.5);
  await screen.findByText('This screen locks in 30 seconds.');
  afterMinutes(10);
  await isLocked();
  await screen.findByText('You were signed out because nobody was here.');
});

test('[ONC-d-5] [session] whoever does something goes on, never past the end of the session', async () => {
  await reloaded({ ...session, expiresAt: start + 15 * minuteMs });
  afterMinutes(4);
  fireEvent.pointerDown(document.body);
  await waitFor(() => expect(held()?.until).toBe(start + 14 * minuteMs));
  afterMinutes(13.5);
  fireEvent.click(await screen.findByRole('button', { name: 'I am still here' }));
  await waitFor(() => expect(held()?.until).toBe(start + 15 * minuteMs));
  afterMinutes(14.9);
  fireEvent.keyDown(document.body, { key: 'a' });
  await aLook();
  // What cannot be put off is not asked about.
  expect([lastKnown() !== null, screen.queryByText('Are you still there?')]).toEqual([true, null]);
  afterMinutes(15);
  fireEvent.keyDown(document.body, { key: 'a' });
  await isLocked();
});

test('[ONC-d-7] [privacy] twelve hours after it was kept it goes, while it is shown and with somebody there', async () => {
  const long = { until: start + 600 * minuteMs, expiresAt: start + 600 * minuteMs, idleMs: 600 * minuteMs };
  await reloaded(long, start + minuteMs - offlineBoardLifeMs);
  afterMinutes(0.9);
  fireEvent.pointerDown(document.body);
  await aLook();
  expect(lastKnown()).not.toBeNull();
  afterMinutes(1);
  fireEvent.pointerDown(document.body);
  await isLocked();
});

test('[H-22] [ONC-d-5] [session] it is locked by hand at once, and a reload does not open it, with a server or without', async () => {
  const server = await reloaded();
  fireEvent.click(screen.getByRole('button', { name: 'Lock' }));
  await isLocked();
  renderBoard(server);
  await screen.findByRole('button', { name: 'Try again' });
  expect(lastKnown()).toBeNull();
  // The session that nobody could end is ended before anybody is in.
  server.restore();
  renderBoard(server);
  await screen.findByRole('region', { name: 'Development login' });
  expect((await server.fetch('/api/v1/session')).status).toBe(401);
});

test('[ONC-d-5] [session] a page that is opened after the session has ended shows nothing of it', async () => {
  const share: HeldShare = { share: 'a'.repeat(43), uid: 'robin', workstation: null, ...session };
  await new OfflineVault().save(board, share, start);
  worker.held = share;
  afterMinutes(10);
  const server = ehrBoard('robin');
  server.cutOff();
  renderBoard(server);
  await screen.findByRole('button', { name: 'Try again' });
  expect([lastKnown(), await isKept()]).toEqual([null, false]);
});
