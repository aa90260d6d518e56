// @vitest-environment jsdom

import { act, cleanup, render, screen } from '@testing-library/react';
import { createBoardClient } from '@workflow-bolt/client';
import { type ReactNode, StrictMode } from 'react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dana, ModelServer, walkIn } from '../../client/test/model-server.ts';
import { BoardProvider } from './board-provider.tsx';
import { useAttention, useBoard, usePending, useVisit } from './use-board.ts';
import { useColumns } from './use-columns.ts';
import { useCommand } from './use-command.ts';
import { useConnection } from './use-connection.ts';
import { useNow } from './use-now.ts';

let server: ModelServer;
beforeEach(() => {
  server = new ModelServer();
});
afterEach(cleanup);

function draw(children: ReactNode) {
  const { board, fetch, transport } = server;
  const client = createBoardClient({
    ...{
      ...board,
      baseUrl: 'http://model',
      actor: dana,
      storage: 'memory',
      notify: 'sync',
      fetch,
      transport,
    },
    ...{ tabs: false, presence: false },
  });
  render(
    <StrictMode>
      <BoardProvider client={client}>{children}</BoardProvider>
    </StrictMode>,
  );
  return client;
}

function Status() {
  const { phase, isLive, ageMs } = useConnection();
  return (
    <p role="status">{`${phase} ${isLive} ${ageMs === null ? 'no age' : ageMs < 60_000 ? 'fresh' : 'old'}`}</p>
  );
}

function Columns() {
  const filled = useColumns().filter(({ visits }) => visits.length > 0);
  return (
    <ul>
      {filled.map(({ label, visits }) => (
        <li key={label}>{`${label}: ${visits.map(({ id }) => id).join()}`}</li>
      ))}
    </ul>
  );
}

const status = () => screen.getByRole('status').textContent;

describe('hooks', () => {
  test('[I10] show live with its age, and the truth when the server goes', async () => {
    draw(<Status />);
    await expect.poll(status).toBe('live true fresh');
    server.isStreamDown = true;
    act(() => server.cut());
    await expect.poll(status).toMatch(/^(offline|connecting) false fresh$/);
  });

  test('columns follow the stream', async () => {
    draw(
      <>
        <Status />
        <Columns />
      </>,
    );
    await expect.poll(status).toBe('live true fresh');
    act(() => {
      server.apply(walkIn('w1'));
      server.apply(walkIn('w2'));
    });
    expect(screen.getByRole('listitem').textContent).toMatch(/: w1,w2$/);
  });

  test('a visit renders only when it changes, and says what is pending', async () => {
    let renders = 0;
    function Card() {
      renders += 1;
      const found = useVisit('w1');
      const waiting = usePending().length;
      return (
        <p role="note">
          {found ? `${found.person?.fullName} v${found.version} ${found.isPending} ${waiting}` : 'none'}
        </p>
      );
    }
    const client = draw(
      <>
        <Status />
        <Card />
      </>,
    );
    await expect.poll(status).toBe('live true fresh');
    act(() => void server.apply(walkIn('w1', 'Ada Lovelace')));
    expect(screen.getByRole('note').textContent).toBe('Ada Lovelace v2 false 0');
    const before = renders;
    act(() => void server.apply(walkIn('w2')));
    expect(renders).toBe(before);
    server.outage = 'unreachable';
    act(() => void client.submit({ type: 'setPinned', visitId: 'w1', isPinned: true }));
    await expect.poll(() => screen.getByRole('note').textContent).toBe('Ada Lovelace v2 true 1');
  });

  test('commands are the same object, and what failed asks for attention', async () => {
    const seen = new Set<unknown>();
    function Desk() {
      const commands = useCommand();
      seen.add(commands);
      const { items, dismiss } = useAttention();
      return (
        <>
          <button type="button" onClick={() => commands.submit({ type: 'stepBack', visitId: 'w1' })}>
            Step back
          </button>
          {items.map(({ commandId, problem }) => (
            <button type="button" key={commandId} onClick={() => dismiss(commandId)}>
              {`Dismiss ${problem.code}`}
            </button>
          ))}
        </>
      );
    }
    draw(
      <>
        <Status />
        <Desk />
      </>,
    );
    await expect.poll(status).toBe('live true fresh');
    act(() => void server.apply(walkIn('w1')));
    act(() => screen.getByRole('button', { name: 'Step back' }).click());
    const dismiss = await screen.findByRole('button', { name: 'Dismiss not_stepped_out' });
    act(() => dismiss.click());
    await expect.poll(() => screen.queryByRole('button', { name: /Dismiss/ })).toBeNull();
    expect(seen.size).toBe(1);
  });

  test('the clock turns with the step', async () => {
    function Clock() {
      return <p role="timer">{useNow(50)}</p>;
    }
    draw(<Clock />);
    const first = Number(screen.getByRole('timer').textContent);
    await expect.poll(() => Number(screen.getByRole('timer').textContent)).toBeGreaterThan(first);
    expect(Number(screen.getByRole('timer').textContent) % 50).toBe(0);
  });

  test('a hook outside a provider says so', () => {
    function Lost() {
      useBoard(({ position }) => position);
      return null;
    }
    expect(() => render(<Lost />)).toThrow('BoardProvider');
  });
});
