/**
 * The words of the connection machine.
 *
 * A connection is a sequence of numbered *attempts* (one HTTP response each). One attempt is `active`; during
 * a handover (`bye rotate`, `bye drain`) a `next` one is opened beside it and takes over once it has proved
 * that it is current. Phases, and what a screen may claim in each:
 *
 * - `idle` - not started, or stopped.
 * - `connecting` - a request is under way; nothing has been heard yet.
 * - `catching-up` - the server said hello; a snapshot or replay is arriving.
 * - `live` - a heartbeat agreed with our position, chain and digest no longer ago than two heartbeats and 5 s.
 * - `stale` - connected, but what we hear is no proof: the server lost its store, or our copy diverged.
 * - `offline` - no connection; a retry is scheduled.
 * - `needs-auth` - the session ended (401). The board stays, with its age; sign in again.
 * - `forbidden` - 403: no right to this board. What was shown has been purged. Terminal until a sign-in.
 * - `gone` - 410, or this client is too old (`bye upgrade`). Terminal until a start.
 *
 * Only `live` may look live; every other phase shows the age of the data (I10).
 */
export type Phase =
  | 'idle'
  | 'connecting'
  | 'catching-up'
  | 'live'
  | 'stale'
  | 'offline'
  | 'needs-auth'
  | 'forbidden'
  | 'gone';

export type StreamMode = 'stream' | 'poll';

/**
 * `cursor`: go on from where we are. `nothing`: send a snapshot. `digest`: send one because our copy diverged;
 * on the wire that is the cursor `digest`, which every server answers with a snapshot and may count.
 */
export type CursorUse = 'cursor' | 'nothing' | 'digest';

/** Why the phase is what it is, for banners and logs. */
export type Reason =
  | 'network'
  | 'not-a-stream'
  | 'silent'
  | 'ended'
  | 'gap'
  | 'epoch'
  | 'fork'
  | 'diverged'
  | 'protocol'
  | 'late'
  | 'degraded'
  | 'loop'
  | 'refused'
  | 'signed-out'
  | 'no-permission'
  | 'removed'
  | 'upgrade'
  | 'drain'
  | 'slow'
  | 'revoked'
  | 'replaced';

export type Attempt = {
  id: number;
  mode: StreamMode;
  openedAt: number;
  stage: 'request' | 'headers' | 'hello';
  /** A heartbeat agreed on this attempt. */
  isAgreed: boolean;
};

export type ConnectionState = {
  phase: Phase;
  reason: Reason | null;
  mode: StreamMode;
  active: Attempt | null;
  next: Attempt | null;
  /** `next` opens when the handover timer fires, whether or not the old stream is still there. */
  isHandoverPlanned: boolean;
  lastAttemptId: number;
  /** Exponent of the backoff. */
  failures: number;
  headersMissed: number;
  hbMs: number;
  lastByteAt: number;
  liveSince: number | null;
  lastAgreedAt: number | null;
  lastDivergedAt: number | null;
  /** What the next attempt says of its position. */
  ask: CursorUse;
  isLoopBroken: boolean;
  /** Recent attempts that reached the server and ended, by the cursor they ended at. */
  endings: { cursor: string | null; at: number }[];
};

export const timers = ['connect', 'hello', 'watchdog', 'agree', 'retry', 'handover', 'reprobe'] as const;
export type TimerName = (typeof timers)[number];

export type Mismatch = 'gap' | 'epoch' | 'fork' | 'diverged' | 'protocol' | 'late';
export type ByeCode = 'drain' | 'rotate' | 'auth' | 'slow' | 'revoked' | 'replaced' | 'upgrade';

/** `at` is monotonic ms. Inputs of an attempt that is neither active nor next are ignored. */
export type ConnectionInput = { at: number } & (
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'signed-in' }
  /** The page or the network came back, or the machine slept (`sleptMs` > 0). */
  | { type: 'wake'; sleptMs: number }
  | { type: 'timer'; timer: TimerName; cursor: string | null }
  | { type: 'headers'; attempt: number }
  | { type: 'bytes'; attempt: number }
  | { type: 'hello'; attempt: number; hbMs: number }
  /** A heartbeat that the server sent `ageMs` ago matched our position, chain and digest. */
  | { type: 'agreed'; attempt: number; ageMs: number }
  /** A heartbeat came, but the server has lost its store: this is the last known state only. */
  | { type: 'degraded'; attempt: number }
  | { type: 'mismatch'; attempt: number; kind: Mismatch; cursor: string | null }
  | { type: 'bye'; attempt: number; code: ByeCode; afterMs: number; cursor: string | null }
  | { type: 'ended'; attempt: number; cursor: string | null }
  | { type: 'failed'; attempt: number; why: 'network' | 'not-a-stream'; cursor: string | null }
  | { type: 'refused'; attempt: number; status: number; retryAfterMs: number; cursor: string | null }
);

/** `wait` draws its delay uniformly between the two bounds and replaces a running timer of that name. */
export type ConnectionEffect =
  | { type: 'open'; attempt: number; mode: StreamMode; ask: CursorUse }
  | { type: 'close'; attempt: number }
  | { type: 'wait'; timer: TimerName; fromMs: number; toMs: number }
  | { type: 'cancel'; timer: TimerName }
  /** Forget what this person may no longer see, on screen and on disk. */
  | { type: 'purge' };

export const connectionLimits = {
  /** Response headers must come within this; a board answers in milliseconds, a sleepy instance in seconds. */
  headersMs: 10_000,
  /** `hello` must follow its headers within this, or something on the path buffers the stream. */
  helloMs: 3_000,
  /** A long poll answers within 25 s; this much more is patience. */
  pollMs: 35_000,
  pollPauseMs: 1_000,
  reprobeMs: 600_000,
  backoffMinMs: 250,
  backoffMaxMs: 10_000,
  /** After an attempt that proved the board the backoff is at most `backoffMinMs` doubled this often: 1 s. */
  provedFailuresMax: 2,
  /** Staying live this long forgives earlier failures. */
  healthyMs: 30_000,
  loopAttempts: 5,
  loopWindowMs: 5_000,
  /** A copy that diverged is fetched anew at most this often. */
  divergedEveryMs: 30_000,
  authRetryMs: 30_000,
  silenceSlackMs: 5_000,
} as const;

export const idleConnection: ConnectionState = {
  phase: 'idle',
  reason: null,
  mode: 'stream',
  active: null,
  next: null,
  isHandoverPlanned: false,
  lastAttemptId: 0,
  failures: 0,
  headersMissed: 0,
  hbMs: 15_000,
  lastByteAt: 0,
  liveSince: null,
  lastAgreedAt: null,
  lastDivergedAt: null,
  ask: 'cursor',
  isLoopBroken: false,
  endings: [],
};
