import type { OpenGlass } from '@workflow-bolt/contracts';
import type { EmergencyStore, OpenGlassOf } from '@workflow-bolt/store';
import type { Emergency } from './principal-of.ts';

/** How often what is open is read again: a word that was lost costs no more. */
const refreshMs = 2_000;
/** What could not be read again for so long counts as over: an emergency access is never believed on a memory. */
const believedMs = 10_000;

type Known = { open: OpenGlassOf[]; listed: ReadonlySet<string>; readAt: number };

/**
 * Emergency accesses that are open now, in the memory of this process: asked for at every request, and changed a few
 * times a month.
 */
export class EmergencyRegister {
  readonly #store: EmergencyStore;
  readonly #clinics: readonly string[];
  readonly #known = new Map<string, Known>();
  readonly #now: () => number;
  readonly #onChange: () => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    store: EmergencyStore,
    options: { clinics: readonly string[]; now: () => number; onChange: () => void },
  ) {
    this.#store = store;
    this.#clinics = options.clinics;
    this.#now = options.now;
    this.#onChange = options.onChange;
  }

  async start(): Promise<void> {
    await this.#store.listen((clinic) => void this.refresh(clinic).catch(() => {}));
    await Promise.all(this.#clinics.map((clinic) => this.refresh(clinic)));
    this.#timer = setInterval(() => void this.#refreshAll(), refreshMs).unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  /** What this person may do beyond the role, now. */
  emergencyOf(uid: string): Emergency {
    const now = this.#now();
    const openGlass: OpenGlass[] = [];
    const listedIn: string[] = [];
    for (const [clinic, { open, listed, readAt }] of this.#known) {
      if (performance.now() - readAt > believedMs) continue;
      if (listed.has(uid)) listedIn.push(clinic);
      for (const glass of open) if (glass.uid === uid && glass.expiresAt > now) openGlass.push(glass);
    }
    return { openGlass, listedIn };
  }

  /** The open accesses of a person, for the banner. */
  openOf(uid: string): OpenGlassOf[] {
    const now = this.#now();
    const all = [...this.#known.values()].flatMap(({ open }) => open);
    return all.filter((glass) => glass.uid === uid && glass.expiresAt > now);
  }

  async refresh(clinic: string): Promise<void> {
    if (!this.#clinics.includes(clinic)) return;
    const now = this.#now();
    const [open, list] = await Promise.all([this.#store.listOpen(clinic, now), this.#store.list(clinic)]);
    const former = this.#known.get(clinic);
    const listed = new Set(list.map(({ uid }) => uid));
    this.#known.set(clinic, { open, listed, readAt: performance.now() });
    if (idsOf(former?.open) !== idsOf(open)) this.#onChange();
  }

  async #refreshAll(): Promise<void> {
    for (const clinic of this.#clinics) await this.refresh(clinic).catch(() => {});
  }
}

const idsOf = (open: readonly OpenGlassOf[] = []): string =>
  open
    .map(({ id }) => id)
    .sort()
    .join();
