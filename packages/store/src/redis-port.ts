/** Everything this package asks of a Redis client: small enough to put another client behind it. */
import type { FunctionCall } from './function-call.ts';
import type { RedisMode } from './redis-target.ts';

export type Doorbell = 'PUBLISH' | 'SPUBLISH';
export type MessageListener = (message: string) => void;
/** One reply of a batch: the value, or why there is none. */
export type BatchReply<Reply> = { ok: true; reply: Reply } | { ok: false; error: unknown };
/** Copies that must acknowledge a commit before it counts, and how long to wait for them. */
export type Durability = { numReplicas: number; timeoutMs: number };

export interface RedisPort {
  readonly mode: RedisMode;
  readonly doorbell: Doorbell;
  /** False while the store connection is away: calls then fail at once. */
  readonly isReady: boolean;
  /** Connects the store connection. Throws Fault `store_unavailable` when nobody answers. */
  connect(): Promise<void>;
  /** Calls one function. Throws Fault: `store_unavailable`, `outcome_unknown` or `internal`. */
  fcall<Reply>(call: FunctionCall<Reply>): Promise<Reply>;
  /** Calls several in one write, in order. Never throws; each reply says how it went. */
  fcallMany<Reply>(calls: readonly FunctionCall<Reply>[]): Promise<BatchReply<Reply>[]>;
  /** As fcallMany on a connection of its own, then WAIT; `numAcked` copies hold the writes. */
  fcallDurable<Reply>(
    calls: readonly FunctionCall<Reply>[],
    durability: Durability,
  ): Promise<{ replies: BatchReply<Reply>[]; numAcked: number }>;
  /** One plain command to the server that holds its first key. Throws Fault. */
  command(...command: [string, ...(string | number)[]]): Promise<unknown>;
  /** One plain command to every primary (one server unless a cluster). Throws what the client throws. */
  sendToPrimaries(...command: [string, ...(string | number)[]]): Promise<unknown[]>;
  /** Listens to a channel on the subscriber connection, which all channels share. */
  subscribe(channel: string, listener: MessageListener): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** Called after each (re)connect of the store or the subscriber: what was sent meanwhile may be lost. */
  onReady(listener: () => void): () => void;
  /** Called when the store connection is lost. */
  onDown(listener: () => void): () => void;
  close(): Promise<void>;
}
