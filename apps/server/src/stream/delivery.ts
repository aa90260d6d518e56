import type { BoardPosition } from '@workflow-bolt/store';
import type { EncodedFrame } from './encode-frame.ts';
import { laggingBytes, type StreamConnection } from './stream-connection.ts';

/** Sockets written to in one go: about 2 ms of work, so that a large board does not hold up a command. */
const chunkSize = 200;

type Job = {
  frame: EncodedFrame;
  readers: readonly StreamConnection[];
  /** Where readers stand after it; null for frames outside the history. */
  head: BoardPosition | null;
  /** The frame continues from here; a reader that stands earlier has missed something. */
  prevSeq: number;
};

/**
 * Writes frames to many readers in the order given, a chunk of readers at a time. Everything that live readers get
 * passes through here, so that no heartbeat can overtake a change.
 */
export class Delivery {
  readonly #onBehind: (reader: StreamConnection) => void;
  readonly #onChange: (reader: StreamConnection) => void;
  readonly #jobs: Job[] = [];
  #isRunning = false;

  constructor(onBehind: (reader: StreamConnection) => void, onChange: (reader: StreamConnection) => void) {
    this.#onBehind = onBehind;
    this.#onChange = onChange;
  }

  get isIdle(): boolean {
    return !this.#isRunning;
  }

  add(job: Job): void {
    this.#jobs.push(job);
    if (!this.#isRunning) this.#run(0);
  }

  #run(from: number): void {
    this.#isRunning = true;
    let start = from;
    for (let job = this.#jobs[0]; job; job = this.#jobs[0]) {
      const end = Math.min(start + chunkSize, job.readers.length);
      for (let i = start; i < end; i += 1) this.#deliver(job, job.readers[i]);
      if (end < job.readers.length) {
        setImmediate(() => this.#run(end));
        return;
      }
      this.#jobs.shift();
      start = 0;
    }
    this.#isRunning = false;
  }

  #deliver(job: Job, reader: StreamConnection | undefined): void {
    if (reader?.state !== 'live' || !reader.position) return;
    if (job.head && job.head.epoch === reader.position.epoch && job.head.seq <= reader.position.seq) return;
    // Looked at before the write: what is still there now has been there since the last flush.
    if (reader.pendingBytes > laggingBytes || (job.head && job.prevSeq > reader.position.seq)) {
      this.#onBehind(reader);
      return;
    }
    reader.write(job.frame);
    if (job.head) reader.position = job.head;
    if (job.head) this.#onChange(reader);
  }
}
