/**
 * One address in front of several API servers, as every clinic with more than one has: each connection goes to the
 * next server that accepts it, and ends when that server ends it. Without it, a client of a killed server could only
 * wait for that very server.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export class LoadBalancer implements AsyncDisposable {
  readonly #ports: readonly number[];
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((client) => this.#accept(client));
  /** Servers that get no new connections, such as one that a health check found silent. */
  readonly #withdrawn = new Set<number>();
  #turn = 0;

  private constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  /** Listens on a free loopback port in front of these loopback ports. */
  static async start(ports: readonly number[]): Promise<LoadBalancer> {
    const balancer = new LoadBalancer(ports);
    balancer.#server.listen(0, '127.0.0.1');
    await once(balancer.#server, 'listening');
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** No new connections to this server; open ones stay. */
  withdraw(port: number): void {
    this.#withdrawn.add(port);
  }

  restore(port: number): void {
    this.#withdrawn.delete(port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    this.#own(client);
    const turn = this.#turn++;
    const order = this.#ports.map((_, i) => this.#ports[(turn + i) % this.#ports.length] ?? 0);
    this.#tryNext(
      client,
      order.filter((port) => !this.#withdrawn.has(port)),
    );
  }

  #tryNext(client: Socket, [port, ...rest]: number[]): void {
    if (port === undefined || client.destroyed) {
      client.destroy();
      return;
    }
    const server = connect({ port, host: '127.0.0.1' });
    this.#own(server);
    let isConnected = false;
    server.once('connect', () => {
      isConnected = true;
      server.pipe(client).pipe(server);
    });
    server.once('close', () => {
      if (isConnected) client.destroy();
      else this.#tryNext(client, rest);
    });
    client.once('close', () => server.destroy());
  }

  #own(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    // A reset is what this is for; 'close' follows and tells.
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
