/**
 * A clinic day from a seed, in virtual time: the board's own rules, the write-back's policy, guard and adapter of three
 * workers, and the simulator as the EHR behind real HTTP. The EHR does its worst, workers die, and at five the staff
 * look at what is left.
 */
import type { Visit } from '@workflow-bolt/contracts';
import { openDayCommand, syncOf, type WriteBackRules } from '@workflow-bolt/domain';
import { canonicalStatus, readClinicDay } from '@workflow-bolt/ehr';
import {
  createClock,
  type EhrSimulator,
  type JournalEntry,
  startEhrSimulator,
} from '@workflow-bolt/ehr-simulator';
import { createRng, type Rng } from '@workflow-bolt/testkit/generate';
import { bookedProviders, withProviders } from '../../../apps/worker/src/board-providers.ts';
import { diffSchedule } from '../../../apps/worker/src/schedule-commands.ts';
import { demoSettings } from '../../../scripts/demo/demo-clinic.ts';
import { DayBoard } from './day-board.ts';
import { type CrewParts, DayWorker } from './day-crew.ts';
import { DayOutbox, type OutboxParts } from './day-outbox.ts';
import { DayStaff } from './day-staff.ts';
import { DayWeather } from './day-weather.ts';
import type { BreakerTurn, CaseHeld, DayEnd, Granted, Wish } from './journal-judges.ts';
import { ModelLink } from './model-link.ts';
import { VirtualTime } from './virtual-time.ts';

const minute = 60_000;
const date = '2026-07-01';
const opensAt = Date.parse('2026-07-01T13:00:00Z');
const closesAt = Date.parse('2026-07-01T22:00:00Z');
const workersCount = 3;
const rules: WriteBackRules = { readyToBeSeenMeans: 'check-in-completed', leftMeans: 'Cancelled' };

export type DayRecord = {
  readonly rules: WriteBackRules;
  readonly journal: readonly JournalEntry[];
  readonly frames: DayBoard['frames'];
  readonly granted: readonly Granted[];
  readonly turns: readonly BreakerTurn[];
  readonly cases: readonly CaseHeld[];
  readonly ends: readonly DayEnd[];
  /** By the EHR's id of an appointment. */
  readonly wishes: ReadonlyMap<number, readonly Wish[]>;
  /** How many appointments a walk-in has in the EHR, and how many visits on the board have its patient. */
  readonly walkIns: readonly { appointments: number; visits: number }[];
  readonly kills: number;
  /** Calls that nobody ever answered. */
  readonly hangs: number;
};

/** Plays the day of a seed to its end. */
export async function playDay(seed: number, visits: number): Promise<DayRecord> {
  const time = new VirtualTime(opensAt);
  const clock = createClock({ now: () => time.now, monotonic: () => time.now });
  const simulator = await startEhrSimulator({
    seed,
    date,
    zone: 'America/Chicago',
    appointments: visits,
    clock,
  });
  try {
    const day = new PlayedDay(createRng(seed).fork('clinic-day'), time, simulator, seed);
    return await time.until(day.play());
  } finally {
    await simulator.stop();
  }
}

class PlayedDay {
  readonly #rng: Rng;
  readonly #time: VirtualTime;
  readonly #simulator: EhrSimulator;
  readonly #settings: ReturnType<typeof demoSettings>;
  readonly #board: DayBoard;
  readonly #outbox: DayOutbox;
  readonly #staff: DayStaff;
  readonly #weather: DayWeather;
  readonly #parts: CrewParts;
  readonly #crew: DayWorker[] = [];
  readonly #stop = new AbortController();
  readonly #walkIns = new Map<string, NonNullable<ReturnType<OutboxParts['creationOf']>>>();
  #kills = 0;

  constructor(rng: Rng, time: VirtualTime, simulator: EhrSimulator, seed: number) {
    this.#rng = rng;
    this.#time = time;
    this.#simulator = simulator;
    const { zone } = simulator;
    const settings = demoSettings({ seed, date, zone, profile: 'calm' });
    const { leftMeans } = rules;
    this.#settings = { ...settings, ehr: settings.ehr && { ...settings.ehr, writeBack: 'on', leftMeans } };
    const now = () => time.now;
    this.#outbox = new DayOutbox({
      ...{ rules, now },
      tell: (command) => this.#board.submit('system', command, 'tebra'),
      creationOf: (visitId) => this.#walkIns.get(visitId) ?? null,
    });
    this.#board = new DayBoard({ clinic: this.#settings.id, date, now }, (visit, seq) =>
      this.#outbox.follow(visit, seq),
    );
    this.#staff = new DayStaff({ board: this.#board, rng: rng.fork('staff'), now });
    this.#weather = new DayWeather(time, simulator, rng.fork('weather'));
    const link = new ModelLink(time, rng.fork('link'));
    this.#parts = { time, simulator, link, outbox: this.#outbox, rng, passage: this.#weather.passage };
  }

  async play(): Promise<DayRecord> {
    const before = new Map(this.#simulator.world.listed().map(({ id, caseId }) => [id, caseId]));
    for (let n = 0; n < workersCount; n += 1) this.#hire();
    await this.#pull();
    const patients = this.#board.visits().map((visit) => this.#passage(visit));
    const walkIns = this.#comers().map((patientId) => this.#walkIn(patientId));
    await Promise.all([
      ...patients,
      ...walkIns,
      this.#weather.play(opensAt + 30 * minute, closesAt - 60 * minute),
      this.#every(20, () => this.#pull()),
      this.#every(15, async () => this.#staff.settleConflicts()),
      this.#every(40, async () => this.#staff.retryFailed()),
      this.#deaths(),
    ]);
    await this.#closeDay();
    this.#stop.abort();
    this.#outbox.ring();
    return this.#record(before);
  }

  /** Quiet at last: what was given up is tried again, the rest is worked off, and the EHR is read once more. */
  async #closeDay(): Promise<void> {
    await this.#time.sleep(closesAt - this.#time.now);
    this.#weather.clear();
    for (let round = 0; round < 3; round += 1) {
      this.#staff.retryFailed();
      await this.#pull();
      for (let n = 0; n < 120 && !this.#outbox.isIdle; n += 1) await this.#time.sleep(minute);
    }
    await this.#pull();
    await this.#time.sleep(minute);
  }

  async #every(minutes: number, what: () => Promise<void>): Promise<void> {
    while (this.#time.now < closesAt - minutes * minute) {
      await this.#time.sleep(minutes * minute);
      await what();
    }
  }

  #hire(): void {
    const worker = new DayWorker(`worker-${this.#crew.length + 1}`, this.#parts);
    this.#crew.push(worker);
    void worker.run(this.#stop.signal);
  }

  /** Three workers die in the middle of a write, and others are hired in their place. */
  async #deaths(): Promise<void> {
    const rng = this.#rng.fork('deaths');
    for (let n = 0; n < 3; n += 1) {
      await this.#time.sleep(rng.int(30, 150) * minute);
      for (let tries = 0; tries < 600 && !this.#crew.some(({ isAtWork }) => isAtWork); tries += 1)
        await this.#time.sleep(1_000);
      const victim = this.#crew.find(({ isAtWork }) => isAtWork);
      if (!victim) continue;
      await this.#time.sleep(rng.int(1, 1_500));
      victim.kill();
      this.#kills += 1;
      this.#hire();
    }
  }

  /** A patient who comes about the booked time and goes from hand to hand. */
  async #passage({ id, startAt }: Visit): Promise<void> {
    const rng = this.#rng.fork(`passage ${id}`);
    const comesAt = (startAt ?? opensAt) + rng.int(-20, 15) * minute;
    await this.#time.sleep(comesAt - this.#time.now);
    for (let n = 0; n < 12 && this.#time.now < closesAt - minute && !this.#staff.isOver(id); n += 1) {
      this.#staff.step(id);
      await this.#time.sleep(rng.int(5, 900) * 1_000);
    }
  }

  /** Patients of the practice without a booking that day. */
  #comers(): number[] {
    const { world } = this.#simulator;
    const booked = new Set(world.all().map(({ patientId }) => patientId));
    const free = [...world.patients.values()].filter(({ id, deleted }) => !deleted && !booked.has(id));
    return this.#rng.shuffle(free.map(({ id }) => id)).slice(0, 4);
  }

  async #walkIn(patientId: number): Promise<void> {
    const rng = this.#rng.fork(`walk-in ${patientId}`);
    await this.#time.sleep(rng.int(30, 480) * minute);
    const visitId = `w${patientId}`;
    const providerId = this.#board.day.providers[0]?.id ?? null;
    this.#walkIns.set(visitId, { patientId: String(patientId), creation: this.#creation(patientId) });
    const command = {
      type: 'createVisit',
      visitId,
      kind: 'walk-in',
      // Said at the desk otherwise than it stands in the EHR, or not.
      fullName: rng.chance(0.5) ? 'Walk In' : (this.#simulator.world.patients.get(patientId)?.fullName ?? ''),
      providerId,
    } as const;
    if (!this.#board.submit('front-desk', command, 'ui')) throw new Error('a walk-in was refused');
    await this.#passage(this.#board.visit(visitId));
  }

  #creation(patientId: number) {
    const { world, practiceName } = this.#simulator;
    const patient = world.patients.get(patientId);
    return {
      practiceId: String(world.practices[0]?.id),
      practiceName,
      serviceLocationId: String(world.locations[0]?.id),
      providerId: String(world.providers[0]?.id),
      startAt: this.#time.now,
      endAt: this.#time.now + 20 * minute,
      ...{ name: 'walk-in', reasonId: null, resourceIds: [], notes: null },
      caseId: patient?.caseId ? String(patient.caseId) : null,
    };
  }

  /** One reading of the schedule; what fails is left to the next one. */
  async #pull(): Promise<void> {
    const worker = this.#crew.at(-1);
    const { zone, practiceName } = this.#simulator;
    if (!worker) return;
    const reading = readClinicDay(worker.port, { practiceName, zone, date });
    const read = await Promise.race([reading, worker.death]);
    if (!read?.ok) return;
    const rows = read.value.appointments;
    const providers = withProviders([], bookedProviders(rows));
    this.#board.submit('system', openDayCommand(this.#settings, providers), 'rule');
    this.#board.submit('system', { type: 'setWriteBack', mode: 'on' }, 'rule');
    const { day } = this.#board;
    const { commands } = diffSchedule(rows, {
      day,
      visits: this.#board.visits(),
      persons: this.#board.persons(),
      beingMade: this.#outbox.beingMade,
    });
    for (const command of commands) this.#board.submit('system', command, 'tebra');
  }

  #record(before: ReadonlyMap<number, number | null>): DayRecord {
    const { world } = this.#simulator;
    const { granted, turns } = this.#parts.link;
    const visits = this.#board.visits();
    const wishes = this.#outbox.wishes;
    return {
      rules,
      journal: this.#simulator.journal(),
      frames: this.#board.frames,
      ...{ granted, turns, kills: this.#kills, hangs: this.#weather.hangs },
      cases: [...before].map(([id, caseId]) => ({
        id,
        before: caseId,
        after: world.find(id)?.caseId ?? null,
      })),
      ends: visits.map((visit) => this.#endOf(visit)),
      wishes: new Map(
        visits.map(({ id, external }) => [Number(external?.appointmentId), wishes.get(id) ?? []]),
      ),
      walkIns: [...this.#walkIns].map(([id, { patientId }]) => ({
        appointments: world.all().filter((one) => String(one.patientId) === patientId).length,
        visits: visits.filter((visit) => visit.id === id || visit.external?.patientId === patientId).length,
      })),
    };
  }

  #endOf(visit: Visit): DayEnd {
    const { state, reason, word } = syncOf(visit, this.#board.day);
    const held = this.#simulator.world.find(Number(visit.external?.appointmentId))?.status ?? null;
    const isAccepted = word !== null && this.#staff.accepted.get(visit.id) === word;
    return {
      ...{ visit: visit.id, board: word, shown: state },
      ehr: canonicalStatus(held).canonical,
      explained: reason ?? (isAccepted ? 'accepted' : null),
    };
  }
}
