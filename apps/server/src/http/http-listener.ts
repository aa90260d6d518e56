/** The process's ear: one HTTP server with its limits, how it begins to listen, and how it lets requests end. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServerRefused } from '../server-dependencies.ts';

/** Longer than any proxy in front keeps an idle connection, so that the proxy is the one to close it. */
const keepAliveMs = 65_000;
/** For the whole head of a request to arrive. */
const headersMs = 10_000;
/** For a whole request to arrive; a large import over a slow line takes its time. */
const requestMs = 60_000;

export class HttpListener {
  readonly #server: Server;

  constructor(app: RequestListener) {
    this.#server = createServer(
      { keepAliveTimeout: keepAliveMs, headersTimeout: headersMs, requestTimeout: requestMs },
      app,
    );
  }

  /** Where it listens; throws before `listen`. */
  get address(): AddressInfo {
    const address = this.#server.address() as AddressInfo | null;
    if (!address) throw new Error('the server does not listen');
    return address;
  }

  get url(): string {
    const { address, family, port } = this.address;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Throws ServerRefused where this process cannot listen. */
  listen({ host, port }: { host: string; port: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => reject(refusalOf(error, host, port)));
      this.#server.listen(port, host, resolve);
    });
  }

  /** Waits for the requests that are being answered, at most so long. */
  async close(graceMs: number): Promise<void> {
    if (!this.#server.listening) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeIdleConnections();
    const idle = setInterval(() => this.#server.closeIdleConnections(), 50);
    const cut = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await promise;
    clearInterval(idle);
    clearTimeout(cut);
  }
}

function refusalOf(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new ServerRefused(
      `Port ${port} on ${host} is taken. Stop what listens there, or set PORT to another.`,
    );
  }
  if (error.code === 'EACCES')
    return new ServerRefused(`This user may not listen on port ${port}. Choose one above 1023.`);
  return error;
}
