/** Peer process: a bare `ws` server that makes the same commit and broadcasts the same bytes. */
import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { CommitHandler, peerOptions, streamText } from './commit-handler.ts';

const options = peerOptions();
const commits = new CommitHandler(options, (made) => {
  const payload = Buffer.from(streamText(made));
  for (const client of sockets.clients) {
    if (client.readyState === WebSocket.OPEN) client.send(payload, { binary: false });
  }
});
const server = createServer(commits.handle);
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
server.listen(options.port, '127.0.0.1');
