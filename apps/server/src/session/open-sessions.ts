/** Puts the parts of sessions together, for `server.ts`. */
import type { IncomingMessage } from 'node:http';
import type { ClinicSettings, SecurityEvent, ServerConfig, User } from '@workflow-bolt/contracts';
import {
  ApiTokenStore,
  commitLaneOf,
  type KeyProvider,
  MacKey,
  PinStore,
  type RedisPort,
  type Sealer,
  SessionStore,
  WorkstationStore,
} from '@workflow-bolt/store';
import { type CookiePolicy, workstationCookieOf } from './session-cookie.ts';
import { limitsFor } from './session-policy.ts';
import { RedisSessionService } from './session-service.ts';
import { developmentDirectory, type UserDirectory } from './user-directory.ts';

export type SessionAssembly = {
  port: RedisPort;
  config: ServerConfig;
  clinics: readonly ClinicSettings[];
  developmentUsers: readonly User[] | null;
  /** Accounts; null where there are only demo users. */
  directory: UserDirectory | null;
  record: (event: SecurityEvent) => Promise<void>;
  now: () => number;
};

const hourMs = 3_600_000;
/** Names the one use of the key that this process derives from the provider's. */
const keyLabel = 'bolt-session-key-v1';

/** The 32 bytes that seal sessions and tokens, which Redis does not know. Throws Fault `keys_unavailable`. */
export const sessionKeyOf = (provider: Pick<KeyProvider, 'mac'>): Promise<Uint8Array> =>
  provider.mac('session-mac', Buffer.from(keyLabel));

const nobody: UserDirectory = { find: async () => null };

/** Everything about sessions in one process. Nothing of it works before `start` has fetched the key. */
export class Sessions {
  readonly service: RedisSessionService;
  readonly store: SessionStore;
  readonly tokens: ApiTokenStore;
  readonly cookies: CookiePolicy;
  readonly workstations: WorkstationStore;
  readonly #port: RedisPort;
  /** Given by `start`: 32 bytes that Redis does not know. */
  readonly key = new MacKey();

  constructor({ port, config, clinics, developmentUsers, directory, record, now }: SessionAssembly) {
    const options = { port, key: this.key, durability: commitLaneOf(config.commitReplicas), now };
    this.store = new SessionStore(options);
    this.tokens = new ApiTokenStore(options);
    this.workstations = new WorkstationStore(options);
    this.#port = port;
    this.cookies = { mode: config.mode, publicOrigin: config.publicOrigin };
    const isOf = (ids: readonly string[]) => clinics.filter(({ id }) => ids.includes(id));
    this.service = new RedisSessionService({
      ...{ store: this.store, tokens: this.tokens, cookies: this.cookies, key: this.key, record, now },
      directory: directory ?? nobody,
      development: developmentUsers && developmentDirectory(developmentUsers),
      limitsFor: (ids) => limitsFor(isOf(ids), config.sessionHours * hourMs),
    });
  }

  /** The enrolled workstation that a request says it comes from; null for any other place. */
  async workstationOf(req: IncomingMessage): Promise<string | null> {
    const id = workstationCookieOf(req, this.cookies);
    return (id === null ? null : await this.workstations.find(id))?.id ?? null;
  }

  /** PINs, sealed under whatever key the process has by then. */
  pins(sealer: Sealer): PinStore {
    return new PinStore({ port: this.#port, key: this.key, sealer });
  }

  /** One request to the provider at the start; the key never leaves this process. Throws Fault `keys_unavailable`. */
  async start(provider: KeyProvider): Promise<void> {
    this.key.use(await sessionKeyOf(provider));
    await this.service.start();
  }
}
