import { connect, type Socket } from 'node:net';
import { headerLines, type SessionHeaders } from './session-headers.ts';

/** Stream readers that take the beginning of their answer and then never read again. */
export class DeafReaders {
  readonly #sockets: Socket[] = [];

  /** Opens `count` streams; resolves when each has got the first bytes of its answer. */
  async open(options: { port: number; path: string; session: SessionHeaders; count: number }): Promise<void> {
    for (let i = 0; i < options.count; i += 1) await this.#openOne(options);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #openOne({ port, path, session }: { port: number; path: string; session: SessionHeaders }): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = connect({ port, host: '127.0.0.1' });
    this.#sockets.push(socket);
    socket.once('connect', () =>
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: text/event-stream\r\n${headerLines(session)}\r\n`,
      ),
    );
    socket.once('data', () => {
      socket.pause();
      resolve();
    });
    socket.on('error', reject);
    return promise;
  }
}
