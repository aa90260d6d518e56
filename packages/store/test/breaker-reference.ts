/** Breaker and gate once more, in plain TypeScript: written from docs/spec/ehr-link.md, not from the Lua. */
import type { BreakerState, EhrLane } from '@workflow-bolt/contracts';
import type { BreakerSettings, TurnAsk, TurnReport } from '../src/index.ts';

type Outcome = { at: number; isFailed: boolean; isSlow: boolean; node: string };
type Lane = {
  state: BreakerState;
  gen: number;
  till: number;
  opens: number;
  window: Outcome[];
  good: number;
  permits: Map<string, number>;
  why: string;
};
type Ticket = { kind: TurnAsk['kind']; n: number; till: number };
type Gate = {
  at: number;
  n: number;
  gap: number;
  streak: number;
  stretch: number;
  line: Map<string, Ticket>;
};

const freshLane = (): Lane => ({
  ...{ state: 'closed', gen: 0, till: 0, opens: 0, window: [], good: 0, permits: new Map(), why: '' },
});
const automatic = (state: BreakerState) => state === 'closed' || state === 'half_open';

export class BreakerReference {
  readonly #settings: BreakerSettings;
  readonly #waitersMax: number;
  readonly #lanes: Record<EhrLane, Lane> = { reads: freshLane(), writes: freshLane() };
  readonly #gates = new Map<string, Gate>();

  constructor(settings: BreakerSettings, waitersMax: number) {
    this.#settings = settings;
    this.#waitersMax = waitersMax;
  }

  stateAt(now: number, of: EhrLane): BreakerState {
    const { state, till } = this.#lanes[of];
    if (till === 0 || now < till) return state;
    if (state === 'open') return 'half_open';
    return state === 'forced_open' || state === 'forced_closed' ? 'closed' : state;
  }

  take(now: number, ask: TurnAsk): Record<string, unknown> {
    const lane = this.#lanes[ask.lane];
    const state = this.stateAt(now, ask.lane);
    const out = [...lane.permits.values()].filter((till) => till > now);
    if (state === 'open' || state === 'forced_open') {
      return { status: 'denied', state, retryMs: lane.till > 0 ? lane.till - now : 60_000, now };
    }
    if (lane.state === 'half_open' && out.length + lane.good >= this.#settings.probes) {
      return { status: 'denied', state, retryMs: out.length > 0 ? Math.min(...out) - now : 1_000, now };
    }
    return this.#turn(now, ask, state);
  }

  #turn(now: number, ask: TurnAsk, state: BreakerState): Record<string, unknown> {
    const gate = this.#gate(ask.operation);
    for (const [id, { till }] of gate.line) if (till <= now) gate.line.delete(id);
    const known = gate.line.get(ask.permit);
    const places = ask.kind === 'interactive' ? this.#waitersMax : Math.floor(this.#waitersMax * 0.75);
    if (!known && gate.line.size >= places) return { status: 'full', now };
    if (!known) gate.n += 1;
    const mine = { kind: ask.kind, n: known?.n ?? gate.n, till: 0 };
    if (ask.isLive) gate.gap = ask.gapMs;
    const gap = Math.ceil(((gate.gap || ask.gapMs) * gate.stretch) / 100);
    const ready = Math.max(gate.at, ask.busyMs > 0 ? now + ask.busyMs : 0);
    gate.line.set(ask.permit, mine);
    const ahead = servingOrder(gate).indexOf(ask.permit);
    if (ahead > 0 || now < ready) {
      const due = Math.max(0, ready - now) + ahead * gap;
      const ms = Math.max(1, Math.min(now >= ready ? Math.min(due, 25) : due, 1_000));
      gate.at = ready;
      mine.till = now + ms + 1_000;
      return { status: 'wait', ms, now, ahead };
    }
    gate.line.delete(ask.permit);
    const isPassed = [...gate.line.values()].some(({ kind }) => kind === 'background');
    gate.streak = ask.kind === 'interactive' && isPassed ? gate.streak + 1 : 0;
    gate.at = now + gap;
    return { status: 'granted', gen: this.#permit(now, ask, state), now, state };
  }

  #permit(now: number, ask: TurnAsk, state: BreakerState): number {
    const lane = this.#lanes[ask.lane];
    if (state !== lane.state) {
      const isTrial = state === 'half_open';
      this.#become(ask.lane, {
        state,
        till: 0,
        opens: isTrial ? lane.opens : 0,
        why: isTrial ? lane.why : '',
      });
    }
    const turned = this.#lanes[ask.lane];
    if (state === 'half_open') turned.permits.set(ask.permit, now + ask.leaseMs);
    return turned.gen;
  }

  end(now: number, report: TurnReport & { draw: number; node: string }): Record<string, unknown> {
    this.#pace(now, report);
    const lane = this.#lanes[report.lane];
    const isStale = report.gen !== lane.gen || this.stateAt(now, report.lane) !== lane.state;
    const isLost = lane.state === 'half_open' && (lane.permits.get(report.permit) ?? 0) <= now;
    if (isStale || isLost) {
      return { status: 'late', state: this.stateAt(now, report.lane), gen: lane.gen, now };
    }
    const counts = this.#judge(now, report, lane);
    const { state, gen } = this.#lanes[report.lane];
    return { status: 'noted', state, gen, ...counts, now };
  }

  force(now: number, of: EhrLane, state: BreakerState, ttlMs: number): Record<string, unknown> {
    const from = this.stateAt(now, of);
    this.#become(of, { state, till: ttlMs > 0 ? now + ttlMs : 0, opens: 0, why: 'person' });
    return { status: 'turned', from, gen: this.#lanes[of].gen, now };
  }

  #pace(now: number, { operation, deferMs, outcome }: TurnReport): void {
    const gate = this.#gate(operation);
    if (deferMs > 0) {
      gate.at = Math.max(gate.at, now + deferMs);
      gate.stretch = Math.min(800, gate.stretch * 2);
    } else if (outcome === 'ok') gate.stretch = Math.max(100, Math.floor(gate.stretch * 0.9));
  }

  #judge(now: number, report: TurnReport & { draw: number; node: string }, lane: Lane) {
    const none = { calls: 0, failed: 0, slow: 0 };
    const { outcome, lane: of } = report;
    const isSlow = report.tookMs >= this.#settings.slowMs;
    if (outcome === 'credentials' && automatic(lane.state)) {
      this.#refuseAccount(now, report);
      return none;
    }
    if (lane.state === 'closed' && (outcome === 'ok' || outcome === 'failed')) {
      lane.window.push({ at: now, isFailed: outcome === 'failed', isSlow, node: report.node });
      return this.#judgeWindow(now, report, lane);
    }
    if (lane.state !== 'half_open') return none;
    lane.permits.delete(report.permit);
    if (outcome === 'failed' || (outcome === 'ok' && isSlow)) {
      this.#open(now, of, { draw: report.draw, why: outcome === 'ok' ? 'slow' : 'failures' });
    } else if (outcome === 'ok') {
      lane.good += 1;
      if (lane.good >= this.#settings.probes)
        this.#become(of, { state: 'closed', till: 0, opens: 0, why: '' });
    }
    return none;
  }

  #judgeWindow(now: number, { lane: of, draw }: { lane: EhrLane; draw: number }, lane: Lane) {
    const { windowMs, countMax, callsMin, failPct, slowPct } = this.#settings;
    lane.window = lane.window.filter(({ at }) => at > now - windowMs).slice(-countMax);
    const calls = lane.window.length;
    const failed = lane.window.filter((one) => one.isFailed).length;
    const slow = lane.window.filter((one) => one.isSlow).length;
    const isFailing = failed / calls >= failPct / 100 && !onlyOneFails(lane.window);
    const isSlowing = slow / calls >= slowPct / 100;
    if (calls >= callsMin && (isFailing || isSlowing)) {
      this.#open(now, of, { draw, why: isFailing ? 'failures' : 'slow' });
    }
    return { calls, failed, slow };
  }

  #refuseAccount(now: number, { lane: own, draw }: { lane: EhrLane; draw: number }): void {
    for (const each of ['reads', 'writes'] as const) {
      const { why } = this.#lanes[each];
      const state = this.stateAt(now, each);
      const isForced = state === 'forced_open' || state === 'forced_closed';
      if (each !== own && (isForced || (state === 'open' && why === 'credentials'))) continue;
      this.#open(now, each, { draw, why: 'credentials' });
    }
  }

  #open(now: number, of: EhrLane, { draw, why }: { draw: number; why: string }): void {
    const { openMs, openMsMax, credentialsMs, credentialsMsMax, jitterPct } = this.#settings;
    const [base, most] = why === 'credentials' ? [credentialsMs, credentialsMsMax] : [openMs, openMsMax];
    const { opens } = this.#lanes[of];
    const share = (100 - jitterPct + (2 * jitterPct * draw) / 1_000_000) / 100;
    const pause = Math.max(1, Math.floor(Math.min(most, base * 2 ** opens) * share));
    this.#become(of, { state: 'open', till: now + pause, opens: opens + 1, why });
  }

  #become(of: EhrLane, to: Pick<Lane, 'state' | 'till' | 'opens' | 'why'>): void {
    this.#lanes[of] = { ...freshLane(), ...to, gen: this.#lanes[of].gen + 1 };
  }

  #gate(operation: string): Gate {
    const known = this.#gates.get(operation);
    if (known) return known;
    const gate: Gate = { at: 0, n: 0, gap: 0, streak: 0, stretch: 100, line: new Map() };
    this.#gates.set(operation, gate);
    return gate;
  }
}

/** Everybody in line, in the order in which they will be served: three interactive callers, then a background one. */
function servingOrder({ line, streak }: Gate): string[] {
  const of = (kind: Ticket['kind']) =>
    [...line].filter(([, one]) => one.kind === kind).sort(([, a], [, b]) => a.n - b.n);
  const [first, second] = [of('interactive'), of('background')];
  const order: string[] = [];
  for (let run = streak; first.length + second.length > 0; ) {
    const isSecond = second.length > 0 && (first.length === 0 || run >= 3);
    const next = (isSecond ? second : first).shift();
    if (next) order.push(next[0]);
    run = isSecond ? 0 : run + 1;
  }
  return order;
}

/** One process alone fails, while another has been served since: it is that process that is ill. */
function onlyOneFails(window: readonly Outcome[]): boolean {
  const failing = new Set(window.filter((one) => one.isFailed).map(({ node }) => node));
  const [first] = window.filter((one) => one.isFailed);
  if (failing.size !== 1 || !first) return false;
  const after = window.slice(window.indexOf(first));
  return after.some((one) => !one.isFailed && one.node !== first.node);
}
