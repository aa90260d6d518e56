/** What the registers of this repository say about the controls that rest on them, at the time of a run. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { controls } from '../catalogue/controls.ts';
import { codeFacts, inventoryGaps } from './asset-inventory.ts';
import { assets, flows } from './assets.ts';
import { readLock, unpinnedPackages } from './bill-of-materials.ts';
import { advisoriesSchema, overduePatches } from './patch-deadlines.ts';
import { analysisFaults, overdueActions, readRiskRegister } from './risk-register.ts';

export const riskRegisterPath = 'docs/security/risk-register.json';

/** Control → faults. `advisories` is a file with the advisories against the dependencies, when somebody has one. */
export function registerChecks(
  root: string,
  now: number,
  advisories: string | null,
): Record<string, readonly string[]> {
  return {
    'H-10': checked(() => analysisFaults(readRiskRegister(join(root, riskRegisterPath)), covered(), now)),
    'H-11': checked(() => overdueActions(readRiskRegister(join(root, riskRegisterPath)), now)),
    'N-01': checked(() => inventoryGaps(codeFacts(root))),
    'N-06': advisories === null ? [] : checked(() => overduePatches(readAdvisories(advisories), now)),
    'N-07': checked(() => unpinnedPackages(readLock(join(root, 'package-lock.json')))),
  };
}

/** Everything that the risk analysis has to speak about. */
export const covered = () => ({
  assets: assets.map(({ id }) => id),
  flows: flows.map(({ id }) => id),
  controls: controls.map(({ id }) => id),
});

function readAdvisories(path: string) {
  if (!existsSync(path)) throw new Error(`there is no file ${path}`);
  return advisoriesSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** A register that cannot be read is a fault, not an accident of the run. */
function checked(check: () => string[]): string[] {
  try {
    return check();
  } catch (error) {
    return [`the register cannot be read: ${(error as Error).message}`];
  }
}
