/**
 * Keeps the downtime rosters: for each clinic that has an offline key one of its present day, made anew before the last
 * is a quarter of an hour old. Any number of workers may run it: Redis gives one of them the turn. The last roster stays
 * while no newer one can be made, which is what it is for.
 */
import {
  type Beat,
  type ClinicDowntime,
  type ClinicSettings,
  Fault,
  type Roster,
  rosterName,
  type SecurityEvent,
} from '@workflow-bolt/contracts';
import { type BoardState, buildRoster, localDate } from '@workflow-bolt/domain';
import {
  type BoardRegistry,
  type ObjectStore,
  type RedisPort,
  type RosterNote,
  RosterNotes,
  RosterShelf,
  sealRoster,
} from '@workflow-bolt/store';
import type { Logger } from 'pino';

/** A minute before the quarter of an hour is over: looks and turns take up to that. */
export const rosterEveryMs = 840_000;
const lookMs = 20_000;

export type RosterKeeperParts = {
  clinics: readonly ClinicSettings[];
  port: RedisPort;
  registry: Pick<BoardRegistry, 'get' | 'now'>;
  objects: ObjectStore;
  node: string;
  record: (event: SecurityEvent) => Promise<void>;
  log: Logger;
};

export class RosterKeeper {
  readonly #parts: RosterKeeperParts;
  readonly #notes: RosterNotes;
  readonly #shelf: RosterShelf;
  readonly #known = new Map<string, RosterNote>();
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;

  constructor(parts: RosterKeeperParts) {
    this.#parts = parts;
    this.#notes = new RosterNotes(parts.port);
    this.#shelf = new RosterShelf(parts.objects);
  }

  /** Looks at once, and then again and again. */
  start(): void {
    this.#tick();
    this.#timer ??= setInterval(() => this.#tick(), lookMs).unref();
  }

  /** Waits for the roster that is being made. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await this.#running;
  }

  /** When the newest roster of each clinic was made, epoch ms, as last read; null for never. */
  get ages(): ReadonlyMap<string, number | null> {
    return new Map([...this.#known].map(([clinic, { goodAt }]) => [clinic, goodAt]));
  }

  /** For the beat: the clinic that is worst off speaks for all; undefined where no clinic has an offline key. */
  get state(): Beat['roster'] {
    const notes = [...this.#known.values()];
    if (notes.length === 0) return undefined;
    const failing = notes.flatMap(({ goodAt, failedAt }) =>
      (failedAt ?? 0) > (goodAt ?? 0) ? [failedAt ?? 0] : [],
    );
    const goods = notes.map(({ goodAt }) => goodAt ?? 0);
    const oldest = Math.min(...goods);
    return { lastGoodAt: oldest || null, lastFailedAt: failing.length > 0 ? Math.max(...failing) : null };
  }

  /** One look at every clinic. Never throws; what failed is noted, logged, and tried again a minute later. */
  async look(): Promise<void> {
    for (const clinic of this.#parts.clinics) {
      await this.#lookAt(clinic).catch((error: unknown) => this.#tell(clinic.id, error));
    }
  }

  #tick(): void {
    this.#running ??= this.look().finally(() => {
      this.#running = null;
    });
  }

  async #lookAt(settings: ClinicSettings): Promise<void> {
    const { id, downtime } = settings;
    const note = await this.#notes.read(id);
    if (downtime) this.#known.set(id, note);
    const isDue = downtime
      ? this.#parts.registry.now() - (note.goodAt ?? 0) >= rosterEveryMs
      : note.goodAt !== null;
    if (!isDue || !(await this.#notes.takeTurn(id, this.#parts.node))) return;
    if (downtime) await this.#renew(settings, downtime);
    else await this.#end(id);
  }

  async #renew(settings: ClinicSettings, downtime: ClinicDowntime): Promise<void> {
    const { id } = settings;
    const { registry } = this.#parts;
    try {
      const roster = await this.#draw(settings);
      await this.#make(roster, downtime);
      await this.#notes.note(id, 'good', roster.at);
      await this.#shelf.prune(id, downtime, roster.at);
      await this.#warnOfAhead(id, roster.at);
    } catch (error) {
      // Later than what it may have made: a shelf that takes rosters and lets none go is no shelf.
      await this.#notes.note(id, 'failed', registry.now() + 1);
      throw error;
    } finally {
      this.#known.set(id, await this.#notes.read(id));
    }
  }

  /** It is nobody's business here to take them away: a person looks who laid them there. */
  async #warnOfAhead(clinic: string, now: number): Promise<void> {
    for (const name of await this.#shelf.ahead(clinic, now))
      this.#parts.log.warn({ clinic, name }, 'downtime roster from the future');
  }

  async #draw({ id: clinic, name, zone }: ClinicSettings): Promise<Roster> {
    const at = this.#parts.registry.now();
    const date = localDate(zone, at);
    const { state }: { state: BoardState } = await this.#parts.registry.get({ clinic, date });
    return buildRoster(state, { clinic, clinicName: name, date, zone, at });
  }

  /** On the record first: a copy of patients' names that nobody can find there would be none of ours. */
  async #make(roster: Roster, { publicKey }: ClinicDowntime): Promise<void> {
    const sealed = await sealRoster(roster, publicKey);
    await this.#parts.record(madeEvent(roster, 0));
    try {
      await this.#shelf.put(roster, sealed);
    } catch (error) {
      await this.#parts.record(madeEvent(roster, 8, codeOf(error)));
      throw error;
    }
  }

  /** A clinic that has taken its key out of the settings keeps none. */
  async #end(clinic: string): Promise<void> {
    await this.#shelf.clear(clinic);
    await this.#notes.forget(clinic);
  }

  /** Codes only: what an error quotes may be anything. */
  #tell(clinic: string, error: unknown): void {
    const reason = error instanceof Fault ? String(error.details.reason ?? '') : '';
    this.#parts.log.error({ clinic, code: codeOf(error), reason }, 'downtime roster not made');
  }
}

const codeOf = (error: unknown): string => (error instanceof Fault ? error.code : 'internal');

const madeEvent = (roster: Roster, out: 0 | 8, why?: string): SecurityEvent => ({
  ...{ cid: roster.clinic, type: 'job', sub: 'backup', act: 'C', out },
  ...(why === undefined ? {} : { why }),
  agent: { uid: 'system', kind: 'service', role: 'system' },
  ...{ pou: 'TREAT', job: 'downtime-roster' },
  ent: [{ t: 'DowntimeRoster', id: rosterName(roster), ver: roster.seq, n: roster.rows.length }],
});
