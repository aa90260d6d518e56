import { type Actor, type BoardKey, type ClinicSettings, Fault, type User } from '@workflow-bolt/contracts';
import { localDate, openDayCommand } from '@workflow-bolt/domain';
import type { BoardHost, BoardRegistry } from '@workflow-bolt/store';
import { type Call, mustSession } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { Session } from '../session/session.ts';

export const boardKeyOf = ({ params }: Call): BoardKey => ({
  clinic: params.clinic ?? '',
  date: params.date ?? '',
});

export function actorOf({ user, station }: Session): Actor {
  return { id: user.id, name: user.name, role: user.role, station };
}

/** Acts when a board opens by itself; never for a person. */
export const systemActor: Actor = { id: 'system', name: 'System', role: 'system', station: null };

/** Finds the boards of known clinics, and opens the clinic's present day when someone first looks at it. */
export class BoardAccess {
  readonly #registry: BoardRegistry;
  readonly #clinics: ReadonlyMap<string, ClinicSettings>;

  constructor(registry: BoardRegistry, clinics: readonly ClinicSettings[]) {
    this.#registry = registry;
    this.#clinics = new Map(clinics.map((clinic) => [clinic.id, clinic]));
  }

  clinicsOf(user: User): ClinicSettings[] {
    return user.clinics.flatMap((id) => this.#clinics.get(id) ?? []);
  }

  today(clinic: ClinicSettings): string {
    return localDate(clinic.zone, this.#registry.now());
  }

  /** The present local day of a clinic by its id. Throws `board_not_found`. */
  presentDate(clinic: string): string {
    return this.today(this.#mustClinic(clinic));
  }

  /** A board that exists; today's is opened if need be. Throws `board_not_found`, or Fault. */
  async find(key: BoardKey): Promise<BoardHost> {
    const settings = this.#mustClinic(key.clinic);
    const host = await this.#registry.get(key);
    if (host.state.get('day')) return host;
    if (key.date !== this.today(settings)) throw new ProblemError('board_not_found');
    return this.#open(host, settings);
  }

  /** A board of any day, opened if need be: a schedule may be imported ahead. */
  async findOrOpen(key: BoardKey): Promise<BoardHost> {
    const settings = this.#mustClinic(key.clinic);
    const host = await this.#registry.get(key);
    return host.state.get('day') ? host : this.#open(host, settings);
  }

  /** The board of a call whose route names one. */
  of(call: Call): Promise<BoardHost> {
    mustSession(call);
    return this.find(boardKeyOf(call));
  }

  #mustClinic(id: string): ClinicSettings {
    const settings = this.#clinics.get(id);
    if (!settings) throw new ProblemError('board_not_found');
    return settings;
  }

  /** Whoever comes first opens it; the others find it open, with the providers that the EHR named meanwhile. */
  async #open(host: BoardHost, settings: ClinicSettings): Promise<BoardHost> {
    const clientId = `open-${crypto.randomUUID()}`;
    const outcome = await host.submit(
      { clientId, n: 1, command: openDayCommand(settings), expectedVersion: 0 },
      systemActor,
      'rule',
    );
    if (outcome.outcome === 'hold') throw new Fault(outcome.code);
    if (!host.state.get('day')) throw new ProblemError('board_not_found');
    return host;
  }
}
