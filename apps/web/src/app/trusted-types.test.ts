import { expect, test } from 'vitest';
import { installTrustedTypes, offlineWorkerPath, plainTextOnly } from './trusted-types.ts';

test.each(['<img src=x onerror=alert(1)>', '</style><script>', '&lt;', 'a<b', '<'])(
  '[injection] a string with markup never becomes markup: %j',
  (text) => {
    expect(() => plainTextOnly(text)).toThrow(TypeError);
  },
);

test('[injection] style rules pass; scripts and their addresses never do', () => {
  const made: Record<string, Record<string, (text: string) => string>> = {};
  installTrustedTypes({
    defaultPolicy: null,
    createPolicy: (name, policy) => {
      made[name] = policy as unknown as Record<string, (text: string) => string>;
    },
  });
  expect(Object.keys(made)).toEqual(['default']);
  const css = '.mantine-a{padding:var(--x)}@media(min-width:48em){.mantine-a{padding:0}}';
  expect(made.default?.createHTML?.(css)).toBe(css);
  expect(() => made.default?.createScript?.('1')).toThrow(TypeError);
  for (const address of ['/x.js', '/offline-worker.js?x', 'https://elsewhere.example/offline-worker.js'])
    expect(() => made.default?.createScriptURL?.(address)).toThrow(TypeError);
  expect(made.default?.createScriptURL?.(offlineWorkerPath)).toBe('/offline-worker.js');
});
