import type { GlassRecord, GlassReviewRequest } from '@workflow-bolt/contracts';

export const glassReasonLabel: Record<GlassRecord['reasonCode'], string> = {
  'emergency-treatment': 'Emergency treatment',
  'covering-colleague': 'Standing in for a colleague',
  'patient-safety': "The patient's safety",
  other: 'Another reason',
};

export const glassOutcomeLabel: Record<GlassReviewRequest['outcome'], string> = {
  justified: 'Justified',
  'training-needed': 'Training needed',
  'not-justified': 'Not justified',
};
