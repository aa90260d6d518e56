/**
 * Keeps a relay for every board that this process holds: the clinic's present day, and days before it whose outbox is
 * not drained. Whoever holds a lease renews it; everybody else asks again until it ends.
 */
import { randomUUID } from 'node:crypto';
import type { ClinicSettings, WriteBackMode } from '@workflow-bolt/contracts';
import { type Created, localDate } from '@workflow-bolt/domain';
import type { EhrPort } from '@workflow-bolt/ehr';
import {
  type BoardRegistry,
  type Durability,
  effectiveMode,
  type RedisPort,
  WriteBackSwitch,
  WriteOutbox,
} from '@workflow-bolt/store';
import { HostBoard } from '../host-board.ts';
import { BoardRelay, type RelayEvent } from './board-relay.ts';
import { LeaseKeeper, type LeaseTimes, leaseTimes } from './lease-keeper.ts';
import { backlogOf, type WriteBackBacklog } from './write-back-backlog.ts';
import { WriteSubjects } from './write-subject.ts';

export type WriteBackKeeperParts = {
  clinics: readonly ClinicSettings[];
  registry: BoardRegistry;
  port: RedisPort;
  node: string;
  lane?: Durability | null;
  ehr: { interactive: EhrPort; background: EhrPort };
  /** Ms until the EHR may be asked again as far as is known; 0 when it may. */
  closedMs: () => number;
  onEvent: (event: RelayEvent & { clinic: string; date: string }) => void;
  times?: LeaseTimes;
};

type Clinic = {
  settings: ClinicSettings;
  switch: WriteBackSwitch;
  subjects: WriteSubjects;
  allowed: WriteBackMode;
};

/** An outbox that is not drained is followed for as long as its board may be opened again; then people must look. */
const followMs = 7 * 86_400_000;

export class WriteBackKeeper {
  readonly #parts: WriteBackKeeperParts;
  readonly #clinics: readonly Clinic[];
  readonly #leases = new Map<string, LeaseKeeper>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #isStopping = false;

  constructor(parts: WriteBackKeeperParts) {
    this.#parts = parts;
    this.#clinics = parts.clinics.flatMap((settings) => {
      const { ehr, id } = settings;
      if (!ehr || ehr.writeBack === 'off') return [];
      const subjects = new WriteSubjects(parts.ehr.background, ehr);
      return [{ settings, switch: new WriteBackSwitch(parts.port, id), subjects, allowed: ehr.writeBack }];
    });
  }

  /** Begins to look after the clinics that write back. Never throws: what cannot be read is read later. */
  start(): void {
    for (const settings of this.#parts.clinics)
      if (settings.ehr?.writeBack === 'off') void this.#sayOff(settings).catch(() => undefined);
    if (this.#clinics.length === 0) return;
    for (const clinic of this.#clinics) void clinic.switch.watch(() => this.#wake()).catch(() => undefined);
    const look = () => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = null;
      });
    };
    look();
    this.#timer = setInterval(look, (this.#parts.times ?? leaseTimes).lookMs).unref();
  }

  /** The EHR answers again: what was put off is due now. */
  hurry(): void {
    for (const lease of this.#leases.values()) lease.relay?.hurry();
  }

  /** What the boards whose lease is ours still owe the EHR. */
  get backlog(): WriteBackBacklog {
    return backlogOf([...this.#leases.values()].flatMap(({ relay }) => relay?.board ?? []));
  }

  /** Lets calls end within `graceMs` and gives the leases back. Never throws. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#looking;
    await Promise.all([...this.#leases.values()].map((lease) => lease.stop(graceMs)));
    await Promise.all(this.#clinics.map((clinic) => clinic.switch.unwatch()));
  }

  /** A file that was changed to off during the day: the board would go on saying that something waits. */
  async #sayOff({ id, zone, ehr }: ClinicSettings): Promise<void> {
    const { registry } = this.#parts;
    const board = { clinic: id, date: localDate(zone, registry.now()) };
    const day = (await registry.get(board)).state.get('day')?.d;
    if (day?.type !== 'day' || (day.writeBack ?? 'off') === 'off') return;
    await new HostBoard(registry, board, ehr?.system).submit([{ type: 'setWriteBack', mode: 'off' }]);
  }

  #wake(): void {
    for (const lease of this.#leases.values()) lease.relay?.wake();
  }

  async #look(): Promise<void> {
    for (const clinic of this.#clinics) await this.#lookAt(clinic).catch(() => undefined);
  }

  async #lookAt(clinic: Clinic): Promise<void> {
    const { registry } = this.#parts;
    const now = registry.now();
    const today = localDate(clinic.settings.zone, now);
    const dates = new Set([today, ...(await clinic.switch.openDates(now - followMs))]);
    // One day that cannot be read, because it was purged say, holds up no other.
    for (const date of dates)
      await this.#leaseOf(clinic, date)
        .look()
        .catch(() => undefined);
    for (const [key, lease] of this.#leases) {
      const isDone = lease.clinic === clinic.settings.id && !dates.has(lease.date);
      if (!isDone || (lease.relay && !lease.relay.isDrained)) continue;
      this.#leases.delete(key);
      await lease.stop(0);
    }
  }

  #leaseOf(clinic: Clinic, date: string): LeaseKeeper {
    const key = `${clinic.settings.id} ${date}`;
    const present = this.#leases.get(key);
    if (present) return present;
    const lease = this.#newLease(clinic, date);
    if (!this.#isStopping) this.#leases.set(key, lease);
    return lease;
  }

  #newLease(clinic: Clinic, date: string): LeaseKeeper {
    const { port, node, lane = null, times = leaseTimes, registry, ehr, closedMs, onEvent } = this.#parts;
    const { settings, subjects, allowed } = clinic;
    const board = { clinic: settings.id, date };
    const mode = async () => effectiveMode(allowed, await clinic.switch.read());
    const onPending = (isPending: boolean) =>
      isPending ? clinic.switch.markOpen(date, registry.now()) : clinic.switch.markDrained(date);
    const made = new Map<string, Created>();
    const newOutbox = () =>
      new WriteOutbox(board, { port, lane, holder: `${node}/${randomUUID().slice(0, 8)}` });
    return new LeaseKeeper(board, {
      ...{ times, newOutbox },
      newRelay: async (contents, outbox, onLost) =>
        new BoardRelay(contents, {
          host: await registry.get(board),
          commands: new HostBoard(registry, board, settings.ehr?.system),
          ...{ outbox, ehr, subjects, made, mode, closedMs, onPending, onLost },
          onEvent: (event) => onEvent({ ...event, ...board }),
        }),
    });
  }
}
