/**
 * How the tabs of one person share one stream. The leader forwards every frame it applied; each follower
 * applies them to its own copy under the same rule, so that it can take over from its own cursor. A follower
 * that notices a hole asks the leader for its copy.
 */
import type { SnapshotReason, SystemSummary } from '@workflow-bolt/contracts';
import type { ReplicaRecord } from '../board/replica.ts';
import type { Settled } from '../outbox/settle-lane.ts';
import type { Phase, Reason, StreamMode } from '../stream/connection-state.ts';
import type { DecodedFrame } from '../stream/decode-frame.ts';

/** What a screen must know of the connection, whichever tab holds it. */
export type ConnectionStatus = {
  phase: Phase;
  reason: Reason | null;
  mode: StreamMode;
  /** Server time at which the board was last proved to be current. */
  asOfMs: number | null;
  /** Dependencies the server says are away. */
  degraded: readonly string[];
  /** How the whole system stands, as the server last said; null before it was heard, or when it does not say. */
  system: SystemSummary | null;
};

export type TabMessage =
  | { kind: 'frame'; frame: DecodedFrame }
  | { kind: 'status'; status: ConnectionStatus; serverNowMs: number | null }
  | { kind: 'ask' }
  | { kind: 'copy'; record: ReplicaRecord; durableSeq: number }
  | { kind: 'snapshot'; reason: SnapshotReason }
  | { kind: 'outbox'; settled: Settled[] }
  | { kind: 'signed-in' }
  | { kind: 'purge' }
  /** Someone signed out: nothing may stay on any screen. */
  | { kind: 'clear' };

export interface TabChannel {
  post(message: TabMessage): void;
  listen(hear: (message: TabMessage) => void): void;
  close(): void;
}

export function broadcastTabs(name: string): TabChannel {
  const channel = new BroadcastChannel(name);
  return {
    post: (message) => channel.postMessage(message),
    listen: (hear) => {
      channel.onmessage = (event) => hear(event.data as TabMessage);
    },
    close: () => channel.close(),
  };
}

/** A lone tab: nobody listens. */
export const noTabs: TabChannel = { post: () => {}, listen: () => {}, close: () => {} };
