/**
 * Everything that a route or a job can ask to do, apart from the commands of the board, which are their own actions.
 * A route names one of these as its `access`; who may is the matrix in `domain/permission-matrix.ts`, where a new name
 * does not compile before it has a row. What is not listed there is refused.
 */
export const routeActions = [
  // The board of one day.
  'read',
  'stream',
  'history',
  'visit-history',
  'presence',
  'metrics',
  'print',
  'command',
  'import',
  'sync',
  // Finding a patient again: today, and on any other day that is kept.
  'patient.search',
  'patient.search-days',
  'drift.read',
  'drift.run',
  'write-back.read',
  'write-back.set',
  // Access in an emergency, and what must follow it.
  'break-glass.open',
  'break-glass.end',
  'break-glass.register',
  'break-glass.review',
  'break-glass.list',
  // While the system is away.
  'downtime.note',
  'offline-board',
  // Screens on walls.
  'display.here',
  'display.read',
  'display.manage',
  // Computers on which people may lock and switch with a PIN.
  'workstation.manage',
  // One's own account and sessions.
  'self',
  // Accounts of others.
  'account.read',
  'account.manage',
  // The record of what was done.
  'audit.own',
  'audit.summary',
  'audit.read',
  'audit.export',
  'audit.reveal',
  'audit.status',
  // The installation.
  'config.read',
  'config.write',
  'keys.read',
  'keys.rotate',
  'jobs.read',
  'jobs.retry',
  // How long data lives.
  'retention.read',
  'retention.request',
  'retention.approve',
  'retention.run',
  'hold.manage',
  'freeze.lift',
  // What was noticed.
  'alert.read',
  'alert.review',
] as const;
export type RouteAction = (typeof routeActions)[number];
