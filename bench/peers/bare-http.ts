/** Peer process: node:http and one Redis Function, nothing else. */
import { createServer } from 'node:http';
import { CommitHandler, peerOptions } from './commit-handler.ts';

const options = peerOptions();
createServer(new CommitHandler(options).handle).listen(options.port, '127.0.0.1');
