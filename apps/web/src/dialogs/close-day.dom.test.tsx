import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { renderBoard } from '../../dev/render-board.tsx';
import { at, smallBoard } from '../../dev/small-board.ts';
import { CloseDayDialog } from './close-day-dialog.tsx';

afterEach(cleanup);

const openMenu = async (item: string) => {
  fireEvent.click(await screen.findByRole('button', { name: /User menu/ }));
  fireEvent.click(await screen.findByRole('menuitem', { name: item }));
};
const dialogNow = async (name = 'Close the day') => within(await screen.findByRole('dialog', { name }));
const buttonIn = (dialog: ReturnType<typeof within>, name: string | RegExp) =>
  dialog.getByRole('button', { name }) as HTMLButtonElement;

/** 9:30, Anna and Omar are expected, Bea is here: Bea leaves, so that only the expected are open. */
function evening(userId: string) {
  const server = smallBoard(userId);
  server.act(
    { type: 'moveVisit', visitId: 'bea', to: 'left', reason: 'had to go' },
    { userId: 'dana', at: at(9, 31) },
  );
  return server;
}

test('[scenario 28] When I close the day, then I see who is open, and nobody is a no-show before I say so', async () => {
  const server = smallBoard('robin');
  renderBoard(server);
  await openMenu('Close the day');
  const before = await dialogNow();
  expect(before.getByRole('region', { name: 'Still open' }).textContent).toContain('Bea Kowalczyk');
  fireEvent.click(buttonIn(before, 'Begin to close'));
  await waitFor(() => expect(server.log.at(-1)?.command).toBe('startDayClose'));
  const closing = await dialogNow();
  await waitFor(() => expect(closing.getByText('Settle these on the board first')).toBeTruthy());
  // It is 9:30: nobody's time has passed by half an hour, so nobody is proposed.
  expect(closing.queryByRole('checkbox')).toBeNull();
  expect(buttonIn(closing, 'Close the day').disabled).toBe(true);
  expect(screen.getByText('This day is being closed.')).toBeTruthy();
  fireEvent.click(buttonIn(closing, 'Keep the day open'));
  await waitFor(() => expect(server.log.at(-1)?.command).toBe('reopenDay'));
  expect(screen.queryByText('This day is being closed.')).toBeNull();
});

test('[scenario 28] [V28] Who may not close a day is not offered to', async () => {
  renderBoard(evening('marcus'));
  fireEvent.click(await screen.findByRole('button', { name: /User menu/ }));
  expect(await screen.findByRole('menuitem', { name: 'Keyboard shortcuts' })).toBeTruthy();
  expect(screen.queryByRole('menuitem', { name: /(Close|Reopen) the day/ })).toBeNull();
});

test('[scenario 28] When a day is closed, then it says so, and a manager reopens it with a reason', async () => {
  const server = evening('robin');
  for (const visitId of ['anna', 'omar']) {
    server.act(
      { type: 'moveVisit', visitId, to: 'cancelled', reason: 'called', by: 'patient' },
      { userId: 'dana', at: at(9, 32) },
    );
  }
  server.act({ type: 'startDayClose' }, { userId: 'robin', at: at(9, 33) });
  server.act({ type: 'closeDay', noShows: [] }, { userId: 'robin', at: at(9, 34) });
  renderBoard(server);
  await screen.findByText('This day is closed.');
  await openMenu('Reopen the day');
  const dialog = await dialogNow('Reopen the day');
  expect(buttonIn(dialog, 'Reopen').disabled).toBe(true);
  fireEvent.change(dialog.getByLabelText(/Reason/), { target: { value: 'One more came' } });
  fireEvent.click(buttonIn(dialog, 'Reopen'));
  await waitFor(() =>
    expect(server.log.at(-1)?.events).toEqual([
      { type: 'day.reopened', from: 'closed', reason: 'One more came' },
    ]),
  );
});

test('[scenario 28] When two are proposed, then each is ticked by me, and only who is still proposed counts', async () => {
  renderBoard(smallBoard('robin'));
  await screen.findByRole('button', { name: /User menu/ });
  cleanup();
  const closed: string[][] = [];
  const [ann, ben] = ['ann', 'ben'].map((visitId) => ({
    visitId,
    name: visitId,
    detail: 'Scheduled, 9:00 AM',
  }));
  if (!ann || !ben) throw new Error('two are needed');
  const drawn = (proposed: (typeof ann)[]) => (
    <MantineProvider env="test">
      <CloseDayDialog
        proposed={proposed}
        unsettled={[]}
        owed={[]}
        onCloseDay={(noShows) => closed.push(noShows)}
        onKeepOpen={() => {}}
        onClose={() => {}}
      />
    </MantineProvider>
  );
  const { rerender } = render(drawn([ann, ben]));
  const dialog = await dialogNow();
  expect(dialog.getAllByRole('checkbox').map((each) => (each as HTMLInputElement).checked)).toEqual([
    false,
    false,
  ]);
  fireEvent.click(dialog.getByLabelText(/ann/));
  expect(buttonIn(dialog, 'Close with 1 no-shows').disabled).toBe(true);
  fireEvent.click(dialog.getByLabelText(/ben/));
  expect(buttonIn(dialog, 'Close with 2 no-shows').disabled).toBe(false);
  // Ben comes in after all, while the question is on the screen.
  rerender(drawn([ann]));
  fireEvent.click(buttonIn(dialog, 'Close with 1 no-shows'));
  expect(closed).toEqual([['ann']]);
});
