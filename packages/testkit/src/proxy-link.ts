import type { Socket } from 'node:net';
import type { Rng } from './generate/random.ts';
import { startPipe } from './proxy-pipe.ts';
import type { Direction, ToxicOf, ToxicSet } from './toxics.ts';

/** Counts how often each `drop_reply` may still strike, over all connections of a proxy. */
export class ReplyDrops {
  readonly #struck = new Map<ToxicOf<'drop_reply'>, number>();

  /** How many replies were dropped by toxics of the proxy so far. */
  total = 0;

  /** The toxic that claims this request, if one has a strike left. */
  claim(toxics: ToxicSet, request: Buffer): ToxicOf<'drop_reply'> | undefined {
    const toxic = toxics
      .list('drop_reply')
      .find((one) => (one.match === undefined || request.includes(one.match)) && this.#left(one) > 0);
    if (toxic) this.#struck.set(toxic, (this.#struck.get(toxic) ?? 0) + 1);
    return toxic;
  }

  #left(toxic: ToxicOf<'drop_reply'>): number {
    return (toxic.times ?? 1) - (this.#struck.get(toxic) ?? 0);
  }
}

export interface LinkSpec {
  readonly client: Socket;
  readonly server: Socket;
  readonly toxics: ToxicSet;
  readonly drops: ReplyDrops;
  readonly rng: Rng;
  readonly onBytes: (direction: Direction, count: number) => void;
  readonly onEnd: () => void;
}

/** One proxied connection: two sockets and the two pipes between them. They live and die together. */
export class ProxyLink {
  readonly #spec: LinkSpec;
  readonly #over = new AbortController();
  #doomed: ToxicOf<'drop_reply'> | undefined;
  #cutTimer: NodeJS.Timeout | undefined;

  constructor(spec: LinkSpec) {
    this.#spec = spec;
    const { client, server } = spec;
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.reset());
    }
    let closed = 0;
    const onClose = (): void => {
      closed += 1;
      if (closed === 2) this.#end();
    };
    client.once('close', onClose);
    server.once('close', onClose);
    this.#pipe('up');
    this.#pipe('down');
    this.#armResets();
  }

  /** RST to both sides (on a unix socket, which has none, a plain close). */
  reset(): void {
    if (this.#over.signal.aborted) return;
    this.#end();
    for (const socket of [this.#spec.client, this.#spec.server]) resetSocket(socket);
  }

  #pipe(direction: Direction): void {
    const { client, server, toxics, rng, onBytes } = this.#spec;
    startPipe({
      source: direction === 'up' ? client : server,
      sink: direction === 'up' ? server : client,
      direction,
      toxics,
      rng,
      signal: this.#over.signal,
      admit: (chunk) => (direction === 'up' ? this.#admitRequest(chunk) : this.#admitReply()),
      onBytes: (count) => onBytes(direction, count),
      reset: () => this.reset(),
    });
  }

  #admitRequest(chunk: Buffer): boolean {
    this.#doomed ??= this.#spec.drops.claim(this.#spec.toxics, chunk);
    return true;
  }

  #admitReply(): boolean {
    const doomed = this.#doomed;
    if (!doomed) return true;
    if (this.#cutTimer) return false;
    this.#spec.drops.total += 1;
    this.#cutTimer = setTimeout(() => this.reset(), doomed.settleMs ?? 0);
    return false;
  }

  #armResets(): void {
    const timers = new Map<ToxicOf<'reset_peer'>, NodeJS.Timeout>();
    const { toxics } = this.#spec;
    const sync = (): void => {
      const wanted = new Set(toxics.list('reset_peer'));
      for (const toxic of wanted) {
        if (!timers.has(toxic))
          timers.set(
            toxic,
            setTimeout(() => this.reset(), toxic.afterMs ?? 0),
          );
      }
      for (const [toxic, timer] of timers) if (!wanted.has(toxic)) clearTimeout(timer);
    };
    const off = toxics.onChange(sync);
    this.#over.signal.addEventListener('abort', () => {
      off();
      for (const timer of timers.values()) clearTimeout(timer);
    });
    sync();
  }

  #end(): void {
    clearTimeout(this.#cutTimer);
    if (!this.#over.signal.aborted) this.#over.abort();
    this.#spec.onEnd();
  }
}

function resetSocket(socket: Socket): void {
  const isTcp = socket.remoteFamily !== undefined || socket.connecting;
  // While a FIN is on its way libuv refuses the reset, and Node would then never close the handle.
  const isEnding = socket.writableEnded;
  if (isTcp && !isEnding && !socket.destroyed) socket.resetAndDestroy();
  else socket.destroy();
}
