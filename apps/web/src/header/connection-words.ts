import type { Phase, Reason } from '@workflow-bolt/client';
import type { SystemSummary } from '@workflow-bolt/contracts';
import type { Liveness } from './live-indicator.tsx';
import { systemDetail, systemFace } from './system-words.ts';

/** Only the phase `live` may look live (I10). */
const livenessOf: Record<Phase, Liveness> = {
  idle: 'offline',
  connecting: 'catching-up',
  'catching-up': 'catching-up',
  live: 'live',
  stale: 'stale',
  offline: 'offline',
  'needs-auth': 'offline',
  forbidden: 'offline',
  gone: 'offline',
};

const reasonWords: Record<Reason, string> = {
  network: 'The server cannot be reached.',
  'not-a-stream': 'Something between here and the server answers in its place.',
  silent: 'The server has fallen silent.',
  ended: 'The connection ended.',
  gap: 'Some steps are missing and are being fetched.',
  fork: 'The history of the server changed; the board is being read again.',
  epoch: 'The server was restored; the board is being read again.',
  diverged: 'This screen did not match the server and is being read again.',
  protocol: 'The server spoke in a way this page does not understand.',
  late: 'The server answers late.',
  degraded: 'The server has lost its store and shows the last known state.',
  loop: 'The connection keeps failing at the same place.',
  refused: 'The server is busy.',
  'signed-out': 'Your session has ended.',
  'no-permission': 'You may not see this board.',
  removed: 'This board has been archived.',
  upgrade: 'This page is older than the server. Reload it.',
  drain: 'The server restarts.',
  slow: 'This connection was too slow for the board.',
  revoked: 'Your rights have changed.',
  replaced: 'The board was opened elsewhere.',
};

export type ConnectionWords = {
  liveness: Liveness;
  /** Null when nothing has to be said. */
  banner: { title: string; detail: string } | null;
};

const titles: Record<Exclude<Liveness, 'live'>, string> = {
  'catching-up': 'Catching up.',
  stale: 'This board is not live.',
  offline: 'Offline: this board is not live.',
};

/** What to say about a connection; a short catching-up right after opening needs no banner. */
export function connectionWords(
  phase: Phase,
  reason: Reason | null,
  system: SystemSummary | null = null,
): ConnectionWords {
  const liveness = livenessOf[phase];
  if (liveness === 'live' || (liveness === 'catching-up' && reason === null))
    return { liveness, banner: null };
  // What the server says of the whole system is more than what the connection knows of it.
  const face = reason === 'degraded' ? systemFace(system) : null;
  const detail = face ? systemDetail(face) : reason ? reasonWords[reason] : '';
  return { liveness, banner: { title: titles[liveness], detail } };
}
