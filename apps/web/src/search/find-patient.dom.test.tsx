import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import type { FoundVisit, PatientSearchResponse } from '@workflow-bolt/contracts';
import { afterEach, expect, test } from 'vitest';
import type { FakeServer } from '../../dev/fake-server.ts';
import { renderBoard } from '../../dev/render-board.tsx';
import { at, smallBoard } from '../../dev/small-board.ts';

afterEach(cleanup);

const row = (more: Partial<FoundVisit> = {}): FoundVisit => ({
  ...{ date: '2026-03-02', visitId: 'v-old', fullName: 'Kim Doan', dob: '1970-06-02' },
  ...{ status: 'completed', startAt: at(11) },
  ...more,
});

/** What was asked, in order; each answered with these rows. */
function answering(server: FakeServer, answer: PatientSearchResponse): unknown[] {
  const asked: unknown[] = [];
  server.searchAnswer = (request) => {
    asked.push(request);
    return answer;
  };
  return asked;
}

const field = (label: string) => dialog().getByLabelText(label);
const dialog = () => within(screen.getByRole('dialog', { name: 'Find in other days' }));
const type = (label: string, value: string) => fireEvent.change(field(label), { target: { value } });
const findButton = () => dialog().getByRole('button', { name: 'Find' }) as HTMLButtonElement;

async function openFromSearch(text: string): Promise<void> {
  const search = await screen.findByRole('searchbox', { name: 'Search patients by name' });
  await screen.findByRole('region', { name: 'Scheduled' });
  fireEvent.change(search, { target: { value: text } });
  fireEvent.keyDown(search, { key: 'Enter' });
  await screen.findByRole('dialog', { name: 'Find in other days' });
}

test('Enter in the search looks for the same name in the days around, and each row leads to its day', async () => {
  const server = smallBoard('dana');
  const asked = answering(server, {
    rows: [row(), row({ visitId: 'v-2', dob: null, ageBand: '50-59' })],
    isCut: true,
  });
  renderBoard(server);
  await openFromSearch('kim');
  fireEvent.click(findButton());
  const [first, second] = await dialog().findAllByRole('link');
  expect(first?.getAttribute('href')).toMatch(/^\/\?clinic=[a-z-]+&date=2026-03-02&visit=v-old$/);
  expect(first?.textContent).toMatch(/Kim Doan.*born 1970-06-02.*Mon, Mar 2, 2026.*Checked out/);
  expect(second?.textContent).toContain('aged 50-59');
  expect(dialog().getByRole('status').textContent).toContain('there are more');
  expect(asked).toEqual([{ in: 'days', from: expect.any(String), to: expect.any(String), name: 'kim' }]);
});

test('[privacy] a desk names two things of a patient before all days are searched; nobody found is said', async () => {
  const server = smallBoard('dana');
  const asked = answering(server, { rows: [], isCut: false });
  renderBoard(server);
  await openFromSearch('doan');
  fireEvent.click(dialog().getByRole('radio', { name: 'All days' }));
  expect(findButton().disabled).toBe(true);
  type('Last name', '');
  type('Phone', '312 555 0142');
  expect(dialog().getByText(/one more thing/)).toBeTruthy();
  expect(findButton().disabled).toBe(true);
  type('Last name', 'Doan');
  expect(findButton().disabled).toBe(false);
  fireEvent.click(findButton());
  await waitFor(() => expect(dialog().getByRole('status').textContent).toBe('Nobody was found.'));
  expect(asked).toEqual([{ in: 'all', name: 'Doan', phone: '312 555 0142' }]);
});

test('[authz] who looks into no other day is offered nothing, and a field one does not see is not asked for', async () => {
  renderBoard(smallBoard('marcus'));
  const search = await screen.findByRole('searchbox', { name: 'Search patients by name' });
  expect(screen.queryByRole('button', { name: 'Find in other days' })).toBeNull();
  fireEvent.change(search, { target: { value: 'kim' } });
  fireEvent.keyDown(search, { key: 'Enter' });
  expect(screen.queryByRole('dialog')).toBeNull();
  cleanup();
  renderBoard(smallBoard('okafor'));
  await openFromSearch('kim');
  fireEvent.click(dialog().getByRole('radio', { name: 'All days' }));
  expect(dialog().queryByLabelText('Phone')).toBeNull();
  expect(field('Date of birth')).toBeTruthy();
});

test('An address with a visit puts its card under the keyboard, and is then an address of the board alone', async () => {
  renderBoard(smallBoard('dana'), '?visit=anna');
  await waitFor(() =>
    expect(document.activeElement?.closest('[data-visit]')?.getAttribute('data-visit')).toBe('anna'),
  );
  await waitFor(() => expect(location.search).not.toContain('visit'));
});
