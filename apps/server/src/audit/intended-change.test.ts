import { expect, test } from 'vitest';
import { intendedChange } from './intended-change.ts';

type Event = { act: 'C' | 'E'; out: 0 | 4; why: string; id: string };
const event: Event = { act: 'C', out: 0, why: 'created', id: 'new' };

/** A record that fails at the given entries, counted from one. */
function record(failsAt: readonly number[] = []) {
  const kept: string[] = [];
  let count = 0;
  const write = async (said: Event) => {
    count += 1;
    if (failsAt.includes(count)) throw new Error('away');
    kept.push(`${said.act} ${said.out} ${said.why} ${said.id}`);
  };
  return { kept, write };
}

test('[audit] [H-06] the intention is kept before the change, the change after it', async () => {
  const { kept, write } = record();
  const result = await intendedChange(write, event, {
    work: async () => {
      kept.push('changed');
      return 'a1';
    },
    done: (id) => ({ id }),
  });
  expect(result).toBe('a1');
  expect(kept).toEqual(['E 0 intended.created new', 'changed', 'C 0 created a1']);
});

test('[audit] [H-06] what cannot be recorded is not done', async () => {
  const { kept, write } = record([1]);
  let isDone = false;
  const work = async () => {
    isDone = true;
  };
  await expect(intendedChange(write, event, { work })).rejects.toThrow('away');
  expect({ kept, isDone }).toEqual({ kept: [], isDone: false });
});

test('[audit] [H-06] a record that goes away meanwhile leaves the intention, and no answer', async () => {
  const { kept, write } = record([2]);
  await expect(intendedChange(write, event, { work: async () => 'a1' })).rejects.toThrow('away');
  expect(kept).toEqual(['E 0 intended.created new']);
});

test('[audit] [H-06] what was refused after all is on record as not done', async () => {
  const { kept, write } = record();
  const work = () => Promise.reject(new Error('login taken'));
  await expect(intendedChange(write, event, { work })).rejects.toThrow('login taken');
  expect(kept).toEqual(['E 0 intended.created new', 'E 4 not-done.created new']);
});
