/** One sweep of a clinic, with everything it needs from this process. */
import { type ClinicSettings, clinicRetentionSchema, type SecurityEvent } from '@workflow-bolt/contracts';
import { localDate } from '@workflow-bolt/domain';
import {
  type BoardArchive,
  type BoardRegistry,
  type ObjectStore,
  type PeriodShredder,
  type RedisPort,
  RetentionSweep,
  type SweepReport,
  type Vault,
} from '@workflow-bolt/store';
import type { IndexKeeper } from '../search/index-keeper.ts';
import type { SweepProgress } from './retention-jobs.ts';

export type SweepingParts = {
  port: RedisPort;
  registry: BoardRegistry;
  archive: BoardArchive;
  objects: ObjectStore;
  vault: Vault;
  clinics: readonly ClinicSettings[];
  index: Pick<IndexKeeper, 'index' | 'sweep'>;
  record: (event: SecurityEvent) => Promise<void>;
};

/** The month's key goes, and with it every copy of what it sealed. */
const shredderOf = (vault: Vault): PeriodShredder => ({
  shredPeriod: async (clinic, _dataClass, period) => ({
    ...(await vault.destroyPeriod({ clinic, period }, { by: 'system', reason: 'retention' })),
  }),
});

/** Sweeps a clinic at its local date. Null for a clinic that is not configured any more. Throws Fault. */
export async function sweepClinic(
  parts: SweepingParts,
  clinic: string,
  progress: SweepProgress,
): Promise<SweepReport | null> {
  const settings = parts.clinics.find(({ id }) => id === clinic);
  if (!settings) return null;
  const { port, registry, archive, objects, vault, index, record } = parts;
  const rules = clinicRetentionSchema.parse(settings.retention ?? {});
  const sweep = new RetentionSweep(clinic, rules, {
    ...{ port, archive, objects, record, shredder: shredderOf(vault) },
    index: index.index,
    stateOf: async (board) => (await registry.get(board)).state,
    now: () => registry.now(),
  });
  const report = await sweep.run(localDate(settings.zone, registry.now()), progress);
  await index.sweep(settings, 'whole');
  return report;
}
