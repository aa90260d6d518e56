import { expect, test } from 'vitest';
import { connectionWords } from './connection-words.ts';

const phases = [
  'idle',
  'connecting',
  'catching-up',
  'live',
  'stale',
  'offline',
  'needs-auth',
  'forbidden',
  'gone',
] as const;

test('[I10] exactly one phase looks live', () => {
  expect(phases.filter((phase) => connectionWords(phase, null).liveness === 'live')).toEqual(['live']);
});

test('[I10] a screen that is not live says why; a short opening says nothing', () => {
  expect(connectionWords('stale', 'degraded').banner).toEqual({
    title: 'This board is not live.',
    detail: 'The server has lost its store and shows the last known state.',
  });
  expect(connectionWords('offline', 'network').banner?.title).toBe('Offline: this board is not live.');
  expect(connectionWords('connecting', null).banner).toBeNull();
  expect(connectionWords('live', null).banner).toBeNull();
});

test('[H-19] a lost store is told in the words of the system, where the server has said them', () => {
  const system = { state: 'down', reasons: ['store-away'] } as const;
  expect(connectionWords('stale', 'degraded', { ...system, reasons: [...system.reasons] }).banner).toEqual({
    title: 'This board is not live.',
    detail: 'The store does not answer. The last known board is shown; steps wait and enter by themselves.',
  });
});
