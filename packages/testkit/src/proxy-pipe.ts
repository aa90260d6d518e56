import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rng } from './generate/random.ts';
import type { Direction, ToxicSet } from './toxics.ts';

/** Bytes waiting in one direction before the source is paused: enough for a burst, little enough to press back. */
const QUEUE_BYTES_MAX = 1 << 20;
/** With a bandwidth limit, bytes go out in steps of this length, so that the rate is smooth. */
const BANDWIDTH_STEP_MS = 20;

export interface PipeSpec {
  readonly source: Socket;
  readonly sink: Socket;
  readonly direction: Direction;
  readonly toxics: ToxicSet;
  readonly rng: Rng;
  /** Ends every wait when the connection is over. */
  readonly signal: AbortSignal;
  /** Look at a chunk as it arrives; false throws it away. */
  readonly admit: (chunk: Buffer) => boolean;
  readonly onBytes: (count: number) => void;
  /** Reset the whole connection. */
  readonly reset: () => void;
}

interface Entry {
  /** undefined: the end of the stream. */
  readonly bytes: Buffer | undefined;
  readonly dueAt: number;
}

/**
 * Carry bytes one way through the toxics. A chunk's delay counts from its arrival, not from its turn, so that latency
 * does not add up along a queue.
 */
export function startPipe(spec: PipeSpec): void {
  const queue: Entry[] = [];
  let queuedBytes = 0;
  let wake = (): void => {};
  const push = (bytes: Buffer | undefined): void => {
    queue.push({ bytes, dueAt: performance.now() + delayMsOf(spec, bytes === undefined) });
    queuedBytes += bytes?.length ?? 0;
    if (queuedBytes > QUEUE_BYTES_MAX) spec.source.pause();
    wake();
  };
  spec.source.on('data', (chunk: Buffer) => {
    if (spec.admit(chunk)) push(chunk);
  });
  spec.source.once('end', () => push(undefined));
  spec.signal.addEventListener('abort', () => wake(), { once: true });

  const pump = async (): Promise<void> => {
    const flow = { sent: 0 };
    while (!spec.signal.aborted) {
      const entry = queue.shift();
      if (!entry) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      await waitUntil(entry.dueAt, spec.signal);
      if (entry.bytes === undefined) {
        await silenceOver(spec);
        spec.sink.end();
        return;
      }
      await deliver(spec, entry.bytes, flow);
      queuedBytes -= entry.bytes.length;
      if (queuedBytes < QUEUE_BYTES_MAX / 2) spec.source.resume();
    }
  };
  // The only rejection is the abort of a wait: the connection is over.
  pump().catch(() => {});
}

function delayMsOf(spec: PipeSpec, isEnd: boolean): number {
  const { toxics, direction, rng } = spec;
  const latencyMs = toxics
    .list('latency', direction)
    .reduce((sum, toxic) => sum + toxic.latencyMs + (rng.next() * 2 - 1) * (toxic.jitterMs ?? 0), 0);
  const closeMs = isEnd ? toxics.list('slow_close').reduce((sum, toxic) => sum + toxic.delayMs, 0) : 0;
  return Math.max(0, latencyMs) + closeMs;
}

async function deliver(spec: PipeSpec, bytes: Buffer, flow: { sent: number }): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) {
    await silenceOver(spec);
    const { sizeBytes, pauseMs } = nextPiece(spec, rest.length, flow.sent);
    const piece = rest.subarray(0, sizeBytes);
    rest = rest.subarray(sizeBytes);
    if (piece.length > 0) await write(spec, piece);
    flow.sent += piece.length;
    if (isOverLimit(spec, flow.sent)) return spec.reset();
    if (pauseMs > 0) await sleep(pauseMs, undefined, { signal: spec.signal });
  }
}

/** How many of the bytes may go now and how long to wait after them. */
function nextPiece(spec: PipeSpec, available: number, sent: number): { sizeBytes: number; pauseMs: number } {
  const { toxics, direction } = spec;
  let sizeBytes = available;
  let pauseMs = 0;
  for (const slicer of toxics.list('slicer', direction)) {
    sizeBytes = Math.min(sizeBytes, Math.max(1, slicer.sizeBytes));
    pauseMs += slicer.delayMs ?? 0;
  }
  for (const { bytesPerSecond } of toxics.list('bandwidth', direction)) {
    sizeBytes = Math.min(sizeBytes, Math.max(1, Math.ceil((bytesPerSecond * BANDWIDTH_STEP_MS) / 1000)));
    pauseMs = Math.max(pauseMs, (sizeBytes / bytesPerSecond) * 1000);
  }
  for (const { bytes } of toxics.list('limit_data', direction)) {
    sizeBytes = Math.min(sizeBytes, Math.max(0, bytes - sent));
  }
  return { sizeBytes, pauseMs };
}

function isOverLimit(spec: PipeSpec, sent: number): boolean {
  return spec.toxics.list('limit_data', spec.direction).some(({ bytes }) => sent >= bytes);
}

async function write(spec: PipeSpec, piece: Buffer): Promise<void> {
  spec.onBytes(piece.length);
  if (spec.sink.write(piece) || spec.signal.aborted) return;
  await new Promise<void>((resolve) => {
    spec.sink.once('drain', resolve);
    spec.signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Resolves when no `timeout` toxic is in force for this direction; resets the connection when its time is up. */
async function silenceOver(spec: PipeSpec): Promise<void> {
  const since = performance.now();
  for (;;) {
    const silences = spec.toxics.list('timeout', spec.direction);
    if (silences.length === 0) return;
    const patience = Math.min(
      ...silences.map(({ resetAfterMs }) => resetAfterMs ?? Number.POSITIVE_INFINITY),
    );
    const leftMs = since + patience - performance.now();
    if (leftMs <= 0) {
      spec.reset();
      throw new Error('reset after silence');
    }
    await changeWithin(spec, leftMs);
  }
}

function changeWithin(spec: PipeSpec, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = Number.isFinite(ms) ? setTimeout(() => done(resolve), ms) : undefined;
    const off = spec.toxics.onChange(() => done(resolve));
    const onAbort = (): void => done(() => reject(new Error('closed')));
    const done = (settle: () => void): void => {
      clearTimeout(timer);
      off();
      spec.signal.removeEventListener('abort', onAbort);
      settle();
    };
    spec.signal.addEventListener('abort', onAbort, { once: true });
  });
}

async function waitUntil(dueAt: number, signal: AbortSignal): Promise<void> {
  const leftMs = dueAt - performance.now();
  if (leftMs > 0) await sleep(leftMs, undefined, { signal });
}
