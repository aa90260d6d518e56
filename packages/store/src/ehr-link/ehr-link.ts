/** The link to one EHR account, shared by every process through Redis: its rate gate and its circuit breakers. */
import { createHash, randomInt } from 'node:crypto';
import type { Breaker, BreakerChange, BreakerState, EhrLane } from '@workflow-bolt/contracts';
import { pairsOf } from '../audit/seal-state.ts';
import {
  type EndTurnReply,
  endTurnCall,
  forceBreakerCall,
  readBreakerCall,
  type TakeTurnReply,
  takeTurnCall,
} from '../generated/function-calls.generated.ts';
import type { RedisPort } from '../redis-port.ts';
import { type BreakerSettings, breakerSettings, settingsList } from './breaker-settings.ts';
import { type EhrLinkKeys, ehrAccountsKey, ehrLinkKeys } from './ehr-link-keys.ts';

export type TurnAsk = {
  operation: string;
  lane: EhrLane;
  /** Random; the same one while waiting. */
  permit: string;
  kind: 'interactive' | 'background';
  /** Least ms between two calls, margin included; `isLive` when the vendor itself has told it. */
  gapMs: number;
  isLive: boolean;
  /** Calls were made that Redis does not know of: no turn before so many ms. */
  busyMs: number;
  /** A half-open permit is given back when it is not reported within so many ms. */
  leaseMs: number;
};
export type TurnReport = {
  operation: string;
  lane: EhrLane;
  permit: string;
  gen: number;
  outcome: 'ok' | 'failed' | 'credentials' | 'ignored';
  tookMs: number;
  /** The vendor refused the call as too soon: nobody calls for so long. */
  deferMs: number;
};
export type EhrLinkParts = {
  port: RedisPort;
  account: string;
  /** Name of this process. */
  node: string;
  settings?: BreakerSettings;
  waitersMax?: number;
};

/** More would wait for minutes. */
const waitersMaxDefault = 64;
/** A quarter of the places is for what a person waits for: a line full of timers turns nobody away who stands there. */
const backgroundShare = 0.75;

/** The limits are the account's: who holds its key shares them, under a name from which the key cannot be found. */
export function ehrAccountName(customerKey: string): string {
  return createHash('sha256').update(customerKey).digest('hex').slice(0, 16);
}

/** A customer key that was replaced is an account that nobody speaks for any more; its breakers tell nothing. */
const formerMs = 7 * 86_400_000;

/** Accounts that a worker has spoken for, but those that fell silent a week before the last word for any. Throws Fault. */
export async function ehrAccounts(port: RedisPort): Promise<string[]> {
  const flat = await port.command('HGETALL', ehrAccountsKey);
  const heard = pairsOf(Array.isArray(flat) ? flat.map(String) : []);
  const last = Math.max(0, ...heard.map(([, at]) => Number(at)));
  return heard.flatMap(([account, at]) => (Number(at) > last - formerMs ? [account] : [])).sort();
}

export class EhrLink {
  readonly account: string;
  readonly #parts: EhrLinkParts;
  readonly #keys: EhrLinkKeys;
  readonly #node: string;
  readonly #settings: BreakerSettings;

  constructor(parts: EhrLinkParts) {
    this.#parts = parts;
    this.account = parts.account;
    this.#keys = ehrLinkKeys(parts.account);
    this.#node = parts.node.replaceAll(/[^A-Za-z0-9-]/g, '-').slice(0, 40);
    this.#settings = parts.settings ?? breakerSettings;
  }

  /** Makes the account known to operators. Throws Fault. */
  async announce(at: number): Promise<void> {
    await this.#parts.port.command('HSET', ehrAccountsKey, this.account, at);
  }

  /** Gate and breaker in one call. Throws Fault. */
  take(ask: TurnAsk): Promise<TakeTurnReply> {
    const { operation, lane, permit, kind, isLive } = ask;
    const places = this.#parts.waitersMax ?? waitersMaxDefault;
    return this.#parts.port.fcall(
      takeTurnCall(
        { breaker: this.#keys.breaker(lane), gate: this.#keys.gate(operation), events: this.#keys.events },
        {
          ...{ permit, kind, lane, isLive: isLive ? 1 : 0, doorbell: this.#parts.port.doorbell },
          ...{ gapMs: Math.ceil(ask.gapMs), busyMs: Math.ceil(ask.busyMs), leaseMs: Math.ceil(ask.leaseMs) },
          waitersMax: kind === 'interactive' ? places : Math.floor(places * backgroundShare),
          ...{ probes: this.#settings.probes, channel: this.#keys.channel },
        },
      ),
    );
  }

  /** A waiting caller gives up: those behind it move up at once. Throws Fault. */
  async leave(operation: string, permit: string): Promise<void> {
    await this.#parts.port.command('HDEL', this.#keys.gate(operation), `w:${permit}`);
  }

  /** Gate and breaker learn how it went, in one call. Throws Fault. */
  end(report: TurnReport): Promise<EndTurnReply> {
    const { operation, lane, permit, gen, outcome } = report;
    const other = this.#keys.breaker(lane === 'reads' ? 'writes' : 'reads');
    return this.#parts.port.fcall(
      endTurnCall(
        {
          ...{ breaker: this.#keys.breaker(lane), other, gate: this.#keys.gate(operation) },
          events: this.#keys.events,
        },
        {
          ...{ permit, gen, lane, outcome, draw: randomInt(1_000_000), node: this.#node },
          ...{ tookMs: Math.max(0, Math.round(report.tookMs)), deferMs: Math.ceil(report.deferMs) },
          ...{ settings: settingsList(this.#settings), doorbell: this.#parts.port.doorbell },
          channel: this.#keys.channel,
        },
      ),
    );
  }

  /** Throws Fault. */
  async read(lane: EhrLane): Promise<Breaker> {
    const { windowMs, countMax } = this.#settings;
    const key = this.#keys.breaker(lane);
    const reply = await this.#parts.port.fcall(readBreakerCall({ breaker: key }, { windowMs, countMax }));
    const { why, by, opens, permits, calls, failed, slow } = reply;
    const state = reply.state as BreakerState;
    const times = { since: instant(reply.since), till: instant(reply.till) };
    return { lane, state, ...times, why, by, opens, permits, calls, failed, slow };
  }

  /** A person's hand; `closed` is automatic again. `ttlMs` 0 holds it until somebody lifts it. Throws Fault. */
  async force(
    lane: EhrLane,
    state: 'forced_open' | 'forced_closed' | 'closed',
    { ttlMs, why, by }: { ttlMs: number; why: string; by: string },
  ): Promise<BreakerState> {
    const { port } = this.#parts;
    const reply = await port.fcall(
      forceBreakerCall(
        { breaker: this.#keys.breaker(lane), events: this.#keys.events },
        { lane, state, ttlMs, why, by, doorbell: port.doorbell, channel: this.#keys.channel },
      ),
    );
    return reply.from as BreakerState;
  }

  /** The last changes, newest first. Throws Fault. */
  async history(most: number): Promise<BreakerChange[]> {
    const found = await this.#parts.port.command('XREVRANGE', this.#keys.events, '+', '-', 'COUNT', most);
    return (Array.isArray(found) ? found : []).map(changeOf);
  }

  /** Hears of every change, of whichever process. A lost connection may lose one: read again then. Throws Fault. */
  async watch(listener: () => void): Promise<void> {
    await this.#parts.port.subscribe(this.#keys.channel, listener);
  }
}

const instant = (ms: number): number | null => (ms > 0 ? ms : null);

function changeOf(entry: unknown): BreakerChange {
  const flat = Array.isArray(entry) && Array.isArray(entry[1]) ? entry[1].map(String) : [];
  const of = (name: string): string => flat[flat.indexOf(name) + 1] ?? '';
  return {
    at: Number(of('at')),
    lane: of('lane') as EhrLane,
    from: of('from') as BreakerState,
    to: of('to') as BreakerState,
    why: of('why'),
    by: of('by'),
    till: instant(Number(of('till'))),
  };
}
