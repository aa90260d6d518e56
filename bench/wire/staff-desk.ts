/** Staff of one board, as the driver of a bench: clicks over raw HTTP, alone or at a steady rate. */
import type { BoardKey, Command, Entity, Visit } from '@workflow-bolt/contracts';
import { awaitUntil, constantSchedule, type LoadResult, runOpenLoop } from '@workflow-bolt/testkit';
import { visitPath } from '../day/staff-commands.ts';
import { boardPath, type ProductServer } from '../processes/product-server.ts';
import { HttpLane, jsonHeaders } from './http-lane.ts';
import type { SessionHeaders } from './session-headers.ts';

/** A patient who can be written back. */
export type Written = { appointmentId: number; visitId: string };

/** The board as the driver of this bench works on it. */
export class Desk {
  readonly #product: ProductServer;
  readonly #headers: string;
  readonly #session: SessionHeaders;
  readonly #board: BoardKey;
  readonly #lanes: HttpLane[];
  readonly #sent = new Map<number, number>();

  private constructor(parts: {
    product: ProductServer;
    session: SessionHeaders;
    board: BoardKey;
    lanes: number;
  }) {
    this.#product = parts.product;
    this.#session = parts.session;
    this.#headers = jsonHeaders(parts.session);
    this.#board = parts.board;
    this.#lanes = Array.from({ length: parts.lanes }, () => new HttpLane(parts.product.port));
  }

  static async open(product: ProductServer, board: BoardKey, lanes: number): Promise<Desk> {
    return new Desk({ product, board, lanes, session: await product.signIn('medical-assistant') });
  }

  /** Sends one command over a lane; each lane sends one at a time, under a name of its own. */
  async send(lane: number, command: Command): Promise<void> {
    const n = (this.#sent.get(lane) ?? 0) + 1;
    this.#sent.set(lane, n);
    const body = JSON.stringify({ clientId: `desk-${String(lane).padStart(4, '0')}`, n, command });
    const path = `${boardPath(this.#board)}/commands`;
    const { status, body: answer } = await this.#lane(lane).request('POST', path, this.#headers, body);
    if (status !== 200 || !answer.includes('"applied"')) {
      throw new Error(`${command.type}: ${status} ${answer.toString().slice(0, 200)}`);
    }
  }

  /** Patients who are expected and can be written back, once the schedule is there and its details are read. */
  async expected(atLeast: number): Promise<Written[]> {
    return awaitUntil(
      `${atLeast} patients are expected`,
      async () => {
        const entities = await this.#entities();
        const day = entities.find((entity) => entity.type === 'day');
        const sync = entities.find((entity) => entity.type === 'sync');
        const found = entities.flatMap((entity) => (entity.type === 'visit' ? writable(entity) : []));
        return day?.writeBack === 'on' && sync?.phase === 'done' && found.length >= atLeast && found;
      },
      600_000,
    );
  }

  async #entities(): Promise<Entity[]> {
    const url = `${this.#product.baseUrl}${boardPath(this.#board)}`;
    const answer = await fetch(url, { headers: this.#session });
    if (!answer.ok) throw new Error(`the board: ${answer.status}`);
    const { entities } = (await answer.json()) as { entities: { d: Entity }[] };
    return entities.map(({ d }) => d);
  }

  #lane(index: number): HttpLane {
    const lane = this.#lanes[index];
    if (!lane) throw new RangeError(`there is no lane ${index}`);
    return lane;
  }

  close(): void {
    for (const lane of this.#lanes) lane.close();
  }
}

/** Expected, and booked in the EHR: a step of theirs is a status there. */
function writable({ id, status, external }: Visit): Written[] {
  const isExpected = status === 'scheduled' || status === 'confirmed';
  if (!isExpected || !external?.appointmentId) return [];
  return [{ appointmentId: Number(external.appointmentId), visitId: id }];
}

export const arrive = (visitId: string): Command => ({ type: 'moveVisit', visitId, to: 'arrived' });

/** A round of commits at a steady rate: each lane has patients of its own, who go from step to step. */
export class Round {
  readonly #desk: Desk;
  readonly #queues: Command[][];

  constructor(desk: Desk, visits: readonly Written[], lanes: number) {
    this.#desk = desk;
    this.#queues = Array.from({ length: lanes }, (_, lane) =>
      visits.filter((_visit, i) => i % lanes === lane).flatMap(({ visitId }) => visitPath(visitId)),
    );
  }

  run(ratePerS: number, durationMs: number): Promise<LoadResult> {
    const tails = this.#queues.map(() => Promise.resolve());
    const operation = (i: number): Promise<void> => {
      const lane = i % this.#queues.length;
      const command = this.#queues[lane]?.shift();
      if (!command) return Promise.reject(new RangeError('this desk has nothing left to do'));
      const sent = (tails[lane] ?? Promise.resolve()).then(() => this.#desk.send(lane, command));
      tails[lane] = sent.catch(() => undefined);
      return sent;
    };
    return runOpenLoop({
      schedule: constantSchedule({ ratePerS, durationMs }),
      lateMs: 5,
      operation,
    });
  }
}
