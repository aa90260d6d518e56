/** Examples of the keys for the OpenAPI document. */
import type { KeysResponse } from './keys-in-use.ts';

const json = 'application/json';
const at = 1_773_151_200_000;

const keys: KeysResponse = {
  kind: 'local-file',
  top: [
    { purpose: 'phi', kid: 'phi-0c1d2e3f40', state: 'active', createdAt: at },
    { purpose: 'credentials', kid: 'credentials-51627384a5', state: 'active', createdAt: at },
    { purpose: 'session-mac', kid: 'session-mac-b6c7d8e9f0', state: 'active', createdAt: at },
    { purpose: 'audit-sign', kid: 'audit-sign-a1b2c3d4e5', state: 'active', createdAt: at },
  ],
  clinics: [
    {
      clinic: 'north',
      keys: [
        { kid: 'ck2', isNewest: true, numSealed: 3 },
        { kid: 'ck1', isNewest: false, numSealed: 1 },
      ],
      numFormerWraps: 0,
      months: [
        { period: '2026-02', isDestroyed: true, keys: [] },
        { period: '2026-03', isDestroyed: false, keys: [{ kid: 'rk1', isNewest: true, numSealed: 41 }] },
      ],
    },
  ],
};

export const keyExamples = {
  getKeys: { [`200 ${json}`]: { rotating: keys } },
  postKeyRotation: {
    [`request ${json}`]: {
      top: { level: 'top', purpose: 'phi' },
      clinic: { level: 'clinic', clinic: 'north' },
      month: { level: 'month', clinic: 'north', period: '2026-03' },
    },
    [`200 ${json}`]: { clinic: { kid: 'ck2' } },
  },
};
