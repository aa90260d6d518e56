/** The worker's figures for Prometheus, over HTTP, at one path and nothing else. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';

export type MetricsListener = { port: number; stop: () => Promise<void> };

/** Listens at `host:port`; null for not at all. Throws when the address is taken. */
export async function serveMetrics(
  listen: string | null,
  registries: readonly Registry[],
): Promise<MetricsListener | null> {
  if (listen === null) return null;
  const at = listen.lastIndexOf(':');
  const server = createServer(async (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    const all = Registry.merge([...registries]);
    const text = await all.metrics();
    response.writeHead(200, { 'content-type': all.contentType }).end(text);
  });
  server.listen(Number(listen.slice(at + 1)), listen.slice(0, at));
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
