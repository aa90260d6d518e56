/** The end of whole months: once nothing of a month is left, its key goes, and with it what backups still hold. */
import type { ShredCertificate } from '@workflow-bolt/contracts';
import type { ObjectStore } from '../archive/object-store.ts';
import type { RetentionStore } from './retention-store.ts';

/** Destroys the key of one month of one class, so that every copy anywhere ends at once. */
export type PeriodShredder = {
  shredPeriod(clinic: string, dataClass: 'flow', month: string): Promise<Record<string, unknown>>;
};

export type ShredParts = {
  clinic: string;
  store: RetentionStore;
  shredder: PeriodShredder;
  objects: ObjectStore;
  /** Keeps the shredding of `flow/2026-03` in the record of accesses; what cannot be recorded is not done. */
  record: (what: string) => Promise<void>;
  /** Epoch ms. */
  now: () => number;
};

/** Shreds those of the months that have no certificate yet; answers them. Throws Fault; may be repeated. */
export async function shredMonths(parts: ShredParts, months: readonly string[]): Promise<string[]> {
  const { certificates } = await parts.store.read();
  const isShredded = (month: string) =>
    certificates.some((each) => each.class === 'flow' && each.period === month);
  const due = months.filter((month) => !isShredded(month));
  for (const month of due) await shredMonth(parts, month);
  return due;
}

async function shredMonth(parts: ShredParts, month: string): Promise<void> {
  const { clinic, store, shredder, objects, record, now } = parts;
  await record(`flow/${month}`);
  const said = await shredder.shredPeriod(clinic, 'flow', month);
  const certificate: ShredCertificate = {
    ...said,
    clinic,
    class: 'flow',
    period: month,
    destroyedAt: now(),
  };
  const name = `certificates/${clinic}/flow/${month}.json`;
  await objects.put(name, Buffer.from(`${JSON.stringify(certificate)}\n`));
  await store.keepCertificate(certificate);
}
