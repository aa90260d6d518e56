/**
 * A clinic day with everything real: a server, three workers as processes, Redis with its gate, breaker and outbox, and
 * the simulator behind HTTP. Only the clock is hurried: the vendor's gaps, the breaker's pauses and the deadline of a
 * call are a tenth. The worker that holds the outbox is killed in the middle of a write.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogFrame } from '@workflow-bolt/contracts';
import { BoardState, foldFrame, says, standingWish, syncOf, writeRulesOf } from '@workflow-bolt/domain';
import { canonicalStatus } from '@workflow-bolt/ehr';
import type { EhrSimulator, JournalEntry } from '@workflow-bolt/ehr-simulator';
import { createRedisPort, EhrLink, ehrAccountName, fromUrl, outboxKey } from '@workflow-bolt/store';
import { awaitUntil, createRng, type RedisServer, type Rng, startRedis } from '@workflow-bolt/testkit';
import { BoardTruth } from '../../chaos/board-truth.ts';
import { type ClinicSystem, type SystemProcess, startClinicSystem } from '../../system/clinic-system.ts';
import { middayZone } from '../../system/midday-zone.ts';
import type { BreakerTurn, CaseHeld, DayEnd, Granted, Wish } from '../day/journal-judges.ts';
import { LiveStaff, type SeenBoard } from './live-staff.ts';
import { clearWeather, playWeather } from './live-weather.ts';
import { shortGapsMs } from './pace.ts';
import { TurnRecord } from './turn-record.ts';

export type LiveRecord = {
  readonly journal: readonly JournalEntry[];
  readonly changedElsewhere: readonly { at: number; id: number }[];
  readonly granted: readonly Granted[];
  readonly turns: readonly BreakerTurn[];
  readonly frames: readonly LogFrame[];
  readonly cases: readonly CaseHeld[];
  readonly ends: readonly DayEnd[];
  readonly wishes: ReadonlyMap<number, readonly Wish[]>;
  readonly killed: readonly string[];
};

/** Generous: a machine may be ten times slower than ours, and a list that contradicts a write is believed after 90 s. */
const endsWithinMs = 300_000;

/** Plays the day of a seed, with so many visits. */
export async function playLiveDay(seed: number, appointments: number): Promise<LiveRecord> {
  await using stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis({ persist: 'aof-always', tcp: true }));
  const turns = stack.use(await TurnRecord.of(redis));
  const system = stack.use(
    await startClinicSystem({
      ...{ seed, appointments, workers: 3, redisUrl: redis.url, zone: middayZone() },
      workerScript: 'tests/ehr-write/live/day-worker.ts',
      ehr: {
        throttle: { gapsMs: { ...shortGapsMs }, jitterMs: 5 },
        network: { latency: { kind: 'fixed', ms: 5 } },
      },
    }),
  );
  const day = new LiveDay({ system, redis, turns, rng: createRng(seed).fork('live-day') });
  // Awaited here: everything is gone as soon as this function returns.
  return await day.play(appointments);
}

type Parts = { system: ClinicSystem; redis: RedisServer; turns: TurnRecord; rng: Rng };

class LiveDay {
  readonly #parts: Parts;
  readonly #killed: string[] = [];
  readonly #deadNodes = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async play(appointments: number): Promise<LiveRecord> {
    const { system, rng } = this.#parts;
    const { simulator } = system;
    const cases = new Map(simulator.world.listed().map(({ id, caseId }) => [id, caseId]));
    const staff = await LiveStaff.signIn(system, rng.fork('staff'));
    await awaitUntil('the schedule is on the board', () => this.#isScheduled(staff, appointments), 120_000);
    await this.#throughTheDay(staff);
    clearWeather(simulator);
    const seen = await this.#untilSettled(staff);
    return this.#record(seen, staff, cases);
  }

  /** Staff work for as long as there is weather and somebody is to be killed. */
  async #throughTheDay(staff: LiveStaff): Promise<void> {
    const { system, rng } = this.#parts;
    const over = new AbortController();
    const work = this.#work(staff, over.signal);
    const troubles = Promise.all([
      playWeather(system.simulator, rng.fork('weather'), () => this.#hasOpened()),
      this.#killTwice(),
    ]).finally(() => over.abort());
    const [worked, troubled] = await Promise.allSettled([work, troubles]);
    for (const end of [troubled, worked]) if (end.status === 'rejected') throw end.reason;
  }

  async #killTwice(): Promise<void> {
    for (let n = 0; n < 2; n += 1) await this.#killHolder();
  }

  async #hasOpened(): Promise<boolean> {
    return (await this.#breakerTurns()).some(({ state }) => state === 'open');
  }

  async #isScheduled(staff: LiveStaff, appointments: number): Promise<boolean> {
    const seen = await staff.see();
    const isOn = seen?.day.writeBack === 'on';
    return isOn && seen.visits.length >= appointments / 2;
  }

  /** A breath between rounds, not a schedule: a slow machine has a day of fewer steps. */
  async #work(staff: LiveStaff, signal: AbortSignal): Promise<void> {
    for (let round = 1; !signal.aborted; round += 1) {
      const seen = await staff.see();
      if (seen) await staff.work(seen, 8);
      if (seen && round % 6 === 0) await staff.settleConflicts(seen);
      await sleep(700);
    }
  }

  /** Waits for a write that is on its way, and kills who holds the outbox; another process takes its place. */
  async #killHolder(): Promise<void> {
    const { system } = this.#parts;
    const updates = () => system.simulator.journal('UpdateAppointment');
    const before = updates().length;
    await awaitUntil('writes are under way', () => updates().length > before + 5, 120_000);
    const holder = await awaitUntil('somebody holds the outbox', () => this.#holder(), 60_000);
    await awaitUntil(
      'a write is on its way',
      () => updates().some(({ durationMs }) => durationMs === null),
      30_000,
    ).catch(() => undefined);
    this.#deadNodes.add(holder.node);
    await holder.process.end('SIGKILL');
    this.#killed.push(holder.process.name);
    holder.process.start();
  }

  /** Who holds the lease now; whoever was killed holds it a little longer than he lives. */
  async #holder(): Promise<{ node: string; process: SystemProcess } | undefined> {
    const { system, redis } = this.#parts;
    const { clinic, date } = system;
    const text = await redis.client().hget(outboxKey({ clinic, date }), 'holder');
    const node = text?.split('/')[0];
    if (node === undefined || this.#deadNodes.has(node)) return undefined;
    const process = system.workers.find(
      ({ logPath, isRunning }) => isRunning && readFileSync(logPath, 'utf8').includes(node),
    );
    return process && { node, process };
  }

  /** Until every card is in sync with what the EHR really holds, or says why it is not. */
  async #untilSettled(staff: LiveStaff): Promise<SeenBoard> {
    let last: SeenBoard | null = null;
    let askedAt = 0;
    const isSettled = async (): Promise<SeenBoard | false> => {
      const seen = await staff.see();
      if (!seen) return false;
      last = seen;
      if (seen.visits.every((visit) => this.#isSettled(visit, seen, staff))) return seen;
      if (Date.now() - askedAt > 5_000) {
        askedAt = Date.now();
        await staff.retryFailed(seen);
        await staff.requestSync();
      }
      await sleep(500);
      return false;
    };
    return awaitUntil('every card is settled', isSettled, endsWithinMs).catch((error: unknown) => {
      if (last) return last;
      throw error;
    });
  }

  #isSettled(visit: SeenBoard['visits'][number], { day }: SeenBoard, staff: LiveStaff): boolean {
    const end = this.#endOf(visit, day, staff);
    // These are tried again, by people or by themselves; nothing else but a person's choice mends the others.
    if (end.shown === 'waiting' || end.explained === 'outcome-unknown' || end.explained === 'not-applied')
      return false;
    return end.board === null || says(end.ehr, end.board, writeRulesOf(day)) || end.explained !== null;
  }

  #endOf(visit: SeenBoard['visits'][number], day: SeenBoard['day'], staff: LiveStaff): DayEnd {
    const { world }: EhrSimulator = this.#parts.system.simulator;
    const { state, reason, word } = syncOf(visit, day);
    const held = world.find(Number(visit.external?.appointmentId))?.status ?? null;
    const isAccepted = word !== null && staff.accepted.get(visit.id) === word;
    return {
      ...{ visit: visit.id, board: word, shown: state, ehr: canonicalStatus(held).canonical },
      explained: reason ?? (isAccepted ? 'accepted' : null),
    };
  }

  async #record(
    seen: SeenBoard,
    staff: LiveStaff,
    cases: ReadonlyMap<number, number | null>,
  ): Promise<LiveRecord> {
    const { system, redis, turns } = this.#parts;
    const { simulator, clinic, date } = system;
    // Calls first, then the turns: every call that is judged had its turn before.
    const journal = simulator.journal();
    await turns.caughtUp();
    const truth = new BoardTruth(redis.client(), { clinic, date });
    await truth.catchUp();
    const frames = truth.entries.map(({ frame }) => frame);
    return {
      journal,
      changedElsewhere: await changesIn(simulator),
      granted: turns.granted,
      turns: await this.#breakerTurns(),
      frames,
      cases: [...cases].map(([id, before]) => ({
        id,
        before,
        after: simulator.world.find(id)?.caseId ?? null,
      })),
      ends: seen.visits.map((visit) => this.#endOf(visit, seen.day, staff)),
      wishes: wishesIn(frames),
      killed: this.#killed,
    };
  }

  async #breakerTurns(): Promise<BreakerTurn[]> {
    const { redis, system } = this.#parts;
    const port = createRedisPort(fromUrl(redis.url), 'judge');
    await port.connect();
    const account = ehrAccountName(system.simulator.credentials.customerKey);
    const history = await new EhrLink({ port, account, node: 'judge' }).history(1_000);
    await port.close();
    return history.toReversed().map(({ at, lane, to }) => ({ at, lane, state: to }));
  }
}

async function changesIn({ controlUrl }: EhrSimulator): Promise<{ at: number; id: number }[]> {
  const answer = await fetch(`${controlUrl}/journal/actions`);
  const actions = (await answer.json()) as { at: string; do: string; id: number | null }[];
  return actions.flatMap((one) => (one.id === null ? [] : [{ at: Date.parse(one.at), id: one.id }]));
}

/** What the board wished for each appointment, folded from its log. A server's clock may be a little behind Redis's. */
function wishesIn(frames: readonly LogFrame[]): Map<number, Wish[]> {
  const state = new BoardState();
  const wishes = new Map<string, Wish[]>();
  const ids = new Map<string, number>();
  for (const [i, frame] of frames.entries()) {
    const changes = foldFrame(state, frame);
    state.apply(changes, i + 1);
    const day = state.get('day')?.d;
    for (const visit of changes.values()) {
      if (visit?.type !== 'visit' || day?.type !== 'day') continue;
      if (visit.external?.appointmentId) ids.set(visit.id, Number(visit.external.appointmentId));
      const status = standingWish(visit, writeRulesOf(day));
      const known = wishes.get(visit.id) ?? [];
      if (status !== null && known.at(-1)?.status !== status) known.push({ at: frame.at - 1_000, status });
      wishes.set(visit.id, known);
    }
  }
  return new Map([...wishes].map(([visitId, list]) => [ids.get(visitId) ?? 0, list]));
}
