/**
 * A screen: the real client library, headless, that writes down everything it ever showed. A sighting is the position
 * with the hash of the whole content, so each can be held against the log afterwards.
 */
import {
  type BoardClient,
  createBoardClient,
  decodeFrame,
  fetchTransport,
  SseParser,
  type StreamTransport,
} from '@workflow-bolt/client';
import type { Frame, Role, View } from '@workflow-bolt/contracts';
import type { SessionHeaders } from '../system/staff-member.ts';
import type { BoardTruth } from './board-truth.ts';
import { contentHash } from './content-hash.ts';

export type Sighting = { epoch: string; seq: number; hash: string; atMs: number };
export type ObserverOptions = {
  name: string;
  baseUrl: string;
  clinic: string;
  date: string;
  session: SessionHeaders;
  /** On the wall, instead of at a desk. */
  isOnWall?: boolean;
  /** Whose desk; a manager's without one. */
  role?: Role;
  /** Keep steps in IndexedDB, as a browser does; default memory. */
  keepsOutbox?: boolean;
};

const aheadMsMax = 2_000;

export class BoardObserver {
  readonly name: string;
  readonly view: View;
  readonly client: BoardClient;
  readonly sightings: Sighting[] = [];
  /** First parts of all snapshots, and all heartbeats, in order. */
  readonly snapshots: { reason: string; epoch: string; seq: number }[] = [];
  readonly heartbeats: Frame<'hb'>[] = [];
  /** Phases of the connection, in order. */
  readonly phases: string[] = [];
  readonly #leftEpochs = new Set<string>();
  #former: Sighting | undefined;
  #checked = 0;

  private constructor(options: ObserverOptions) {
    const { name, session, isOnWall = false, role = 'manager', keepsOutbox, ...where } = options;
    this.name = name;
    this.view = isOnWall ? 'wall' : `staff-${role}`;
    this.client = createBoardClient({
      ...where,
      view: isOnWall ? 'wall' : 'staff',
      ...(keepsOutbox ? {} : { storage: 'memory' as const }),
      tabs: false,
      presence: false,
      notify: 'sync',
      fetch: fetchWith(session),
      transport: listening(fetchTransport(fetchWith(session)), (frame) => this.#hear(frame)),
    });
    this.client.subscribe(() => this.#look());
  }

  /** Starts it; it may not be live yet. */
  static async open(options: ObserverOptions): Promise<BoardObserver> {
    const observer = new BoardObserver(options);
    await observer.client.start();
    return observer;
  }

  get last(): Sighting | undefined {
    return this.sightings.at(-1);
  }

  isLive(): boolean {
    return this.client.getSnapshot().connection.isLive;
  }

  /** Live, and standing exactly there with exactly that content. */
  isAt(truth: BoardTruth, epoch: string): boolean {
    const { last } = this;
    const isThere = last?.epoch === epoch && last.seq === truth.seq;
    return isThere && this.isLive() && last.hash === truth.hashAt(this.view, truth.seq);
  }

  /**
   * Sightings since the last call that no history explains. `histories` are the logs that an epoch had: more than one
   * when a failover left two servers with the same epoch for a moment.
   */
  unexplained(histories: (epoch: string) => readonly BoardTruth[]): string[] {
    const problems: string[] = [];
    for (; this.#checked < this.sightings.length; this.#checked += 1) {
      const sighting = this.sightings[this.#checked];
      if (!sighting) break;
      const truths = histories(sighting.epoch);
      if (isAhead(sighting, truths)) break;
      problems.push(...this.#judge(sighting, truths));
      this.#former = sighting;
    }
    return problems;
  }

  #judge({ epoch, seq, hash }: Sighting, truths: readonly BoardTruth[]): string[] {
    const former = this.#former;
    const problems: string[] = [];
    if (former?.epoch === epoch && seq < former.seq)
      problems.push(`${this.name} went back from ${former.seq} to ${seq}`);
    if (former && former.epoch !== epoch) this.#leftEpochs.add(former.epoch);
    if (this.#leftEpochs.has(epoch)) problems.push(`${this.name} went back into epoch ${epoch}`);
    if (!truths.some((truth) => truth.hashAt(this.view, seq) === hash))
      problems.push(`${this.name} showed at ${epoch.slice(0, 6)}#${seq} what no log says`);
    return problems;
  }

  #hear(frame: ReturnType<typeof decodeFrame>): void {
    if (frame?.name === 'hb') this.heartbeats.push(frame.body);
    if (frame?.name !== 'snap' || frame.body.part !== 1) return;
    const { reason, e: epoch, s: seq } = frame.body;
    this.snapshots.push({ reason, epoch, seq });
  }

  #look(): void {
    const { position, serverEntities, connection } = this.client.getSnapshot();
    if (this.phases.at(-1) !== connection.phase) this.phases.push(connection.phase);
    if (!position) return;
    const { epoch, seq } = position;
    const sighting = { epoch, seq, hash: contentHash(serverEntities), atMs: performance.now() };
    const { last } = this;
    const isSame = last?.seq === sighting.seq && last.epoch === sighting.epoch && last.hash === sighting.hash;
    if (!isSame) this.sightings.push(sighting);
  }
}

/** Shown a moment ago, and the log was read before that: a matter for the next look. */
function isAhead({ seq, atMs }: Sighting, truths: readonly BoardTruth[]): boolean {
  return truths.every((truth) => truth.seq < seq) && performance.now() - atMs < aheadMsMax;
}

/** Node's fetch keeps no cookies and says nothing of where a page comes from; a browser's does. */
export function fetchWith(session: SessionHeaders): typeof fetch {
  return (input, init = {}) =>
    fetch(input, { ...init, headers: { ...session, ...init.headers } as HeadersInit });
}

/** The same transport, overheard. */
function listening(
  transport: StreamTransport,
  hear: (frame: ReturnType<typeof decodeFrame>) => void,
): StreamTransport {
  return (url, sink) => {
    const parser = new SseParser();
    const bytes = (chunk: Uint8Array): void => {
      for (const event of parser.push(chunk)) hear(decodeFrame(event));
      sink.bytes(chunk);
    };
    return transport(url, {
      bytes,
      headers: () => sink.headers(),
      ended: () => sink.ended(),
      failed: (why) => sink.failed(why),
      refused: (answer) => sink.refused(answer),
    });
  };
}
