import type {
  BoardDate,
  ClinicId,
  Command,
  CommandOutcome,
  Day,
  Entity,
  EntityId,
  Person,
  Sync,
  Visit,
} from '@workflow-bolt/contracts';

/** What a job needs of a board: its present contents, and commands in order. */
export interface BoardPort {
  readonly clinic: ClinicId;
  readonly date: BoardDate;
  /** The latest committed contents; reads Redis when this process has not followed the board yet. */
  entities(): Promise<Iterable<readonly [EntityId, { v: number; d: Entity }]>>;
  /**
   * Sends commands in order as the system. Refusals are outcomes; throws Fault when the store is away, and
   * then says nothing about the commands: the caller computes its difference anew.
   */
  submit(commands: readonly Command[]): Promise<CommandOutcome[]>;
  /** Makes ids of texts that must not be guessed back; absent, or undefined, where nothing is sealed. */
  idMaker?(): Promise<((text: string) => string) | undefined>;
}

export type JobBoard = {
  day: Day | null;
  sync: Sync | null;
  visits: Visit[];
  persons: Map<string, Person>;
};

/** Sorts a board's entities by type. */
export async function readJobBoard(port: BoardPort): Promise<JobBoard> {
  const board: JobBoard = { day: null, sync: null, visits: [], persons: new Map() };
  for (const [, { d }] of await port.entities()) {
    if (d.type === 'day') board.day = d;
    else if (d.type === 'sync') board.sync = d;
    else if (d.type === 'visit') board.visits.push(d);
    else if (d.type === 'person') board.persons.set(d.visitId, d);
  }
  return board;
}
