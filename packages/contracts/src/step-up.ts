import { z } from 'zod';

/** What a fresh proof of identity is good for; a proof for one purpose does not serve another. */
export const stepUpPurposes = [
  'export',
  'print-batch',
  'break-glass',
  'user-admin',
  'factor-change',
  'audit-view',
  'identity-reveal',
  'connector-config',
  'amendment-approval',
  'token-admin',
  'workstation-admin',
] as const;
export type StepUpPurpose = (typeof stepUpPurposes)[number];
export const stepUpPurposeSchema = z.enum(stepUpPurposes).meta({ id: 'StepUpPurpose' });
