/** Puts the parts of access together, for `server.ts`. */
import type { SecurityEvent } from '@workflow-bolt/contracts';
import {
  DisplayStore,
  EmergencyStore,
  openSecret,
  type RedisPort,
  sealSecret,
  type Vault,
} from '@workflow-bolt/store';
import type { Log } from '../http/log.ts';
import type { RedisSessionService } from '../session/session-service.ts';
import type { StreamHub } from '../stream/stream-hub.ts';
import { AccessWatch } from './access-watch.ts';
import { BoardSight } from './board-sight.ts';
import type { EmergencyParts } from './break-glass-handlers.ts';
import { EmergencyRegister } from './emergency-register.ts';
import { Principals } from './principals.ts';

export type AccessAssembly = {
  port: RedisPort;
  vault: Vault;
  hub: StreamHub;
  log: Log;
  sessions: RedisSessionService;
  clinics: readonly string[];
  record: (event: SecurityEvent) => Promise<void>;
};

/** Who may see what, in one process: nothing of it works before `start`. */
export class Access {
  readonly sight = new BoardSight();
  readonly displays: DisplayStore;
  readonly principals: Principals;
  readonly emergencies: Omit<EmergencyParts, 'boards' | 'record' | 'now'>;
  readonly record: (event: SecurityEvent) => Promise<void>;
  readonly #watch: AccessWatch;

  constructor({ port, vault, hub, log, sessions, clinics, record }: AccessAssembly) {
    this.record = record;
    this.displays = new DisplayStore(port);
    this.#watch = new AccessWatch(hub);
    const store = new EmergencyStore(port);
    const now = () => sessions.now();
    const register = new EmergencyRegister(store, { clinics, now, onChange: () => void this.#watch.check() });
    this.principals = new Principals({ register, displays: this.displays, sessions });
    this.emergencies = {
      emergencies: store,
      register,
      seal: (text, aad) => sealSecret(vault.provider, 'phi', text, aad),
      unseal: (sealed, aad) => openSecret(vault.provider, 'phi', sealed, aad),
      onAlert: (fact) => log.write('warn', 'break-glass.opened', fact),
    };
  }

  /** Reads which emergency accesses are open. Throws Fault. */
  start(): Promise<void> {
    return this.emergencies.register.start();
  }

  stop(): void {
    this.#watch.stop();
    this.emergencies.register.stop();
  }
}
