/** Peer process: Socket.IO with its Redis Streams adapter and connection state recovery, on the same work. */
import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { CommitHandler, peerOptions, streamText } from './commit-handler.ts';

const options = peerOptions();
const commits = new CommitHandler(options, (made) => io.emit('ev', streamText(made)));
const server = createServer(commits.handle);
const io = new Server(server, {
  adapter: createAdapter(new Redis(options.redisUrl)),
  connectionStateRecovery: { maxDisconnectionDuration: 120_000, skipMiddlewares: true },
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
});
server.listen(options.port, '127.0.0.1');
