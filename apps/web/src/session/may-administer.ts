import type { Session } from '@workflow-bolt/client';

/** Who may open the administration; what they may do there the server decides. */
export const mayAdminister = ({ roles }: Session): boolean =>
  roles.includes('manager') || roles.includes('admin');

/** Who may look at the link to the EHR; each part of it is asked for by itself. */
export const mayOpenEhrLink = ({ roles }: Session): boolean =>
  roles.some((role) => role === 'manager' || role === 'admin' || role === 'auditor');
