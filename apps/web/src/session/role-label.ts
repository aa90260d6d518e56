import type { Role } from '@workflow-bolt/contracts';

export const roleLabel: Record<Role, string> = {
  'front-desk': 'Front desk',
  'medical-assistant': 'Medical assistant',
  nurse: 'Nurse',
  provider: 'Provider',
  billing: 'Billing',
  manager: 'Manager',
  admin: 'Administrator',
  auditor: 'Auditor',
  viewer: 'Viewer',
  service: 'Service',
  agent: 'Agent',
  display: 'Wall display',
  system: 'System',
};
