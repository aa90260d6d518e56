/** Random commits against a model of `commit` in a few lines of TypeScript: same answers, same board. */
import { startRedis } from '@workflow-bolt/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  boardKeys,
  createRedisPort,
  ensureFunctions,
  fromUrl,
  nextChain,
  type RedisPort,
} from '../src/index.ts';
import { freshBoard } from './board-fixture.ts';
import { commit, newEpoch } from './commit-client.ts';

let server: Awaited<ReturnType<typeof startRedis>>;
let port: RedisPort;

beforeAll(async () => {
  server = await startRedis();
  port = createRedisPort(fromUrl(server.url));
  await port.connect();
  await ensureFunctions(port);
});

afterAll(async () => {
  await port.close();
  await server.stop();
});

type Step = {
  client: string;
  /** Distance of n from the one expected: 0 is right, -1 repeats, 1 skips. */
  shift: number;
  hash: string;
  isRefusal: boolean;
  isExpired: boolean;
  epoch: 'none' | 'right' | 'wrong';
  /** What the caller believes of each entity it read: the truth plus this. */
  reads: [string, number][];
  writes: [string, string][];
};

const entity = fc.constantFrom('v:a', 'v:b', 'r:1', 'day');
const step: fc.Arbitrary<Step> = fc.record({
  client: fc.constantFrom('client-a', 'client-b'),
  shift: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.integer({ min: -3, max: 2 })),
  hash: fc.oneof({ weight: 5, arbitrary: fc.constant('aa') }, fc.constant('bb')),
  isRefusal: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
  isExpired: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  epoch: fc.oneof({ weight: 8, arbitrary: fc.constant('right' as const) }, fc.constantFrom('none', 'wrong')),
  reads: fc.uniqueArray(
    fc.tuple(entity, fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.constant(1))),
    {
      selector: ([id]) => id,
      maxLength: 4,
    },
  ),
  writes: fc.uniqueArray(fc.tuple(entity, fc.oneof(fc.constant(''), fc.json({ maxDepth: 1 }))), {
    selector: ([id]) => id,
    maxLength: 3,
  }),
});

class Model {
  seq = 0;
  chain: string | null = null;
  readonly epoch = newEpoch();
  readonly entities = new Map<string, { v: number; json: string }>();
  readonly outcomes = new Map<string, { hash: string; seq: number; outcome: string }>();
  readonly last = new Map<string, number>();
  numAudited = 0;

  version(id: string): number {
    return this.entities.get(id)?.v ?? 0;
  }

  run(s: Step, n: number, outcome: string): Record<string, unknown> {
    if (s.isExpired) return { status: 'late' };
    const last = this.last.get(s.client) ?? 0;
    if (n > last + 1) return { status: 'gap', expected: last + 1 };
    const known = this.outcomes.get(`${s.client}:${n}`);
    if (known && known.hash !== s.hash) return { status: 'mismatch', lmid: last };
    if (known) return { status: 'duplicate', seq: known.seq, outcome: known.outcome };
    if (this.seq === 0 && s.epoch !== 'none') return { status: 'meta_lost' };
    if (s.epoch === 'wrong') return { status: 'epoch_changed', epoch: this.epoch, seq: this.seq };
    const stale = s.reads.filter(([, off]) => off !== 0).map(([id]) => id);
    if (stale.length > 0) return { status: 'stale', ids: stale, seq: this.seq };
    this.numAudited += 1;
    this.last.set(s.client, n);
    this.outcomes.set(`${s.client}:${n}`, { hash: s.hash, seq: s.isRefusal ? 0 : this.seq + 1, outcome });
    if (s.isRefusal) return { status: 'refused', seq: this.seq };
    this.seq += 1;
    for (const [id, json] of s.writes) {
      if (json === '') this.entities.delete(id);
      else this.entities.set(id, { v: this.seq, json });
    }
    return { status: 'committed', seq: this.seq, epoch: this.epoch };
  }
}

test('random commits get the answers of the model and leave its board', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const board = freshBoard();
      const keys = boardKeys(board);
      const model = new Model();
      for (const s of steps) {
        const n = Math.max(1, (model.last.get(s.client) ?? 0) + 1 + s.shift);
        const frame = `{"of":"${s.client}:${n}:${s.hash}"}`;
        const epoch = { none: '', right: model.seq === 0 ? '' : model.epoch, wrong: 'e'.repeat(32) }[s.epoch];
        const asked = { ...s, epoch: s.epoch === 'right' && epoch === '' ? ('none' as const) : s.epoch };
        const over = {
          n,
          epoch,
          frame: s.isRefusal ? '' : frame,
          newEpoch: model.epoch,
          paramHash: s.hash,
          outcome: `{"n":${n}}`,
          deadlineMs: s.isExpired ? 1 : 0,
          ids: s.reads.map(([id]) => id),
          versions: s.reads.map(([id, off]) => String(model.version(id) + off)),
          writes: s.isRefusal ? [] : s.writes,
        };
        const reply = await commit(board, port, over, s.client);
        expect(reply).toMatchObject(model.run(asked, n, over.outcome));
        if (reply.status === 'committed') {
          if (model.chain !== null) expect(reply.chain).toBe(nextChain(model.chain, reply.seq, frame));
          model.chain = reply.chain;
        }
      }
      const stored = (await port.command('HGETALL', keys.ent)) as string[];
      const pairs = Array.from({ length: stored.length / 2 }, (_, i) => [stored[2 * i], stored[2 * i + 1]]);
      const expected = [...model.entities].map(([id, { v, json }]) => [id, `${v}|${json}`]);
      expect(new Map(pairs as [string, string][])).toEqual(new Map(expected as [string, string][]));
      expect(await port.command('XLEN', keys.log)).toBe(model.seq);
      expect(await port.command('XLEN', keys.aud)).toBe(model.numAudited);
    }),
    { numRuns: 60 },
  );
});
