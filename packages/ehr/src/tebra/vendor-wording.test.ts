import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeIdentifier, safePermission, safeWording } from './vendor-wording.ts';

describe('what is kept of the vendor’s words', () => {
  test.each([
    ['Unable to find patient.', 'unable to find patient'],
    ['Patient Rowan Vale (3/4/1980) does not exist.', 'patient … does not exist'],
    [
      'Appointment must have valid ProviderGuids or ResourceGuids.',
      'appointment must have valid providerguids or resourceguids',
    ],
    ['Password "hunter2" is incorrect', 'password … is incorrect'],
    ['', ''],
  ])('%s', (message, kept) => {
    expect(safeWording(message)).toBe(kept);
  });

  test('a long message stays short', () => {
    expect(safeWording('error '.repeat(10_000)).split(' ').length).toBeLessThanOrEqual(40);
    expect(safeWording('x'.repeat(1_000_000))).toBe('…');
  });

  test('a name never comes through, wherever it stands and however it is dressed', () => {
    const words = fc.array(fc.constantFrom('patient', 'not', 'found', 'the', 'error'));
    const dress = fc.constantFrom(
      'Quillon',
      '"Quillon"',
      "Quillon's",
      'QUILLON,',
      '(quillon)',
      'DOB:Quillon',
      'patient.Quillon',
    );
    fc.assert(
      fc.property(words, dress, words, (before, name, after) => {
        expect(safeWording([...before, name, ...after].join(' '))).not.toMatch(/quillon/i);
      }),
    );
  });

  test('identifiers and permissions only if they look like such', () => {
    expect(['GetPatients', 'a.b-c_1', '1a', 'a b', '', 'x'.repeat(61), null].map(safeIdentifier)).toEqual([
      'GetPatients',
      'a.b-c_1',
      null,
      null,
      null,
      null,
      null,
    ]);
    expect([' Edit Appointment ', 'a@b.example', '123', 'A'.repeat(99)].map(safePermission)).toEqual([
      'Edit Appointment',
      '…',
      '…',
      '…',
    ]);
  });
});
