import type { Role } from '@workflow-bolt/contracts';

export const roleLabel: Record<Role, string> = {
  'front-desk': 'Front desk',
  'medical-assistant': 'Medical assistant',
  provider: 'Provider',
  manager: 'Manager',
  viewer: 'Viewer',
  system: 'System',
};
