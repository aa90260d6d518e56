/** What a reader gets while others write. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boardKeys, readBoardCall } from '../src/index.ts';
import { Client, configureDay, freshBoard, manager, nurse, walkIn } from './board-fixture.ts';
import { redisSetups } from './redis-setups.ts';
import { StoreUnderTest } from './store-under-test.ts';

let store: StoreUnderTest;
beforeAll(async () => {
  const [, standalone] = redisSetups[0] ?? [];
  if (!standalone) throw new Error('there is no way to run Redis');
  store = await StoreUnderTest.start(standalone);
});
afterAll(() => store.stop());

test('[BL-SNAPSHOT] a read between commits holds exactly the visits that its position counts', async () => {
  const board = freshBoard();
  const host = await store.registry.get(board);
  const keys = boardKeys(board);
  const client = new Client('client-a');
  await host.submit(client.next(configureDay()), manager, 'ui');
  const writing = (async () => {
    for (let i = 1; i <= 60; i++) {
      expect(await host.submit(client.next(walkIn(`w${i}`)), nurse, 'ui')).toMatchObject({
        outcome: 'applied',
      });
    }
  })();
  const seen = new Set<number>();
  let isDone = false;
  const reading = (async () => {
    while (!isDone || seen.size === 0) {
      const reply = await store.port.fcall(readBoardCall(keys));
      if (reply.status !== 'ok') throw new Error(`the board is ${reply.status}`);
      const ids = reply.entities.filter((_, i) => i % 2 === 0);
      const visits = ids.filter((id) => id.startsWith('v:'));
      // The first commit configured the day; each of the others made one visit and its person.
      expect(visits.length).toBe(reply.seq - 1);
      expect(ids.filter((id) => id.startsWith('p:')).length).toBe(visits.length);
      seen.add(reply.seq);
    }
  })();
  await writing;
  isDone = true;
  await reading;
  expect(seen.size).toBeGreaterThan(1);
});
