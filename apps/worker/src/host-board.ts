import { randomUUID } from 'node:crypto';
import {
  type Actor,
  type BoardKey,
  type Command,
  type CommandEnvelope,
  type CommandOutcome,
  type EhrSystem,
  Fault,
} from '@workflow-bolt/contracts';
import { actionOf, authorize, systemPrincipal } from '@workflow-bolt/domain';
import type { BoardHost, BoardRegistry } from '@workflow-bolt/store';
import type { BoardPort } from './board-port.ts';

/** The worker itself; what it changes says so in every entry. */
export const workerActor: Actor = {
  id: 'system',
  name: 'EHR synchronisation',
  role: 'system',
  station: null,
};

/** Tries per batch before the job gives up: a hold is a passing state of the store. */
const holdsMax = 3;
const holdWaitMs = 400;

const newClientId = (): string => `job-${randomUUID()}`;

/** A board as a job sees it. Each job counts its own commands, so that two runs never share a number. */
export class HostBoard implements BoardPort {
  readonly clinic: string;
  readonly date: string;
  readonly #registry: BoardRegistry;
  readonly #system: EhrSystem;
  #clientId = newClientId();
  #n = 0;

  /** `system`: the EHR on whose behalf the job acts. */
  constructor(registry: BoardRegistry, board: BoardKey, system: EhrSystem = 'tebra') {
    this.#system = system;
    this.clinic = board.clinic;
    this.date = board.date;
    this.#registry = registry;
  }

  async entities() {
    return (await this.#host()).state.entries();
  }

  async submit(commands: readonly Command[]): Promise<CommandOutcome[]> {
    const host = await this.#host();
    for (const command of commands) this.#assertMay(command);
    let envelopes = this.#numbered(commands);
    const done: CommandOutcome[] = [];
    for (let holds = 0; envelopes.length > 0; ) {
      const outcomes = await host.submitMany(envelopes, workerActor, this.#system);
      const final = outcomes.filter((o) => o.outcome !== 'hold');
      done.push(...final);
      envelopes = envelopes.slice(final.length);
      if (envelopes.length === 0) break;
      if (++holds > holdsMax) this.#giveUp(envelopes.length);
      const isCountLost = outcomes.some((o) => o.outcome === 'hold' && o.code === 'sequence_gap');
      if (isCountLost) envelopes = this.#renumbered(envelopes);
      else await new Promise((resolve) => setTimeout(resolve, holdWaitMs * holds));
    }
    return done;
  }

  #numbered(commands: readonly Command[]): CommandEnvelope[] {
    return commands.map((command) => ({ clientId: this.#clientId, n: ++this.#n, command }));
  }

  /** The log has lost commands that it had taken from us: what comes now is counted anew, as another client's. */
  #renumbered(envelopes: readonly CommandEnvelope[]): CommandEnvelope[] {
    this.#countAnew();
    return this.#numbered(envelopes.map(({ command }) => command));
  }

  #countAnew(): void {
    this.#clientId = newClientId();
    this.#n = 0;
  }

  /** The numbers that were given are never sent again, and those after them would wait for them. */
  #giveUp(left: number): never {
    this.#countAnew();
    throw new Fault('store_unavailable', { left });
  }

  /** A job may do what the system may, on the board it was given: a command of a person's is a bug, or an attack. */
  #assertMay(command: Command): void {
    const { clinic } = this;
    const principal = systemPrincipal(workerActor.id, [clinic]);
    const verdict = authorize(principal, actionOf(command), { clinic }, Date.now());
    if (!verdict.allowed) throw new Fault('permission_denied', { why: verdict.why, command: command.type });
  }

  async idMaker(): Promise<((text: string) => string) | undefined> {
    const host = await this.#host();
    return host.opaqueId('') === null ? undefined : (text) => host.opaqueId(text) ?? '';
  }

  async #host(): Promise<BoardHost> {
    return this.#registry.get({ clinic: this.clinic, date: this.date });
  }
}
