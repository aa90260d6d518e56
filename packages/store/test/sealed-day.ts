/** Boards and vaults for tests of what is sealed: no Redis, keys in memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BoardKey, Person, Visit } from '@workflow-bolt/contracts';
import { visitSchema } from '@workflow-bolt/contracts';
import { type KeyUse, LocalKeyFile, Vault, type VaultOptions } from '../src/index.ts';
import type { MemoryObjectStore } from './memory-object-store.ts';

export const board: BoardKey = { clinic: 'north', date: '2026-11-23' };

/** A key file of its own; call `remove` at the end. */
export async function keyFile(): Promise<{
  provider: LocalKeyFile;
  path: string;
  remove: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'bolt-keys-'));
  const path = join(folder, 'keys.json');
  const provider = await LocalKeyFile.open(path);
  return { provider, path, remove: () => rm(folder, { recursive: true, force: true }) };
}

export type TestVault = { vault: Vault; uses: KeyUse[]; clock: { now: number } };

/** One process's vault. */
export function vaultOn(
  provider: LocalKeyFile,
  store: MemoryObjectStore,
  options: Partial<VaultOptions> = {},
): TestVault {
  const uses: KeyUse[] = [];
  const clock = { now: Date.UTC(2026, 10, 23, 12) };
  const onUse = (use: KeyUse) => uses.push(use);
  return { vault: new Vault({ provider, store, onUse, now: () => clock.now, ...options }), uses, clock };
}

export function person(visitId: string, more: Partial<Person> = {}): Person {
  return {
    type: 'person',
    visitId,
    fullName: `Zztest Canary-${visitId}`,
    dob: '1970-01-01',
    phone: '+1 555 0100',
    reason: 'a canary reason',
    note: 'a canary note',
    alert: null,
    isPartial: false,
    ...more,
  };
}

export function visit(id: string, more: Partial<Visit> = {}): Visit {
  const at = Date.UTC(2026, 10, 23, 15);
  return visitSchema.parse({
    type: 'visit',
    id,
    kind: 'booked',
    status: 'scheduled',
    statusSince: at,
    milestones: {},
    skipped: [],
    estimated: [],
    corrected: [],
    roomId: null,
    providerId: null,
    roomStays: [],
    providerSegments: [],
    waitSegments: [],
    steppedOut: null,
    outcome: null,
    lateMin: null,
    startAt: at,
    durationMin: 20,
    visitTypeId: null,
    locationName: 'Main street',
    patientKey: `canarykey${id}`,
    reservedRoomId: null,
    earlierEpisodes: [],
    isPinned: false,
    flags: { interpreter: false, mobility: true, privacy: false },
    external: {
      system: 'tebra',
      key: `tebra:canary-${id}`,
      appointmentId: '7001',
      patientId: '9001',
      status: 'Scheduled',
      rawStatus: 'Scheduled',
      fingerprint: 'f'.repeat(32),
      absences: 0,
      isRemoved: false,
    },
    ehrWarning: null,
    conflict: null,
    source: 'tebra',
    createdAt: at,
    undoable: null,
    ...more,
  });
}
