import type { Location, Oddity, Patient, Provider, Room } from '@workflow-bolt/testkit/generate';

export interface Practice {
  id: number;
  name: string;
  active: boolean;
  state: string;
}

export interface PatientRecord extends Patient {
  deleted: boolean;
  /** The id that lives on after a merge; reading the old one then finds nothing. */
  mergedInto: number | null;
  createdMs: number;
  modifiedMs: number;
}

export interface AppointmentRecord {
  /** Unique here; `id` is not, where occurrences of a series share it. */
  key: string;
  id: number;
  occurrenceId: number | null;
  patientId: number | null;
  type: 'P' | 'O' | 'U';
  startMs: number;
  endMs: number;
  recurring: boolean;
  group: boolean;
  /** The stored word; one of the 13, or anything a later version might store. */
  status: string;
  providerId: number;
  /** Rooms and other practice resources. */
  resourceIds: number[];
  reasonId: number;
  reasonName: string;
  locationId: number;
  practiceId: number;
  name: string;
  notes: string;
  mode: string;
  maxAttendees: number;
  caseId: number | null;
  authorizationId: number | null;
  createdMs: number;
  updatedMs: number;
  updatedBy: number;
  deleted: boolean;
  oddities: readonly Oddity[];
}

/** Everything the account holds. Reads are plain; every change goes through a method and is dated. */
export class EhrWorld {
  readonly customerId: number;
  readonly practices: Practice[];
  readonly providers: Provider[];
  readonly rooms: Room[];
  readonly locations: Location[];
  readonly patients = new Map<number, PatientRecord>();
  readonly #appointments = new Map<string, AppointmentRecord>();
  /** What the list still shows instead of a written appointment, and until when; null for nothing. */
  readonly #lagging = new Map<string, { shown: AppointmentRecord | null; untilMs: number }>();
  readonly #changedPatients = new Set<number>();
  #nextId: number;
  #onChange: () => void = () => {};

  constructor(parts: WorldParts) {
    this.customerId = parts.customerId;
    this.practices = parts.practices;
    this.providers = parts.providers;
    this.rooms = parts.rooms;
    this.locations = parts.locations;
    for (const patient of parts.patients) this.patients.set(patient.id, patient);
    for (const appointment of parts.appointments) this.#appointments.set(appointment.key, appointment);
    this.#nextId = Math.max(899_999, ...parts.appointments.map((appointment) => appointment.id)) + 1;
  }

  /** Goes on with what had become of this day's data. */
  restore({ nextId, appointments, patients }: ReturnType<EhrWorld['changed']>): void {
    this.#nextId = nextId;
    this.#appointments.clear();
    for (const appointment of appointments) this.#appointments.set(appointment.key, appointment);
    for (const patient of patients) {
      this.patients.set(patient.id, patient);
      this.#changedPatients.add(patient.id);
    }
  }

  /** What the day's data have become: all appointments, and the patients that were changed. */
  changed(): { nextId: number; appointments: AppointmentRecord[]; patients: PatientRecord[] } {
    const patients = [...this.#changedPatients].flatMap((id) => this.patients.get(id) ?? []);
    return { nextId: this.#nextId, appointments: this.all(), patients };
  }

  /** Calls back after each change, before whoever asked for it is answered. */
  whenChanged(listener: () => void): void {
    this.#onChange = listener;
  }

  /** All appointments that exist in the list: deleted ones leave no trace there. */
  listed(): AppointmentRecord[] {
    return [...this.#appointments.values()].filter((appointment) => !appointment.deleted);
  }

  /** What the list shows at an instant: a write may take its time to get there. */
  shownAt(nowMs: number): AppointmentRecord[] {
    return this.all().flatMap((current) => {
      const lag = this.#lagging.get(current.key);
      const shown = lag && nowMs < lag.untilMs ? lag.shown : current;
      return shown && !shown.deleted ? [shown] : [];
    });
  }

  /** Keeps the list showing what it showed before a write; a later write does not bring an earlier one forward. */
  lag(key: string, before: AppointmentRecord | null, at: { nowMs: number; untilMs: number }): void {
    const lagging = this.#lagging.get(key);
    const shown = lagging && at.nowMs < lagging.untilMs ? lagging.shown : before;
    this.#lagging.set(key, { shown, untilMs: at.untilMs });
  }

  /** Every appointment, deleted ones too. */
  all(): AppointmentRecord[] {
    return [...this.#appointments.values()];
  }

  /** The appointment with an id; of a series the occurrence asked for, else the first. */
  find(id: number, occurrenceId?: number | null): AppointmentRecord | undefined {
    const same = this.all().filter((appointment) => appointment.id === id);
    return same.find((appointment) => appointment.occurrenceId === (occurrenceId ?? null)) ?? same[0];
  }

  /** Stores a new appointment and gives it the next id. */
  add(parts: Omit<AppointmentRecord, 'id' | 'key'>): AppointmentRecord {
    const id = this.#nextId++;
    const record = { ...parts, id, key: `a${id}` };
    this.#appointments.set(record.key, record);
    this.#onChange();
    return record;
  }

  /** Changes an appointment and dates the change. */
  change(record: AppointmentRecord, change: Partial<AppointmentRecord>, nowMs: number): AppointmentRecord {
    const changed = { ...record, ...change, updatedMs: nowMs };
    this.#appointments.set(record.key, changed);
    this.#onChange();
    return changed;
  }

  /** Removes an appointment altogether, as if it had never been. */
  remove(record: AppointmentRecord): void {
    this.#appointments.delete(record.key);
    this.#onChange();
  }

  changePatient(id: number, change: Partial<PatientRecord>, nowMs: number): PatientRecord | undefined {
    const patient = this.patients.get(id);
    if (!patient) return undefined;
    const changed = { ...patient, ...change, modifiedMs: nowMs };
    this.patients.set(id, changed);
    this.#changedPatients.add(id);
    this.#onChange();
    return changed;
  }
}

export interface WorldParts {
  customerId: number;
  practices: Practice[];
  providers: Provider[];
  rooms: Room[];
  locations: Location[];
  patients: PatientRecord[];
  appointments: AppointmentRecord[];
}
