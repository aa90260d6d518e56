/**
 * The connection as a pure function: (state, input) -> (state, effects). No clock, no randomness, no I/O;
 * `connection-driver.ts` performs the effects. Every phase answers every input: what has no row below
 * changes nothing.
 *
 * | input | answer |
 * |---|---|
 * | start | from idle, needs-auth, forbidden, gone: open |
 * | stop | close everything, idle |
 * | signed-in | from needs-auth, forbidden: open at once |
 * | wake | waiting: open now, past any backoff; connected but silent for a heartbeat: reopen now |
 * | headers, hello | the canary: a hello later than 3 s after its headers means a buffering path, so poll |
 * | agreed | live; a `next` attempt takes over and the old one closes |
 * | degraded | stale, until a heartbeat agrees again |
 * | mismatch | close and reopen; a diverged copy asks for a snapshot, at most every 30 s |
 * | bye | rotate, drain: open beside the old one; upgrade: gone; revoked: purge and ask anew; others: reopen |
 * | ended, failed | offline, retry with full jitter; five endings at one cursor within 5 s: snapshot once |
 * | refused | 401 needs-auth; 403 purge, forbidden; 410 gone; everything else: offline, Retry-After |
 * | timer connect, hello, watchdog, agree | the attempt is given up: nothing on it proves the board |
 * | timer retry, handover | open |
 * | timer reprobe | the next attempt tries streaming again |
 */
import {
  type Attempt,
  type ConnectionEffect,
  type ConnectionInput,
  type ConnectionState,
  connectionLimits as limits,
  type Phase,
  type Reason,
  timers,
} from './connection-state.ts';

export type ConnectionStep = { state: ConnectionState; effects: ConnectionEffect[] };
type AttemptInput = Extract<ConnectionInput, { attempt: number }>;
type Of<T extends ConnectionInput['type']> = Extract<ConnectionInput, { type: T }>;

export function stepConnection(state: ConnectionState, input: ConnectionInput): ConnectionStep {
  const draft = new Draft(state, input.at);
  if ('attempt' in input) stepAttempt(draft, input);
  else stepOwn(draft, input);
  return { state: draft.state, effects: draft.effects };
}

function stepOwn(draft: Draft, input: Exclude<ConnectionInput, AttemptInput>): void {
  const { phase } = draft.state;
  switch (input.type) {
    case 'start':
      if (phase === 'idle' || isHalted(phase)) draft.restart();
      return;
    case 'stop':
      draft.halt('idle', null);
      return;
    case 'signed-in':
      if (phase === 'needs-auth' || phase === 'forbidden') draft.restart();
      return;
    case 'wake':
      stepWake(draft, input.sleptMs);
      return;
    case 'timer':
      stepTimer(draft, input);
      return;
  }
}

const isHalted = (phase: Phase) => phase === 'needs-auth' || phase === 'forbidden' || phase === 'gone';

function stepWake(draft: Draft, sleptMs: number): void {
  const { phase, active, lastByteAt, hbMs } = draft.state;
  if (phase === 'idle' || phase === 'forbidden' || phase === 'gone') return;
  if (active === null) {
    draft.open();
    return;
  }
  if (draft.at - lastByteAt + sleptMs <= hbMs) return;
  draft.closeAll();
  draft.enter('connecting', 'silent');
  draft.open();
}

function stepTimer(draft: Draft, { timer, cursor }: Of<'timer'>): void {
  const { active, next, phase } = draft.state;
  if (phase === 'idle' || phase === 'forbidden' || phase === 'gone') return;
  switch (timer) {
    case 'retry':
      if (active === null) draft.open();
      return;
    case 'handover':
      if (active === null) draft.open();
      else if (next === null) draft.openNext();
      return;
    case 'reprobe':
      draft.set({ mode: 'stream' });
      return;
    case 'connect':
      missHeaders(draft, next ?? active, cursor);
      return;
    case 'hello':
      missHello(draft, next ?? active);
      return;
    case 'watchdog':
      checkSilence(draft, draft.state.lastByteAt, timer, cursor);
      return;
    case 'agree':
      if (phase === 'live') checkSilence(draft, draft.state.lastAgreedAt ?? 0, timer, cursor);
      return;
  }
}

/** Timers are not re-armed at every byte; when one fires early it waits for what remains. */
function checkSilence(draft: Draft, since: number, timer: 'watchdog' | 'agree', cursor: string | null): void {
  const { active } = draft.state;
  if (active === null) return;
  const remainingMs = since + silenceMs(draft.state) - draft.at;
  if (remainingMs > 0) draft.wait(timer, remainingMs);
  else draft.giveUp(active, 'silent', cursor);
}

const silenceMs = (state: ConnectionState) => 2 * state.hbMs + limits.silenceSlackMs;

/** Some paths hold even the headers back until the body is complete: two in a row are taken for one. */
function missHeaders(draft: Draft, attempt: Attempt | null, cursor: string | null): void {
  if (attempt?.stage !== 'request') return;
  const headersMissed = draft.state.headersMissed + 1;
  draft.set({ headersMissed });
  if (headersMissed >= 2 && attempt.mode === 'stream') draft.fallBack();
  draft.giveUp(attempt, 'silent', cursor);
}

function missHello(draft: Draft, attempt: Attempt | null): void {
  if (attempt?.stage !== 'headers' || attempt.mode !== 'stream') return;
  draft.fallBack();
  draft.close(attempt);
  if (draft.state.active === null) draft.open();
}

function stepAttempt(draft: Draft, input: AttemptInput): void {
  const { active, next } = draft.state;
  const attempt = active?.id === input.attempt ? active : next?.id === input.attempt ? next : null;
  if (attempt === null) return;
  switch (input.type) {
    case 'bytes':
      draft.set({ lastByteAt: draft.at });
      return;
    case 'headers':
      onHeaders(draft, attempt);
      return;
    case 'hello':
      onHello(draft, attempt, input.hbMs);
      return;
    case 'agreed':
      onAgreed(draft, attempt, input.ageMs);
      return;
    case 'degraded':
      if (attempt === active) draft.enter('stale', 'degraded');
      return;
    case 'mismatch':
      onMismatch(draft, attempt, input);
      return;
    case 'bye':
      onBye(draft, attempt, input);
      return;
    case 'ended':
      draft.giveUp(attempt, 'ended', input.cursor);
      return;
    case 'failed':
      draft.giveUp(attempt, input.why, input.cursor);
      return;
    case 'refused':
      onRefused(draft, attempt, input);
      return;
  }
}

function onHeaders(draft: Draft, attempt: Attempt): void {
  draft.replace(attempt, { stage: 'headers' });
  draft.set({ headersMissed: 0, lastByteAt: draft.at });
  draft.cancel('connect');
  draft.wait('watchdog', silenceMs(draft.state));
  if (attempt.mode === 'stream') draft.wait('hello', limits.helloMs);
}

function onHello(draft: Draft, attempt: Attempt, hbMs: number): void {
  draft.replace(attempt, { stage: 'hello' });
  draft.set({ hbMs });
  draft.cancel('hello');
  if (attempt.mode === 'stream') draft.cancel('reprobe');
  if (attempt.id === draft.state.active?.id && draft.state.phase !== 'live') draft.enter('catching-up', null);
}

function onAgreed(draft: Draft, attempt: Attempt, ageMs: number): void {
  if (attempt.stage !== 'hello') return;
  draft.replace(attempt, { isAgreed: true });
  if (attempt.id === draft.state.next?.id) draft.promote();
  draft.set({
    lastAgreedAt: Math.max(draft.state.lastAgreedAt ?? 0, draft.at - ageMs),
    liveSince: draft.state.liveSince ?? draft.at,
  });
  if (draft.state.phase === 'live') return;
  draft.enter('live', null);
  draft.wait('agree', silenceMs(draft.state));
}

function onMismatch(draft: Draft, attempt: Attempt, input: Of<'mismatch'>): void {
  if (input.kind !== 'diverged') {
    draft.giveUp(attempt, input.kind, input.cursor);
    return;
  }
  const { lastDivergedAt } = draft.state;
  const readyAt = lastDivergedAt === null ? 0 : lastDivergedAt + limits.divergedEveryMs;
  draft.set({ ask: 'digest' });
  draft.closeAll();
  const waitMs = Math.max(0, readyAt - draft.at);
  draft.enter(waitMs > 0 ? 'stale' : 'connecting', 'diverged');
  if (waitMs > 0) {
    draft.wait('retry', waitMs);
    return;
  }
  draft.set({ lastDivergedAt: draft.at });
  draft.open();
}

function onBye(draft: Draft, attempt: Attempt, { code, afterMs, cursor }: Of<'bye'>): void {
  if (attempt.id === draft.state.next?.id && code !== 'revoked' && code !== 'upgrade') {
    draft.giveUp(attempt, reasonOf(code), cursor);
    return;
  }
  switch (code) {
    case 'rotate':
    case 'drain':
      if (attempt.stage !== 'hello') {
        draft.giveUp(attempt, reasonOf(code), cursor, afterMs);
        return;
      }
      if (draft.state.next === null) draft.planHandover(afterMs, afterMs);
      return;
    case 'upgrade':
      draft.halt('gone', 'upgrade');
      return;
    case 'revoked':
      onRevoked(draft);
      return;
    case 'replaced':
      draft.giveUp(attempt, 'replaced', cursor, limits.backoffMaxMs);
      return;
    case 'auth':
    case 'slow':
      draft.giveUp(attempt, reasonOf(code), cursor);
      return;
  }
}

function reasonOf(code: Of<'bye'>['code']): Reason {
  if (code === 'auth') return 'signed-out';
  return code === 'rotate' ? 'ended' : code;
}

/**
 * A right was taken away. Nothing of what was seen may stay; then the server is asked once more without a
 * cursor: it answers 401 or 403, or shows the lesser view that the new role allows.
 */
function onRevoked(draft: Draft): void {
  draft.closeAll();
  draft.set({ ask: 'nothing' });
  draft.effects.push({ type: 'purge' });
  draft.enter('needs-auth', 'revoked');
  draft.set({ failures: draft.state.failures + 1 });
  draft.retryLater(0);
}

function onRefused(draft: Draft, attempt: Attempt, input: Of<'refused'>): void {
  if (input.status === 403) draft.effects.push({ type: 'purge' });
  if (input.status === 403) {
    draft.halt('forbidden', 'no-permission');
    return;
  }
  if (input.status === 410) {
    draft.halt('gone', 'removed');
    return;
  }
  if (input.status !== 401) {
    draft.giveUp(attempt, 'refused', input.cursor, input.retryAfterMs);
    return;
  }
  draft.closeAll();
  draft.enter('needs-auth', draft.state.reason === 'revoked' ? 'revoked' : 'signed-out');
  draft.wait('retry', limits.authRetryMs, 2 * limits.authRetryMs);
}

/** The state being made, and the few moves that several rows share. */
class Draft {
  state: ConnectionState;
  readonly effects: ConnectionEffect[] = [];
  readonly at: number;

  constructor(state: ConnectionState, at: number) {
    this.state = state;
    this.at = at;
  }

  set(change: Partial<ConnectionState>): void {
    this.state = { ...this.state, ...change };
  }

  enter(phase: Phase, reason: Reason | null): void {
    this.set({ phase, reason, liveSince: phase === 'live' ? this.state.liveSince : null });
  }

  wait(timer: (typeof timers)[number], fromMs: number, toMs = fromMs): void {
    this.effects.push({ type: 'wait', timer, fromMs, toMs });
  }

  cancel(timer: (typeof timers)[number]): void {
    this.effects.push({ type: 'cancel', timer });
  }

  replace(attempt: Attempt, change: Partial<Attempt>): void {
    const changed = { ...attempt, ...change };
    if (this.state.active?.id === attempt.id) this.set({ active: changed });
    else this.set({ next: changed });
  }

  restart(): void {
    this.set({ failures: 0, endings: [], isLoopBroken: false });
    this.open();
  }

  open(): void {
    const keepsPhase = this.state.phase === 'live' || this.state.phase === 'needs-auth';
    if (!keepsPhase) this.enter('connecting', this.state.reason);
    this.cancel('retry');
    this.cancel('handover');
    this.set({ active: this.#begin(), isHandoverPlanned: false });
  }

  planHandover(fromMs: number, toMs: number): void {
    this.set({ isHandoverPlanned: true });
    this.wait('handover', fromMs, toMs);
  }

  openNext(): void {
    this.set({ next: this.#begin(), isHandoverPlanned: false });
  }

  #begin(): Attempt {
    const id = this.state.lastAttemptId + 1;
    const { mode, ask } = this.state;
    this.set({ lastAttemptId: id, ask: 'cursor' });
    this.effects.push({ type: 'open', attempt: id, mode, ask });
    this.wait('connect', mode === 'poll' ? limits.pollMs : limits.headersMs);
    return { id, mode, openedAt: this.at, stage: 'request', isAgreed: false };
  }

  close(attempt: Attempt): void {
    this.effects.push({ type: 'close', attempt: attempt.id });
    if (attempt.stage !== 'hello') this.cancel('connect');
    if (attempt.stage !== 'hello') this.cancel('hello');
    if (this.state.active?.id === attempt.id) this.set({ active: null });
    else this.set({ next: null });
  }

  closeAll(): void {
    if (this.state.next) this.close(this.state.next);
    if (this.state.active) this.close(this.state.active);
    for (const timer of timers) if (timer !== 'reprobe') this.cancel(timer);
    this.set({ isHandoverPlanned: false });
  }

  halt(phase: 'idle' | 'forbidden' | 'gone', reason: Reason | null): void {
    this.closeAll();
    this.cancel('reprobe');
    this.set({ mode: 'stream', ask: phase === 'forbidden' ? 'nothing' : 'cursor' });
    this.enter(phase, reason);
  }

  promote(): void {
    const { active, next } = this.state;
    if (active) this.close(active);
    this.set({ active: next, next: null });
    this.cancel('handover');
  }

  fallBack(): void {
    this.set({ mode: 'poll' });
    this.wait('reprobe', limits.reprobeMs);
  }

  /** The attempt proves nothing any more. What follows depends on whether another one stands beside it. */
  giveUp(attempt: Attempt, reason: Reason, cursor: string | null, atLeastMs = 0): void {
    const isNext = this.state.next?.id === attempt.id;
    const isPlanned = attempt.mode === 'poll' && attempt.isAgreed && reason === 'ended';
    this.close(attempt);
    if (isNext) {
      this.#retryHandover();
      return;
    }
    if (this.state.next) {
      this.#takeNext(reason);
      return;
    }
    if (this.state.isHandoverPlanned) {
      this.enter('offline', 'drain');
      return;
    }
    if (isPlanned) {
      this.#pollAgain(attempt);
      return;
    }
    this.#countFailure(attempt);
    this.enter('offline', this.#isLooping(attempt, cursor) ? 'loop' : reason);
    this.retryLater(atLeastMs);
  }

  #retryHandover(): void {
    this.set({ failures: this.state.failures + 1 });
    this.planHandover(limits.backoffMinMs, this.#backoffMs());
  }

  #takeNext(reason: Reason): void {
    const { next } = this.state;
    this.set({ active: next, next: null });
    this.enter(next?.stage === 'hello' ? 'catching-up' : 'connecting', reason);
    this.wait('watchdog', silenceMs(this.state));
  }

  #pollAgain(attempt: Attempt): void {
    this.set({ failures: 0, endings: [] });
    if (this.at - attempt.openedAt >= limits.pollPauseMs) this.open();
    else this.wait('retry', limits.pollPauseMs);
  }

  /** A stream that had proved the board and broke is a server that died: another one answers within a second. */
  #countFailure({ isAgreed }: Attempt): void {
    const { liveSince, failures } = this.state;
    const wasHealthy = liveSince !== null && this.at - liveSince >= limits.healthyMs;
    if (wasHealthy) this.set({ failures: 0, endings: [], isLoopBroken: false });
    else this.set({ failures: isAgreed ? Math.min(failures + 1, limits.provedFailuresMax) : failures + 1 });
  }

  /**
   * Five attempts that reached the server and ended at one cursor within 5 s: that cursor may be what breaks
   * them, so it is left out once. A cut cable says nothing about the cursor and does not count.
   */
  #isLooping(attempt: Attempt, cursor: string | null): boolean {
    if (attempt.stage !== 'hello') return false;
    const endings = [...this.state.endings, { cursor, at: this.at }].filter(
      (ending) => ending.cursor === cursor && this.at - ending.at <= limits.loopWindowMs,
    );
    this.set({ endings });
    if (endings.length < limits.loopAttempts) return false;
    if (!this.state.isLoopBroken) this.set({ endings: [], isLoopBroken: true, ask: 'nothing' });
    return true;
  }

  #backoffMs(): number {
    return Math.min(limits.backoffMaxMs, limits.backoffMinMs * 2 ** Math.min(this.state.failures, 10));
  }

  retryLater(atLeastMs: number): void {
    this.cancel('watchdog');
    this.cancel('agree');
    this.wait('retry', atLeastMs, Math.max(this.#backoffMs(), atLeastMs + limits.backoffMinMs));
  }
}
