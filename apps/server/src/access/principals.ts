import type { Principal } from '@workflow-bolt/contracts';
import type { DisplayStore } from '@workflow-bolt/store';
import type { Session } from '../session/session.ts';
import type { RedisSessionService } from '../session/session-service.ts';
import { displaySessionPrefix } from './display-credential.ts';
import type { EmergencyRegister } from './emergency-register.ts';
import { principalOf } from './principal-of.ts';

export type PrincipalSources = {
  register: EmergencyRegister;
  displays: DisplayStore;
  sessions: Pick<RedisSessionService, 'personNow'>;
};

/** Who asks, with everything that bears on their rights at this moment. */
export class Principals {
  readonly #sources: PrincipalSources;

  constructor(sources: PrincipalSources) {
    this.#sources = sources;
  }

  /** Of a session that was just found. */
  of(session: Session): Principal {
    return principalOf(session, this.#sources.register.emergencyOf(session.user.id));
  }

  /** Of a session that was found a while ago; null when its person or device is gone. Throws Fault. */
  async now(session: Session): Promise<Principal | null> {
    const { displays, sessions } = this.#sources;
    const { id, user, isDevelopment } = session;
    if (id.startsWith(displaySessionPrefix)) {
      const display = await displays.get(id.slice(displaySessionPrefix.length));
      return display && this.of(session);
    }
    const person = await sessions.personNow({ uid: user.id, isDevelopment });
    return person && this.of({ ...session, user: person.user, roles: person.roles });
  }
}
