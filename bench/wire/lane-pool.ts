import { type HttpAnswer, HttpLane } from './http-lane.ts';

/** Keep-alive connections, each with one request at a time; one more is opened when all are busy. */
export class LanePool {
  readonly #port: number;
  readonly #all: HttpLane[] = [];
  readonly #free: HttpLane[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  /** Rejects unless the answer is 200. */
  async get(path: string, headers: string): Promise<HttpAnswer> {
    const lane = this.#free.pop() ?? this.#add();
    try {
      const answer = await lane.request('GET', path, headers);
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
      return answer;
    } finally {
      this.#free.push(lane);
    }
  }

  close(): void {
    for (const lane of this.#all) lane.close();
  }

  #add(): HttpLane {
    const lane = new HttpLane(this.#port);
    this.#all.push(lane);
    return lane;
  }
}
