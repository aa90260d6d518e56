import type { Session } from '@workflow-bolt/client';
import { actionMatrix } from '@workflow-bolt/domain';

/** Whether one of the roles has a line for it; on what, and with which proof, the server decides. */
export const mayDo = ({ roles }: Pick<Session, 'roles'>, action: keyof typeof actionMatrix): boolean =>
  roles.some((role) => actionMatrix[action].who[role] !== undefined);

/** Who watches over alerts, emergency accesses and the review of access. */
export const mayOversee = (session: Session): boolean => mayDo(session, 'alert.read');

/** Who may open the administration; what they may do there the server decides. */
export const mayAdminister = ({ roles }: Session): boolean =>
  roles.includes('manager') || roles.includes('admin');

/** Who may look at the link to the EHR; each part of it is asked for by itself. */
export const mayOpenEhrLink = ({ roles }: Session): boolean =>
  roles.some((role) => role === 'manager' || role === 'admin' || role === 'auditor');

/** Whose pages begin with the record of accesses. */
export const mayReadRecord = ({ roles }: Session): boolean =>
  roles.some((role) => actionMatrix['audit.read'].who[role] !== undefined);

/** Who sees boards at all: neither who runs the system nor who only watches over it. */
export const mayRead = ({ roles }: Session): boolean =>
  roles.some((role) => actionMatrix.read.who[role] !== undefined);

/** Who may see how a day differs from the EHR. */
export const mayCompare = ({ roles }: Session): boolean =>
  roles.some((role) => actionMatrix['drift.read'].who[role] !== undefined);

/** Who may look at the queues of jobs, after showing a factor again. */
export const maySeeQueues = ({ roles }: Session): boolean =>
  roles.some((role) => actionMatrix['jobs.read'].who[role] !== undefined);
