import { expect, test } from 'vitest';
import { stepConnection } from './connection-machine.ts';
import { type ConnectionEffect, type ConnectionInput, idleConnection } from './connection-state.ts';

type Input = ConnectionInput extends infer I ? (I extends { at: number } ? Omit<I, 'at'> : never) : never;

/** Longest wait before the retry that follows the last of these inputs, each a second after the former. */
function retryMsMax(inputs: readonly Input[]): number | undefined {
  let state = idleConnection;
  let effects: ConnectionEffect[] = [];
  inputs.forEach((input, i) => {
    const at = (i + 1) * 1_000;
    ({ state, effects } = stepConnection(state, { ...input, at } as ConnectionInput));
  });
  const waits = effects.filter((effect) => effect.type === 'wait');
  return waits.find(({ timer }) => timer === 'retry')?.toMs;
}

const cursor = 'cursor';
const failed = (attempt: number): Input[] => [
  { type: 'failed', attempt, why: 'network', cursor },
  { type: 'timer', timer: 'retry', cursor },
];
const lived = (attempt: number): Input[] => [
  { type: 'headers', attempt },
  { type: 'hello', attempt, hbMs: 15_000 },
  { type: 'agreed', attempt, ageMs: 0 },
];
const fourFailures = [1, 2, 3, 4].flatMap(failed);

test('a server that dies after it proved the board is replaced within a second, whatever failed before', () => {
  const inputs: Input[] = [
    { type: 'start' },
    ...fourFailures,
    ...lived(5),
    { type: 'ended', attempt: 5, cursor },
  ];
  expect(retryMsMax(inputs)).toBe(1_000);
});

test('attempts that prove nothing back off further each time', () => {
  const inputs: Input[] = [
    { type: 'start' },
    ...fourFailures,
    { type: 'failed', attempt: 5, why: 'network', cursor },
  ];
  expect(retryMsMax(inputs)).toBe(8_000);
});
