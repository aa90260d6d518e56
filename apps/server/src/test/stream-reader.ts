import { type IncomingMessage, request } from 'node:http';
import type { Frame, FrameName } from '@workflow-bolt/contracts';

export type Received = { [N in FrameName]: { name: N; id: string | null; data: Frame<N> } }[FrameName];

/** Reads a board stream over a plain socket, so that a test can also stop reading. */
export class StreamReader {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly frames: Received[] = [];
  isEnded = false;
  /** The answer's body when it is no stream. */
  body = '';
  readonly #response: IncomingMessage;
  #rest = '';
  #wake: () => void = () => {};

  private constructor(response: IncomingMessage) {
    this.#response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.#take(text));
    for (const event of ['end', 'close', 'error'] as const) response.on(event, () => this.#end());
  }

  static open(url: string, headers: Record<string, string> = {}): Promise<StreamReader> {
    return new Promise((resolve, reject) => {
      const req = request(url, { headers, agent: false }, (response) => resolve(new StreamReader(response)));
      req.once('error', reject);
      req.end();
    });
  }

  /** The newest cursor received. */
  get cursor(): string | null {
    return this.frames.findLast(({ id }) => id !== null)?.id ?? null;
  }

  /** Waits for a frame that fits, also among those received. Throws with what came when none does in time. */
  async until(fits: (frame: Received) => boolean, timeoutMs = 8_000): Promise<Received> {
    const deadline = Date.now() + timeoutMs;
    for (let seen = 0; ; ) {
      for (; seen < this.frames.length; seen += 1) {
        const frame = this.frames[seen];
        if (frame && fits(frame)) return frame;
      }
      if (this.isEnded || Date.now() > deadline) throw new Error(`no such frame among ${this.describe()}`);
      await this.#more(deadline - Date.now());
    }
  }

  async ofName<N extends FrameName>(
    name: N,
    fits: (data: Frame<N>) => boolean = () => true,
  ): Promise<Frame<N>> {
    const found = await this.until((frame) => frame.name === name && fits(frame.data as Frame<N>));
    return found.data as Frame<N>;
  }

  async untilEnd(timeoutMs = 8_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!this.isEnded) {
      if (Date.now() > deadline) throw new Error('the stream did not end');
      await this.#more(deadline - Date.now());
    }
  }

  describe(): string {
    return this.frames.map(({ name, data }) => `${name}${'s' in data ? `@${data.s}` : ''}`).join(' ');
  }

  pause(): void {
    this.#response.pause();
  }

  resume(): void {
    this.#response.resume();
  }

  close(): void {
    this.#response.destroy();
  }

  #more(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, Math.min(waitMs, 200)));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #take(text: string): void {
    if (!this.headers['content-type']?.startsWith('text/event-stream')) this.body += text;
    const messages = (this.#rest + text).split('\n\n');
    this.#rest = messages.pop() ?? '';
    this.frames.push(...messages.map(parseMessage));
    this.#wake();
  }

  #end(): void {
    this.isEnded = true;
    this.#wake();
  }
}

function parseMessage(message: string): Received {
  const fields = new Map(
    message.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const data = JSON.parse(fields.get('data') ?? 'null');
  return { name: fields.get('event'), id: fields.get('id') ?? null, data } as Received;
}
