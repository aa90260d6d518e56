/** Breaker and gate against a model, in virtual time. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BreakerSettings, EhrLink, type TurnAsk } from '../src/index.ts';
import { BreakerReference } from './breaker-reference.ts';
import { startVirtualBreaker, type VirtualBreaker, virtualAccount } from './virtual-breaker.ts';

const settings: BreakerSettings = {
  ...{ countMax: 6, windowMs: 20_000, callsMin: 3, failPct: 50, slowPct: 60, slowMs: 2_000, probes: 2 },
  ...{ openMs: 1_000, openMsMax: 6_000, jitterPct: 20, credentialsMs: 5_000, credentialsMsMax: 12_000 },
};
const waitersMax = 4;

let breaker: VirtualBreaker;
beforeAll(async () => {
  breaker = await startVirtualBreaker();
});
afterAll(() => breaker?.[Symbol.asyncDispose]());

type Step =
  | {
      do: 'take';
      who: number;
      lane: 'reads' | 'writes';
      kind: TurnAsk['kind'];
      isLive: boolean;
      busyMs: number;
    }
  | {
      do: 'end';
      pick: number;
      outcome: 'ok' | 'failed' | 'credentials' | 'ignored';
      tookMs: number;
      deferMs: number;
      draw: number;
    }
  | {
      do: 'force';
      lane: 'reads' | 'writes';
      state: 'forced_open' | 'forced_closed' | 'closed';
      ttlMs: number;
    }
  | { do: 'pass'; ms: number };

const lane = fc.constantFrom('reads' as const, 'writes' as const);
const rare = (value: number) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(value) });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      who: fc.integer({ min: 0, max: 6 }),
      lane: fc.oneof({ weight: 4, arbitrary: fc.constant('reads' as const) }, fc.constant('writes' as const)),
      kind: fc.constantFrom('interactive' as const, 'background' as const),
      isLive: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, fc.constant(true)),
      busyMs: rare(700),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      pick: fc.nat(20),
      outcome: fc.oneof(
        { weight: 5, arbitrary: fc.constant('ok' as const) },
        { weight: 5, arbitrary: fc.constant('failed' as const) },
        fc.constantFrom('credentials' as const, 'ignored' as const),
      ),
      tookMs: fc.constantFrom(5, 1_999, 2_000),
      deferMs: rare(2_000),
      draw: fc.nat(999_999),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('force' as const),
      lane,
      state: fc.constantFrom('forced_open' as const, 'forced_closed' as const, 'closed' as const),
      ttlMs: fc.constantFrom(0, 3_000),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.oneof(fc.constantFrom(1, 25, 500, 1_000, 1_250), fc.nat(15_000)),
    }),
  },
);

const plainTake = { do: 'take', lane: 'reads', kind: 'background', isLive: false, busyMs: 0 } as const;
/** Three failures open it, and its pause passes: what follows begins half open. */
const untilHalfOpen: Step[] = [0, 1, 2].flatMap((who): Step[] => [
  { ...plainTake, who },
  { do: 'end', pick: 0, outcome: 'failed', tookMs: 5, deferMs: 0, draw: 0 },
  { do: 'pass', ms: 600 },
]);
/** Trials: mostly good or left hanging, over as much time as a lease is long. */
const trial: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    ...{ do: fc.constant('take' as const), who: fc.integer({ min: 0, max: 6 }) },
    ...{ lane: fc.constant('reads' as const), kind: fc.constant('background' as const) },
    ...{ isLive: fc.constant(false), busyMs: fc.constant(0) },
  }),
  fc.record({
    ...{ do: fc.constant('end' as const), pick: fc.nat(3), tookMs: fc.constant(5), deferMs: fc.constant(0) },
    outcome: fc.constantFrom(
      'ok' as const,
      'ok' as const,
      'ok' as const,
      'ignored' as const,
      'failed' as const,
    ),
    draw: fc.nat(999_999),
  }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(500, 500, 500, 3_500, 4_000, 1_200) }),
);
const afterOutage = fc
  .array(trial, { minLength: 20, maxLength: 60, size: 'max' })
  .map((steps): Step[] => [...untilHalfOpen, { do: 'pass', ms: 1_200 }, ...steps]);

/** Permits that were granted, and what I7 says of them. */
class Held {
  readonly open: { permit: string; who: number; lane: 'reads' | 'writes'; gen: number; operation: string }[] =
    [];
}

async function playScenario(steps: readonly Step[]): Promise<string[]> {
  const { port, draw } = breaker;
  const links = [0, 1, 2].map(
    (n) => new EhrLink({ port, account: virtualAccount, node: `worker-${n}`, settings, waitersMax }),
  );
  const model = new BreakerReference(settings, waitersMax);
  const held = new Held();
  const waiting = new Map<number, string>();
  const seen: string[] = [];
  let now = 1_000_000_000_000;
  let n = 0;
  await breaker.begin(now);
  for (const one of steps) {
    if (one.do === 'pass') {
      now += one.ms;
      await breaker.setNow(now);
    } else if (one.do === 'force') {
      const link = links[0] as EhrLink;
      const from = await link.force(one.lane, one.state, { ttlMs: one.ttlMs, why: 'a person', by: 'u-1' });
      expect(from).toBe(model.force(now, one.lane, one.state, one.ttlMs).from);
      seen.push('forced');
    } else if (one.do === 'take') {
      const link = links[one.who % 3] as EhrLink;
      const permit = waiting.get(one.who) ?? `p${++n}`;
      const operation = one.lane === 'reads' ? 'GetPatient' : 'UpdateAppointment';
      const { kind, isLive, busyMs } = one;
      const ask = { operation, lane: one.lane, permit, kind, gapMs: 500, isLive, busyMs, leaseMs: 4_000 };
      const reply = await link.take(ask);
      expect(reply).toEqual(model.take(now, ask));
      seen.push(reply.status === 'granted' ? `granted ${reply.state}` : reply.status);
      if (reply.status === 'wait') waiting.set(one.who, permit);
      else waiting.delete(one.who);
      if (reply.status === 'granted') {
        held.open.push({ permit, who: one.who, lane: one.lane, gen: reply.gen, operation });
      }
    } else if (held.open.length > 0) {
      const [call] = held.open.splice(one.pick % held.open.length, 1);
      if (!call) continue;
      draw.value = one.draw;
      const { outcome, tookMs, deferMs } = one;
      const { operation, lane: of, permit, gen, who } = call;
      const report = { operation, lane: of, permit, gen, outcome, tookMs, deferMs };
      const link = links[who % 3] as EhrLink;
      const reply = await link.end(report);
      expect(reply).toEqual(model.end(now, { ...report, draw: one.draw, node: `worker-${who % 3}` }));
      seen.push(reply.status === 'noted' ? `noted ${reply.state}` : reply.status);
    }
    for (const of of ['reads', 'writes'] as const) {
      expect((await (links[0] as EhrLink).read(of)).state).toBe(model.stateAt(now, of));
    }
  }
  return seen;
}

const anyTime = fc.array(step, { minLength: 30, maxLength: 90, size: 'max' });

test('[I7] [EH-BREAKER] [EH-GATE] [EH-FAIR] [EH-NEIGHBOUR] [EH-SICK] breaker and gate answer as the model does, whatever three processes do in whatever time', async () => {
  const covered = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(anyTime, afterOutage), async (steps) => {
      for (const word of await playScenario(steps)) covered.add(word);
    }),
    { numRuns: Number(process.env.BOLT_BREAKER_RUNS ?? 80) },
  );
  // A run that never opened or never waited would have proved nothing.
  const least = ['denied', 'wait', 'late', 'forced', 'granted closed', 'granted half_open', 'noted open'];
  expect([...covered]).toEqual(expect.arrayContaining([...least, 'noted closed', 'noted half_open']));
});
