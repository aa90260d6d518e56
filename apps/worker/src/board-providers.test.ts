import type { EhrAppointment, EhrProvider } from '@workflow-bolt/ehr';
import { expect, test } from 'vitest';
import { bookedProviders, listedProviders, withProviders } from './board-providers.ts';

const row = (providerId: string | null, providerName: string | null) =>
  ({ providerId, providerName }) as EhrAppointment;
const provider = (over: Partial<EhrProvider>) =>
  ({ providerId: '7', fullName: 'Ada Park, MD', kind: 'normal', active: true, ...over }) as EhrProvider;

test('only active providers who see patients are columns', () => {
  const listed = listedProviders([
    provider({}),
    provider({ providerId: '8', kind: 'referring' }),
    provider({ providerId: '9', active: false }),
    provider({ providerId: '10', fullName: null }),
    provider({ providerId: '11', active: null, fullName: ' Noor Ali ' }),
  ]);
  expect(listed).toEqual([
    { id: 'ehr-7', name: 'Ada Park, MD' },
    { id: 'ehr-11', name: 'Noor Ali' },
  ]);
});

test('a schedule names its providers once each, and only those it knows by id', () => {
  const rows = [row('9', 'Noor'), row('7', 'Ada'), row('9', 'Noor'), row(null, 'Hidden'), row('8', null)];
  expect(bookedProviders(rows)).toEqual([
    { id: 'ehr-7', name: 'Ada' },
    { id: 'ehr-9', name: 'Noor' },
  ]);
});

test('a known provider keeps place and colour and takes the new name; new ones come after', () => {
  const known = [
    { id: 'own', name: 'Own', color: '#111111' },
    { id: 'ehr-9', name: 'Noor', color: '#222222' },
  ];
  const found = [
    { id: 'ehr-7', name: 'Ada' },
    { id: 'ehr-9', name: 'Noor Ali, DO' },
  ];
  expect(withProviders(known, found)).toEqual([
    { id: 'own', name: 'Own', color: '#111111' },
    { id: 'ehr-9', name: 'Noor Ali, DO', color: '#222222' },
    { id: 'ehr-7', name: 'Ada', color: '#8a4fd0' },
  ]);
});
