/** The way to the EHR in virtual time: the exchange itself is real, its duration is drawn. */
import type { CallClock } from '@workflow-bolt/ehr';
import type { VirtualTime } from './virtual-time.ts';

export type Passage = {
  /** Ms until the request arrives, and until the answer is back. */
  toMs: number;
  backMs: number;
  /** `before`: the request is lost on its way. `after`: it arrives, its answer never comes. */
  hang: 'before' | 'after' | null;
};

export type TransportParts = {
  time: VirtualTime;
  sleep: CallClock['sleep'];
  deadlineMs: number;
  passage: (operation: string) => Passage;
};

class DeadlinePassed extends Error {
  readonly code = 'UND_ERR_HEADERS_TIMEOUT';
}

/** A `fetch` for the adapter. What hangs fails at the deadline, in virtual time. */
export function virtualTransport({ time, sleep, deadlineMs, passage }: TransportParts): typeof fetch {
  return async (input, init) => {
    const { toMs, backMs, hang } = passage(operationOf(init));
    await sleep(toMs);
    if (hang === 'before') return fail(deadlineMs - toMs);
    const answer = await time.outside(() => exchange(input, init));
    const isLate = hang === 'after' || toMs + backMs >= deadlineMs;
    if (isLate) return fail(deadlineMs - toMs);
    await sleep(backMs);
    return answer();
  };
  async function fail(ms: number): Promise<never> {
    await sleep(ms);
    throw new DeadlinePassed();
  }
}

function operationOf(init: RequestInit | undefined): string {
  const action = new Headers(init?.headers).get('soapaction') ?? '';
  return /([A-Za-z]+)"?$/.exec(action)?.[1] ?? '';
}

/** Makes the exchange at once and whole; what became of it, good or bad, is told later. */
async function exchange(input: string | URL | Request, init?: RequestInit): Promise<() => Response> {
  try {
    const response = await fetch(input, init);
    const { status, headers } = response;
    const body = await readAll(response);
    return () => new Response(body, { status, headers });
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** The body as it came, with the error in its place when it broke off. */
async function readAll(response: Response): Promise<ReadableStream<Uint8Array> | null> {
  if (!response.body) return null;
  const chunks: Uint8Array[] = [];
  let broken: unknown = null;
  try {
    for await (const chunk of response.body) chunks.push(chunk);
  } catch (error) {
    broken = error;
  }
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      if (broken === null) controller.close();
      else controller.error(broken);
    },
  });
}
