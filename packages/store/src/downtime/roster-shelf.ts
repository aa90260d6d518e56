/** Sealed rosters in an object store: put there whole, and taken away again by number and age. */
import { type ClinicDowntime, rosterAheadMs, rosterName, rosterOfName } from '@workflow-bolt/contracts';
import type { ObjectStore } from '../archive/object-store.ts';

export type RosterLimits = Pick<ClinicDowntime, 'keepCount' | 'keepHours'>;
const hourMs = 3_600_000;

/** What says that it was made in the future: laid there by somebody, or by a process whose clock was wrong. */
export function rostersAhead(names: readonly string[], now: number): string[] {
  return names.filter((name) => (rosterOfName(name)?.at ?? 0) > now + rosterAheadMs);
}

/**
 * The names that are to go: all but the newest so many, and of the others all that are too old but the newest. What
 * says that it was made in the future displaces none of them, and stays for a person to look at.
 */
export function rostersToDrop(names: readonly string[], limits: RosterLimits, now: number): string[] {
  const ahead = new Set(rostersAhead(names, now));
  const rosters = names.flatMap((name) => {
    const roster = ahead.has(name) ? null : rosterOfName(name);
    return roster ? [{ name, at: roster.at }] : [];
  });
  rosters.sort((a, b) => b.at - a.at || (a.name < b.name ? 1 : -1));
  const isOld = (at: number): boolean => now - at > limits.keepHours * hourMs;
  return rosters.filter(({ at }, i) => i >= limits.keepCount || (i > 0 && isOld(at))).map(({ name }) => name);
}

export class RosterShelf {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Puts a roster on the shelf as one file or not at all; its name. Throws Fault. */
  async put(roster: { clinic: string; date: string; at: number }, sealed: Uint8Array): Promise<string> {
    const name = rosterName(roster);
    await this.#store.put(name, sealed);
    return name;
  }

  /** Takes away what is too many or too old; the names. Throws Fault. */
  async prune(clinic: string, limits: RosterLimits, now: number): Promise<string[]> {
    const dropped = rostersToDrop(await this.list(clinic), limits, now);
    for (const name of dropped) await this.#store.delete(name);
    return dropped;
  }

  /** Names that say they were made in the future. Throws Fault. */
  async ahead(clinic: string, now: number): Promise<string[]> {
    return rostersAhead(await this.list(clinic), now);
  }

  /** Takes away everything of a clinic that makes no rosters any more; the names. Throws Fault. */
  async clear(clinic: string): Promise<string[]> {
    const names = await this.list(clinic);
    for (const name of names) await this.#store.delete(name);
    return names;
  }

  /** Names of a clinic's rosters, oldest first. Throws Fault. */
  async list(clinic: string): Promise<string[]> {
    const names: string[] = [];
    for await (const name of this.#store.list(`${clinic}/`)) if (rosterOfName(name)) names.push(name);
    return names;
  }
}
