import type { Actor, View } from '@workflow-bolt/contracts';
import type { ApiClient } from './api/api-client.ts';
import type { NotifyMode } from './board/notify-schedule.ts';
import type { Clock } from './clock.ts';
import type { ClientStorage } from './outbox/outbox-storage.ts';
import type { StreamTransport } from './stream/stream-transport.ts';
import type { LockManagerLike } from './tabs/leader-election.ts';
import { broadcastTabs, type TabChannel } from './tabs/tab-link.ts';

/** How tabs of one person find each other. */
export type TabPorts = { locks: LockManagerLike; channel: (name: string) => TabChannel };

export type BoardClientOptions = {
  /** Origin of the API without a trailing slash; empty for the page's own. */
  baseUrl: string;
  clinic: string;
  /** Clinic-local day, `YYYY-MM-DD`. */
  date: string;
  view?: View;
  fetch?: typeof fetch;
  /** The page's own, which knows its session's CSRF token; made from `baseUrl` and `fetch` when absent. */
  api?: ApiClient;
  /** Who is signed in; asked from the server when absent. */
  actor?: Actor;
  /** Default: IndexedDB where there is one, memory otherwise. */
  storage?: ClientStorage | 'memory';
  /** Default: on in browsers that have Web Locks and BroadcastChannel, off elsewhere. */
  tabs?: TabPorts | false;
  /** Default: on in browsers. */
  presence?: boolean;
  notify?: NotifyMode;
  clock?: Clock;
  random?: () => number;
  transport?: StreamTransport;
};

/** Every page is its own tab; Node has locks and channels too, but its clients are not tabs of one person. */
export function browserTabs(): TabPorts | false {
  const isBrowser = typeof document !== 'undefined' && typeof BroadcastChannel !== 'undefined';
  if (!isBrowser || typeof navigator === 'undefined' || !navigator.locks) return false;
  return { locks: navigator.locks, channel: broadcastTabs };
}

export const isBrowserPage = (): boolean => typeof document !== 'undefined';
