import { randomUUID } from 'node:crypto';
import {
  type Actor,
  type BoardKey,
  type Command,
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

/** A board as a job sees it. Each job counts its own commands, so that two runs never share a number. */
export class HostBoard implements BoardPort {
  readonly clinic: string;
  readonly date: string;
  readonly #registry: BoardRegistry;
  readonly #system: EhrSystem;
  readonly #clientId = `job-${randomUUID()}`;
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
    const envelopes = commands.map((command) => ({ clientId: this.#clientId, n: ++this.#n, command }));
    const done: CommandOutcome[] = [];
    for (let holds = 0; done.length < envelopes.length; ) {
      const outcomes = await host.submitMany(envelopes.slice(done.length), workerActor, this.#system);
      const final = outcomes.filter((o) => o.outcome !== 'hold');
      done.push(...final);
      if (done.length === envelopes.length) break;
      if (++holds > holdsMax) throw new Fault('store_unavailable', { left: envelopes.length - done.length });
      await new Promise((resolve) => setTimeout(resolve, holdWaitMs * holds));
    }
    return done;
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
