import type { Session } from '@workflow-bolt/client';

/** Who may open the administration; what they may do there the server decides. */
export const mayAdminister = ({ roles }: Session): boolean =>
  roles.includes('manager') || roles.includes('admin');
