import { administrativeSafeguards, proposedSafeguards } from './administrative-controls.ts';
import { certificationCriteria } from './certification-criteria.ts';
import type { Control } from './control.ts';
import { predecessorRegressions } from './predecessor-regressions.ts';
import { technicalSafeguards } from './safeguard-controls.ts';

/** Every control that `npm run compliance` judges. */
export const controls: readonly Control[] = [
  ...technicalSafeguards,
  ...administrativeSafeguards,
  ...proposedSafeguards,
  ...certificationCriteria,
  ...predecessorRegressions,
];
