import { expect, test } from 'vitest';
import { Phi } from './phi.ts';

const canary = 'Canary Q. Zweifel';
const phi = new Phi({ fullName: canary });

test('[I8] [H-05] [privacy] a Phi prints as [PHI] through every way that makes text of it', () => {
  const printed = [
    String(phi),
    `${phi}`,
    phi + '',
    JSON.stringify(phi),
    JSON.stringify({ person: phi }),
    phi.toLocaleString(),
    Object.prototype.toString.call(phi),
    new Error(`failed for ${phi}`).message,
    JSON.stringify(Object.entries({ ...phi })),
    JSON.stringify(structuredClone({ ...phi })),
  ];
  expect(printed.filter((text) => text.includes(canary))).toEqual([]);
  expect(printed.slice(0, 5)).toEqual(['[PHI]', '[PHI]', '[PHI]', '"[PHI]"', '{"person":"[PHI]"}']);
});

test('a Phi gives its value to who asks, and keeps the protection over a change', () => {
  expect(phi.reveal()).toEqual({ fullName: canary });
  const initial = phi.map(({ fullName }) => fullName.slice(0, 1));
  expect([String(initial), initial.reveal()]).toEqual(['[PHI]', 'C']);
});
