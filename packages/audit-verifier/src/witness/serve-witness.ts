/** A witness over HTTP. Encryption on the way is a proxy's: everything that passes here is public and signed. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addCheckpointPath, requestBytesMax } from './add-checkpoint-request.ts';
import type { Witness, WitnessAnswer } from './witness.ts';
import type { WitnessFolder } from './witness-folder.ts';

export type ServedWitness = { url: string; stop: () => Promise<void> };
export type ServeOptions = { witness: Witness; folder: WitnessFolder; host: string; port: number };

/** Null when it is longer than any request. */
async function bodyOf(req: IncomingMessage): Promise<Uint8Array | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of req as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > requestBytesMax) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function answerOf(req: IncomingMessage, { witness, folder }: ServeOptions): Promise<WitnessAnswer> {
  const path = (req.url ?? '').split('?')[0] ?? '';
  if (req.method === 'POST' && path === `/${addCheckpointPath}`) {
    const body = await bodyOf(req);
    return body ? witness.add(body) : { status: 413, body: 'too long\n' };
  }
  if (req.method === 'GET' && path.startsWith('/checkpoint/')) {
    const note = await folder.noteOf(path.slice('/checkpoint/'.length));
    if (note) return { status: 200, body: Buffer.from(note).toString('utf8') };
  }
  return { status: 404, body: 'not here\n' };
}

async function serve(req: IncomingMessage, res: ServerResponse, options: ServeOptions): Promise<void> {
  const answer = await answerOf(req, options).catch(() => ({ status: 500, body: 'cannot remember now\n' }));
  const { status, body, type = 'text/plain; charset=utf-8' } = answer as WitnessAnswer;
  res.writeHead(status, { 'Content-Type': type, ...(status === 413 ? { Connection: 'close' } : {}) });
  res.end(body);
}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** Listens; port 0 takes a free one. */
export async function serveWitness(options: ServeOptions): Promise<ServedWitness> {
  const server = createServer((req, res) => void serve(req, res, options));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(options.port, options.host, resolve);
  await promise;
  return {
    url: urlOf(server),
    stop: async () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}
