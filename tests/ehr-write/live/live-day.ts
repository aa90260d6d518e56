/**
 * A clinic day with everything real: a server, three workers as processes, Redis with its gate, breaker and outbox, and
 * the simulator behind HTTP. Only the clock is hurried: the vendor's gaps, the breaker's pauses and the deadline of a
 * call are a tenth. The worker that holds the outbox is killed in the middle of a write.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { says, writeRulesOf } from '@workflow-bolt/domain';
import { outboxKey } from '@workflow-bolt/store';
import { awaitUntil, createRng, type Rng, startRedis } from '@workflow-bolt/testkit';
import { type SystemProcess, startClinicSystem } from '../../system/clinic-system.ts';
import { middayZone } from '../../system/midday-zone.ts';
import { breakerTurns, casesIn, endOf, type LiveRecord, type LiveStage, recordOf } from './live-record.ts';
import { LiveStaff, type SeenBoard } from './live-staff.ts';
import { clearWeather, playWeather } from './live-weather.ts';
import { shortGapsMs } from './pace.ts';
import { TurnRecord } from './turn-record.ts';

/** Generous: a machine may be ten times slower than ours, and a list that contradicts a write is believed after 90 s. */
const endsWithinMs = 600_000;

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

type Parts = LiveStage & { rng: Rng };

class LiveDay {
  readonly #parts: Parts;
  readonly killed: string[] = [];
  readonly #deadNodes = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async play(appointments: number): Promise<LiveRecord> {
    const { system, rng } = this.#parts;
    const { simulator } = system;
    const cases = casesIn(simulator);
    const staff = await LiveStaff.signIn(system, rng.fork('staff'));
    await awaitUntil('the schedule is on the board', () => this.#isScheduled(staff, appointments), 120_000);
    await this.#throughTheDay(staff);
    clearWeather(simulator);
    const seen = await this.#untilSettled(staff);
    const { killed } = this;
    return recordOf(this.#parts, { seen, accepted: staff.accepted, cases, killed });
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
    return (await breakerTurns(this.#parts)).some(({ state }) => state === 'open');
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
    const holder = await awaitUntil('somebody holds the outbox', () => this.#holder(), 120_000);
    await awaitUntil(
      'a write is on its way',
      () => updates().some(({ durationMs }) => durationMs === null),
      30_000,
    ).catch(() => undefined);
    this.#deadNodes.add(holder.node);
    await holder.process.end('SIGKILL');
    this.killed.push(holder.process.name);
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
    const end = endOf(this.#parts.system, { visit, day, accepted: staff.accepted });
    // These are tried again, by people or by themselves; nothing else but a person's choice mends the others.
    if (end.shown === 'waiting' || end.explained === 'outcome-unknown' || end.explained === 'not-applied')
      return false;
    return end.board === null || says(end.ehr, end.board, writeRulesOf(day)) || end.explained !== null;
  }
}
