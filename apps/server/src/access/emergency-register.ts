import type { OpenGlass } from '@workflow-bolt/contracts';
import type { EmergencyStore, OpenGlassOf } from '@workflow-bolt/store';
import type { Emergency } from './principal-of.ts';

const nothing: Emergency = { openGlass: [], listedIn: [] };
/** How often what is open is read again: a word that was lost costs no more. */
const refreshMs = 2_000;
/** In so many of these rounds every clinic is read, also where nothing is open. */
const quietRounds = 5;
/** What could not be read again for so long counts as over: an emergency access is never believed on a memory. */
const believedMs = 10_000;

type Known = { open: OpenGlassOf[]; listed: ReadonlySet<string>; readAt: number };
/** The clinics whose books name a person at all: a few, where an installation may have hundreds. */
type Mentions = ReadonlyMap<string, readonly string[]>;

/**
 * Emergency accesses that are open now, in the memory of this process: asked for at every request, and changed a few
 * times a month.
 */
export class EmergencyRegister {
  readonly #store: EmergencyStore;
  readonly #clinics: readonly string[];
  readonly #known = new Map<string, Known>();
  #mentions: Mentions = new Map();
  #round = 0;
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
    this.#timer = setInterval(() => void this.#refreshSome(), refreshMs).unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  /** What this person may do beyond the role, now. */
  emergencyOf(uid: string): Emergency {
    const clinics = this.#mentions.get(uid);
    if (!clinics) return nothing;
    const now = this.#now();
    const openGlass: OpenGlass[] = [];
    const listedIn: string[] = [];
    for (const clinic of clinics) {
      const known = this.#known.get(clinic);
      if (!known || performance.now() - known.readAt > believedMs) continue;
      if (known.listed.has(uid)) listedIn.push(clinic);
      for (const glass of known.open) if (glass.uid === uid && glass.expiresAt > now) openGlass.push(glass);
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
    if (idsOf(former?.open) !== idsOf(open) || !isSameSet(former?.listed, listed))
      this.#mentions = mentionsIn(this.#known);
    if (idsOf(former?.open) !== idsOf(open)) this.#onChange();
  }

  /**
   * What lets somebody in is read again each time. Clinics without anything to believe take turns: a word of theirs that
   * was lost keeps somebody out, for some seconds.
   */
  async #refreshSome(): Promise<void> {
    const isQuiet = (clinic: string) => {
      const known = this.#known.get(clinic);
      return known !== undefined && known.open.length === 0 && known.listed.size === 0;
    };
    const quiet = this.#clinics.filter(isQuiet);
    const turn = quiet.filter((_clinic, i) => i % quietRounds === this.#round);
    this.#round = (this.#round + 1) % quietRounds;
    const due = [...this.#clinics.filter((each) => !isQuiet(each)), ...turn];
    // Asked together they are one write to Redis, and one answer.
    await Promise.all(due.map((clinic) => this.refresh(clinic).catch(() => {})));
  }
}

function mentionsIn(known: ReadonlyMap<string, Known>): Mentions {
  const mentions = new Map<string, string[]>();
  for (const [clinic, { open, listed }] of known) {
    for (const uid of new Set([...listed, ...open.map((glass) => glass.uid)])) {
      mentions.set(uid, [...(mentions.get(uid) ?? []), clinic]);
    }
  }
  return mentions;
}

const isSameSet = (a: ReadonlySet<string> = new Set(), b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((each) => b.has(each));

const idsOf = (open: readonly OpenGlassOf[] = []): string =>
  open
    .map(({ id }) => id)
    .sort()
    .join();
