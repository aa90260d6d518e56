import type { GlassRecord } from '@workflow-bolt/contracts';

export const glassReasonLabel: Record<GlassRecord['reasonCode'], string> = {
  'emergency-treatment': 'Emergency treatment',
  'covering-colleague': 'Standing in for a colleague',
  'patient-safety': "The patient's safety",
  other: 'Another reason',
};
