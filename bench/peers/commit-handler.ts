/**
 * What the peers share: an HTTP handler that parses the same body and calls the same Redis Function with the
 * arguments that our store made for that very command. It checks nothing and decides nothing.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BoardKey } from '@workflow-bolt/contracts';
import { type BoardKeys, boardKeys } from '@workflow-bolt/store';
import { Redis } from 'ioredis';
import { argsNow, type BoardRecording, type RecordedCommit } from '../day/recorded-commit.ts';

type PeerBoard = {
  keys: BoardKeys;
  epoch: string;
  seq: number;
  chain: string;
  versions: Map<string, number>;
};
export type Committed = {
  epoch: string;
  p: number;
  seq: number;
  chain: string;
  id: string;
  t: number;
  commit: RecordedCommit;
};
type OnCommit = (made: Committed) => void;

/** Options of a peer process, in its environment. */
export function peerOptions() {
  return {
    port: Number(process.env.PORT),
    redisUrl: process.env.REDIS_URL ?? '',
    recording: JSON.parse(readFileSync(process.env.BENCH_RECORDING ?? '', 'utf8')) as BoardRecording,
  };
}

export class CommitHandler {
  readonly #redis: Redis;
  readonly #commits: Map<string, RecordedCommit>;
  readonly #boards = new Map<string, Promise<PeerBoard>>();
  readonly #onCommit: OnCommit;

  constructor(
    { redisUrl, recording }: { redisUrl: string; recording: BoardRecording },
    onCommit: OnCommit = () => {},
  ) {
    this.#redis = new Redis(redisUrl);
    this.#commits = new Map(recording.work.map((commit) => [`${commit.clientId}:${commit.n}`, commit]));
    this.#onCommit = onCommit;
  }

  /** POST /api/v1/boards/<clinic>/<date>/commands commits; GET on a board reads its position, elsewhere says ok. */
  readonly handle = (req: IncomingMessage, res: ServerResponse): void => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.once('end', () => {
      this.#answer(req, Buffer.concat(chunks).toString()).then(
        (answer) => send(res, 200, JSON.stringify(answer)),
        (error: unknown) => send(res, 503, String(error)),
      );
    });
  };

  async #answer({ method, url = '' }: IncomingMessage, body: string): Promise<unknown> {
    const [, , , , clinic = '', date = ''] = url.split('/');
    if (method === 'POST') return this.#commit({ clinic, date }, body);
    return clinic === '' ? 'ok' : (await this.#boardOf({ clinic, date })).seq;
  }

  async #commit(key: BoardKey, body: string) {
    const { clientId, n } = JSON.parse(body) as { clientId: string; n: number };
    const commit = this.#commits.get(`${clientId}:${n}`);
    if (!commit) throw new Error(`nothing is recorded for ${clientId}:${n}`);
    const board = await this.#boardOf(key);
    const { keys, epoch, seq, versions } = board;
    const args = argsNow(commit, {
      epoch,
      seq,
      chain: board.chain,
      versionOf: (id) => versions.get(id) ?? 0,
    });
    args[1] = keys.channel;
    const names = [keys.meta, keys.ent, keys.log, keys.idem(clientId), keys.aud, keys.out];
    const reply = (await this.#redis.call('FCALL', 'b4_commit', 6, ...names, ...args)) as string[];
    const field = (name: string) => reply[reply.indexOf(name) + 1] ?? '';
    if (reply[1] === 'duplicate') return outcome(n, Number(field('seq')));
    if (reply[1] !== 'committed') throw new Error(`not committed: ${reply.join(' ')}`);
    const made = Number(field('seq'));
    if (made > board.seq) Object.assign(board, { seq: made, chain: field('chain') });
    for (const [id] of commit.shown) versions.set(id, made);
    this.#onCommit({
      epoch,
      p: made - 1,
      seq: made,
      chain: field('chain'),
      id: field('id'),
      t: Number(field('t')),
      commit,
    });
    return outcome(n, made);
  }

  #boardOf(key: BoardKey): Promise<PeerBoard> {
    const known = this.#boards.get(key.clinic);
    if (known) return known;
    const loading = this.#load(key);
    this.#boards.set(key.clinic, loading);
    return loading;
  }

  async #load(key: BoardKey): Promise<PeerBoard> {
    const keys = boardKeys(key);
    const [epoch, seq, chain] = await this.#redis.hmget(keys.meta, 'epoch', 'seq', 'c');
    const stored = await this.#redis.hgetall(keys.ent);
    const versions = new Map(Object.entries(stored).map(([id, text]) => [id, Number.parseInt(text, 10)]));
    return { keys, epoch: epoch ?? '', seq: Number(seq), chain: chain ?? '', versions };
  }
}

function send(res: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(text);
  res.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
}

const outcome = (n: number, seq: number) => ({ outcomes: [{ outcome: 'applied', n, seq, eventIds: [] }] });

/** The bytes that our stream sends for this commit: the same words, sizes and position. */
export function streamText({ epoch, p, seq, chain, id, t, commit }: Committed): string {
  const m = `${commit.clientId}:${commit.n}`;
  const ch = commit.shown.map(([entity, d]) => ({ o: 'set', id: entity, v: seq, d, m }));
  const data = JSON.stringify({ e: epoch, p, s: seq, c: chain, t, ch });
  return `event: ev\nid: v1.staff.1.${epoch}.${seq}.${id}.${chain}\ndata: ${data}\n\n`;
}
