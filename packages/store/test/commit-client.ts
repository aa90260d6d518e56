/** Calls `commit` as the authority does, with every argument open to a test. */
import { randomBytes } from 'node:crypto';
import type { BoardKey } from '@workflow-bolt/contracts';
import { boardKeys, type CommitArgs, type CommitReply, commitCall, type RedisPort } from '../src/index.ts';

export const newEpoch = (): string => randomBytes(16).toString('hex');

/** Everything but `n`, with the values of an ordinary first commit. */
export function commitArgs(
  board: BoardKey,
  port: RedisPort,
  over: Partial<CommitArgs> & { n: number },
): CommitArgs {
  return {
    doorbell: port.doorbell,
    channel: boardKeys(board).channel,
    deadlineMs: 0,
    paramHash: 'aa',
    epoch: '',
    newEpoch: newEpoch(),
    seqSeen: 0,
    chainSeen: '',
    code: 'applied',
    outcome: '{"events":1}',
    frame: `{"n":${over.n}}`,
    audit: '{"actor":"noa"}',
    ids: ['v:a'],
    versions: ['0'],
    writes: [['v:a', '{"type":"visit"}']],
    intents: [],
    seen: [],
    ...over,
  };
}

export function commit(
  board: BoardKey,
  port: RedisPort,
  over: Partial<CommitArgs> & { n: number },
  clientId = 'client-a',
  guards: readonly string[] = [],
): Promise<CommitReply> {
  const keys = boardKeys(board);
  return port.fcall(
    commitCall({ ...keys, idem: keys.idem(clientId), guards }, commitArgs(board, port, over)),
  );
}

async function contentOf(port: RedisPort, key: string): Promise<unknown> {
  const type = await port.command('TYPE', key);
  if (type === 'hash') return port.command('HGETALL', key);
  return type === 'string' ? port.command('GET', key) : port.command('XRANGE', key, '-', '+');
}

/** Everything `commit` may change, as Redis holds it: meta, ent, log, aud, out, idem. */
export async function footprint(board: BoardKey, port: RedisPort, clientId = 'client-a'): Promise<unknown[]> {
  const { meta, ent, log, aud, out, idem } = boardKeys(board);
  return Promise.all([meta, ent, log, aud, out, idem(clientId)].map((key) => contentOf(port, key)));
}
