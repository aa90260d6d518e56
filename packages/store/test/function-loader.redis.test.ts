import { startRedis } from '@workflow-bolt/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildLibrary, type Library } from '../functions/build/build-library.ts';
import {
  boardKeys,
  createRedisPort,
  dropFunctions,
  ensureFunctions,
  FunctionLibraryError,
  fromUrl,
  functionLibrary,
  type RedisPort,
} from '../src/index.ts';
import { freshBoard } from './board-fixture.ts';
import { commit, commitArgs } from './commit-client.ts';

const own = functionLibrary.abi;
const next = own + 1;

let server: Awaited<ReturnType<typeof startRedis>>;
let port: RedisPort;

beforeEach(async () => {
  server = await startRedis();
  port = createRedisPort(fromUrl(server.url));
  await port.connect();
});

afterEach(async () => {
  await port.close();
  await server.stop();
});

async function libraryNames(): Promise<string[]> {
  const [libraries] = (await port.sendToPrimaries('FUNCTION', 'LIST')) as [string[][]];
  return libraries.map((library) => library[1] ?? '').sort();
}

const withOtherCode = (library: Library): Library => {
  const source = library.source.replace("'duplicate'", "'duplicated'");
  return { ...library, source, sha256: 'other' };
};

test('[BL-ABI] the library is loaded once and found the next time', async () => {
  await ensureFunctions(port);
  await ensureFunctions(port);
  expect(await libraryNames()).toEqual([`bolt_v${own}`]);
});

test('[BL-ABI] other code under the same ABI stops the process, whichever came first', async () => {
  await ensureFunctions(port);
  await expect(ensureFunctions(port, withOtherCode(buildLibrary()))).rejects.toThrow(/bump the ABI/);
  await port.sendToPrimaries('FUNCTION', 'FLUSH');
  await port.sendToPrimaries('FUNCTION', 'LOAD', withOtherCode(buildLibrary()).source);
  await expect(ensureFunctions(port)).rejects.toThrow(FunctionLibraryError);
});

test('[BL-ABI] two versions run side by side on one board until the newer one closes it to the older', async () => {
  await ensureFunctions(port);
  await ensureFunctions(port, buildLibrary({ abi: next }));
  expect(await libraryNames()).toEqual([`bolt_v${own}`, `bolt_v${next}`]);
  const board = freshBoard();
  const keys = boardKeys(board);
  expect(await commit(board, port, { n: 1 })).toMatchObject({ status: 'committed', seq: 1 });
  const args = commitArgs(board, port, { n: 2, versions: ['1'] });
  const {
    doorbell,
    channel,
    deadlineMs,
    n,
    paramHash,
    epoch,
    newEpoch,
    seqSeen,
    chainSeen,
    code,
    outcome,
    frame,
    audit,
  } = args;
  const all = [keys.meta, keys.ent, keys.log, keys.idem('client-a'), keys.aud, keys.out];
  const words = [
    doorbell,
    channel,
    deadlineMs,
    n,
    paramHash,
    epoch,
    newEpoch,
    seqSeen,
    chainSeen,
    code,
    outcome,
    frame,
    audit,
  ];
  const lists = [1, 'v:a', 1, '1', 1, 'v:a', '{}', 0, 0];
  const reply = await port.command('FCALL', `b${next}_commit`, all.length, ...all, ...words, ...lists);
  expect(reply).toEqual(expect.arrayContaining(['committed', 'seq', '2']));
  expect(await commit(board, port, { n: 3, versions: ['2'] })).toMatchObject({ status: 'committed', seq: 3 });
  await port.command('HSET', keys.meta, 'schema', String(next));
  expect(await commit(board, port, { n: 4, versions: ['3'] })).toEqual({ status: 'upgrade', schema: next });
});

test('an older library can be dropped once, and the one in use cannot', async () => {
  await ensureFunctions(port);
  await ensureFunctions(port, buildLibrary({ abi: next }));
  expect(await dropFunctions(port, next)).toBe(true);
  expect(await dropFunctions(port, next)).toBe(false);
  await expect(dropFunctions(port, own)).rejects.toThrow(RangeError);
  expect(await libraryNames()).toEqual([`bolt_v${own}`]);
});

test('a user who may not load finds the library or is told who can', async () => {
  await server.call('ACL', 'SETUSER', 'app', 'on', 'nopass', '~*', '&*', '+@all', '-function|load');
  const app = createRedisPort({ ...fromUrl(server.url), username: 'app', password: 'x' });
  await app.connect();
  await expect(ensureFunctions(app)).rejects.toThrow(/may run FUNCTION LOAD/);
  await ensureFunctions(port);
  await ensureFunctions(app);
  await app.close();
});

test('a call that finds the library gone is store_unavailable, never carried out another way', async () => {
  await expect(commit(freshBoard(), port, { n: 1 })).rejects.toMatchObject({
    code: 'store_unavailable',
    details: { reason: 'function_missing' },
  });
  expect(functionLibrary.functions).toContain(`b${own}_commit`);
});
