/** A board in memory under the product's own rules: commands are decided and folded, nothing is stored. */
import {
  type Command,
  type Day,
  type EventContext,
  type LogFrame,
  type Person,
  type Role,
  rulesVersion,
  type Source,
  type Visit,
} from '@workflow-bolt/contracts';
import { BoardState, decide, foldFrame } from '@workflow-bolt/domain';

export type BoardParts = { clinic: string; date: string; now: () => number };
type BoardListener = (visit: Visit, seq: number) => void;

export class DayBoard {
  readonly frames: LogFrame[] = [];
  readonly #state = new BoardState();
  readonly #parts: BoardParts;
  readonly #onVisit: BoardListener;

  /** `onVisit` hears of every visit that a commit has changed, with the commit's position. */
  constructor(parts: BoardParts, onVisit: BoardListener) {
    this.#parts = parts;
    this.#onVisit = onVisit;
  }

  /** False when the rules refuse it. */
  submit(role: Role, command: Command, source: Source): boolean {
    const { clinic, date, now } = this.#parts;
    const actor = { id: `u-${role}`, name: role, role, station: null };
    const commandId = `day:${this.frames.length + 1}`;
    const context: EventContext = { commandId, command: command.type, at: now(), actor, source };
    const decision = decide(this.#state, command, {
      ...{ board: { clinic, date }, now: now(), commandId, actor, source },
    });
    if (!decision.ok) return false;
    const frame: LogFrame = { rules: rulesVersion, ...context, events: decision.events };
    this.frames.push(frame);
    const changes = foldFrame(this.#state, frame);
    this.#state.apply(changes, this.#state.seq + 1);
    for (const entity of changes.values())
      if (entity?.type === 'visit') this.#onVisit(entity, this.#state.seq);
    return true;
  }

  get day(): Day {
    const entity = this.#state.get('day')?.d;
    if (entity?.type !== 'day') throw new Error('nobody has opened the day');
    return entity;
  }

  visit(id: string): Visit {
    const entity = this.#state.get(`v:${id}`)?.d;
    if (entity?.type !== 'visit') throw new Error(`no visit ${id}`);
    return entity;
  }

  visits(): Visit[] {
    return this.#all().flatMap((d) => (d.type === 'visit' ? [d] : []));
  }

  persons(): Map<string, Person> {
    return new Map(this.#all().flatMap((d) => (d.type === 'person' ? [[d.visitId, d] as const] : [])));
  }

  #all() {
    return [...this.#state.entries()].map(([, { d }]) => d);
  }
}
