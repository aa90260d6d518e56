import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awaitUntil } from './await-until.ts';
import { assertNoLeaks } from './owned-resources.ts';
import type { SentinelSet } from './sentinel-set.ts';
import { startSentinels } from './sentinels.ts';

let set: SentinelSet;

afterAll(assertNoLeaks);

it('keeps no process alive once it is stopped', async () => {
  // Connections that were just ending kept their handles when a proxy reset them; the process then never ended.
  const script = `
    import { startSentinels } from ${JSON.stringify(join(import.meta.dirname, 'sentinels.ts'))};
    const set = await startSentinels();
    await set.stop();
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  const hung = setTimeout(() => child.kill('SIGTERM'), 30_000);
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  clearTimeout(hung);
  expect([code, signal]).toEqual([0, null]);
}, 60_000);

describe('startSentinels', () => {
  beforeEach(async () => {
    set = await startSentinels();
  });
  afterEach(() => set.stop());

  it('hands a client over to the promoted replica when the primary is killed', async () => {
    const client = new Redis({ ...set.connection, maxRetriesPerRequest: 20 });
    client.on('error', () => {});
    await client.set('k', 'before');
    const old = await set.primary();
    await old.server.kill9();
    const promoted = await set.untilPromoted(old);
    expect(promoted).not.toBe(old);
    await expect(promoted.server.call('GET', 'k')).resolves.toBe('before');
    await old.server.restart();
    await set.untilInSync();
    await client.set('k', 'after');
    await awaitUntil('the old primary follows', async () => (await old.server.call('GET', 'k')) === 'after');
    client.disconnect();
  }, 60_000);

  it('lets a cut-off primary take writes that the healed set then loses', async () => {
    const old = await set.primary();
    const heal = set.partition(old);
    await old.server.call('SET', 'doomed', '1');
    expect(await old.server.call('GET', 'doomed')).toBe('1');
    const promoted = await set.untilPromoted(old);
    await awaitUntil('the fence closes on the cut-off primary', async () =>
      String(await old.server.call('SET', 'doomed', '2')).includes('NOREPLICAS'),
    );
    heal();
    await awaitUntil('the old primary returns as a replica', async () => {
      const role = await old.server.call('ROLE');
      return Array.isArray(role) && role[0] === 'slave';
    });
    await set.untilInSync();
    expect(await promoted.server.call('GET', 'doomed')).toBeNull();
    expect(await old.server.call('GET', 'doomed')).toBeNull();
  }, 60_000);
});
