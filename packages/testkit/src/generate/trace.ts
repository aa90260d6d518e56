import { type Room, seeingProviders } from './clinic.ts';
import type { ClinicDay } from './day.ts';
import { draw } from './distributions.ts';
import { EventQueue } from './event-queue.ts';
import { LEAVE_REASONS } from './names.ts';
import {
  CHECK_IN_TIME,
  CLEANING_TIME,
  OPENS_AT_MIN,
  PATIENCE,
  PREP_TIME,
  PROFILES,
  WRAP_UP_TIME,
} from './profiles.ts';
import { createRng, type Rng } from './random.ts';
import type { Appointment } from './schedule.ts';
import { STEP_ROLES, type StepKind, type TraceStep } from './trace-step.ts';
import { instantOfMinute, localMidnight } from './wall-clock.ts';

const NO_SHOW_GRACE_MS = 30 * 60_000;
const MINUTE_MS = 60_000;

/**
 * Plays the day with its real limits - rooms hold one visit, a provider sees one patient at a time, rooms must be cleaned -
 * and returns what staff would click, in order of time. Rows without a patient, and blocks, take no part.
 */
export function dayTrace(day: ClinicDay): TraceStep[] {
  return new DayPlay(day).run();
}

class DayPlay {
  readonly #day: ClinicDay;
  readonly #rng: Rng;
  readonly #queue = new EventQueue();
  readonly #steps: TraceStep[] = [];
  readonly #freeRooms: Room[];
  readonly #providerFree = new Map<number, boolean>();
  readonly #lobby: Appointment[] = [];
  readonly #ready: { visit: Appointment; room: Room }[] = [];
  readonly #gone = new Set<string>();

  constructor(day: ClinicDay) {
    this.#day = day;
    this.#rng = createRng(day.options.seed).fork('trace');
    this.#freeRooms = day.clinic.rooms.filter((room) => room.kind === 'exam');
  }

  run(): TraceStep[] {
    this.#openProviders();
    for (const visit of [...this.#day.appointments, ...this.#day.walkIns]) this.#expect(visit);
    this.#queue.drain();
    return this.#steps;
  }

  // Providers start late by their own delay; until then nobody is seen by them.
  #openProviders(): void {
    const { options, clinic } = this.#day;
    const opens = instantOfMinute(options.date, options.zone, OPENS_AT_MIN);
    const delay = PROFILES[options.profile ?? 'calm'].providerDelay;
    for (const provider of seeingProviders(clinic)) {
      this.#queue.at(opens + this.#minutes(draw(delay, this.#rng)), () => {
        this.#providerFree.set(provider.id, true);
        this.#serve();
      });
    }
  }

  #expect(visit: Appointment): void {
    if (visit.type !== 'P' || visit.patientId === null || visit.oddities.includes('no-patient')) return;
    const at = visit.startMs + this.#minutes(visit.arrivalOffsetMin);
    if (visit.fate === 'no-show') {
      this.#queue.at(visit.startMs + NO_SHOW_GRACE_MS, (now) => this.#note(now, 'no-show', visit));
    } else if (visit.fate === 'cancels') {
      const early = visit.startMs - this.#minutes(20 + 100 * this.#rng.next());
      this.#queue.at(early, (now) => this.#note(now, 'cancel', visit, { reason: visit.cancelReason }));
    } else {
      this.#queue.at(at, (now) => this.#arrive(now, visit));
    }
  }

  #arrive(now: number, visit: Appointment): void {
    this.#note(now, visit.walkIn ? 'walk-in' : 'arrive', visit);
    const done = now + this.#minutes(draw(CHECK_IN_TIME, this.#rng));
    this.#queue.at(done, (at) => {
      this.#note(at, 'check-in-complete', visit);
      this.#lobby.push(visit);
      this.#serve(at);
    });
    if (visit.fate === 'leaves') {
      this.#queue.at(done + this.#minutes(draw(PATIENCE, this.#rng)), (at) => this.#giveUp(at, visit));
    }
  }

  // Only somebody still in the lobby leaves unseen; who was roomed in time stays.
  #giveUp(now: number, visit: Appointment): void {
    const place = this.#lobby.indexOf(visit);
    if (place < 0) return;
    this.#lobby.splice(place, 1);
    this.#gone.add(visit.key);
    this.#note(now, 'leave', visit, { reason: this.#rng.pick(LEAVE_REASONS) });
  }

  #serve(now = this.#queue.now): void {
    while (this.#lobby.length > 0 && this.#freeRooms.length > 0) {
      const visit = this.#lobby.shift();
      const room = this.#freeRooms.shift();
      if (visit && room) this.#room(now, visit, room);
    }
    for (const entry of [...this.#ready]) if (this.#canStart(entry.visit)) this.#start(now, entry);
  }

  #room(now: number, visit: Appointment, room: Room): void {
    this.#note(now, 'room', visit, { room });
    this.#queue.at(now + this.#minutes(draw(PREP_TIME, this.#rng)), (at) => {
      this.#note(at, 'ready', visit, { room });
      this.#ready.push({ visit, room });
      this.#serve(at);
    });
  }

  #canStart(visit: Appointment): boolean {
    return !visit.visitType.needsProvider || this.#providerFree.get(this.#seenBy(visit)) === true;
  }

  #start(now: number, entry: { visit: Appointment; room: Room }): void {
    const { visit, room } = entry;
    this.#ready.splice(this.#ready.indexOf(entry), 1);
    const provider = this.#seenBy(visit);
    if (visit.visitType.needsProvider) this.#providerFree.set(provider, false);
    this.#note(now, 'with-doctor', visit, { room });
    this.#queue.at(now + this.#minutes(visit.serviceMin), (at) => {
      if (visit.visitType.needsProvider) this.#providerFree.set(provider, true);
      this.#note(at, 'seen', visit, { room });
      this.#serve(at);
      this.#queue.at(at + this.#minutes(draw(WRAP_UP_TIME, this.#rng)), (end) =>
        this.#finish(end, visit, room),
      );
    });
  }

  #finish(now: number, visit: Appointment, room: Room): void {
    this.#note(now, 'complete', visit, { room });
    this.#queue.at(now + this.#minutes(draw(CLEANING_TIME, this.#rng)), (at) => {
      this.#note(at, 'room-clean', null, { room });
      this.#freeRooms.push(room);
      this.#serve(at);
    });
  }

  // A booking with somebody who no longer works here is taken over by the first who does.
  #seenBy(visit: Appointment): number {
    const seeing = seeingProviders(this.#day.clinic);
    return (seeing.find((provider) => provider.id === visit.providerId) ?? seeing[0])?.id ?? visit.providerId;
  }

  #note(
    now: number,
    step: StepKind,
    visit: Appointment | null,
    more: { room?: Room; reason?: string | null } = {},
  ): void {
    const { date, zone } = this.#day.options;
    this.#steps.push({
      atMs: now,
      offsetMin: (now - localMidnight(date, zone)) / MINUTE_MS,
      step,
      role: STEP_ROLES[step],
      visit: visit?.key ?? '',
      appointmentId: visit && !visit.walkIn ? visit.id : null,
      patientId: visit?.patientId ?? null,
      providerId: visit ? this.#seenBy(visit) : null,
      roomId: more.room?.id ?? null,
      reason: more.reason ?? null,
    });
  }

  // Whole milliseconds: instants are compared and printed as integers everywhere else.
  #minutes(minutes: number): number {
    return Math.round(minutes * MINUTE_MS);
  }
}
