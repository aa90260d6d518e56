import type { VisitStatus } from '@workflow-bolt/contracts';

/** Mantine colour of each status; labels come from the domain, and colour is never the only sign. */
export const statusColor: Record<VisitStatus, string> = {
  scheduled: 'gray',
  confirmed: 'green',
  arrived: 'yellow',
  'appt-prep': 'violet',
  'ready-for-md': 'cyan',
  'with-doctor': 'blue',
  'seen-by-md': 'teal',
  completed: 'green',
  left: 'orange',
  'no-show': 'red',
  cancelled: 'red',
  rescheduled: 'orange',
  'entered-in-error': 'gray',
};
