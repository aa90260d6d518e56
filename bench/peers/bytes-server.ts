/** Peer process: node:http that answers every GET with bytes made once, from the file named in its environment. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const body = readFileSync(process.env.BENCH_BODY ?? '');
createServer((_req, res) => {
  res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
}).listen(Number(process.env.PORT), '127.0.0.1');
