/** Who last used this browser, so that a start without network still finds their outbox. */
import { type Actor, actorSchema } from '@workflow-bolt/contracts';

const storageKey = 'workflow-bolt:actor';
const local = (): Storage | null => (typeof localStorage === 'undefined' ? null : localStorage);

export function rememberActor(actor: Actor): void {
  try {
    local()?.setItem(storageKey, JSON.stringify(actor));
  } catch {
    // Private mode or a full quota: the next start needs the network.
  }
}

export function rememberedActor(): Actor | null {
  try {
    return actorSchema.parse(JSON.parse(local()?.getItem(storageKey) ?? ''));
  } catch {
    return null;
  }
}

export function forgetActor(): void {
  try {
    local()?.removeItem(storageKey);
  } catch {
    // Nothing could be stored there either.
  }
}
