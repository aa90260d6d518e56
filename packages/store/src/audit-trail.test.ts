import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AuditTrail } from './audit-trail.ts';
import { boardKeys } from './keys.ts';
import type { RedisPort } from './redis-port.ts';

const entry = (n: number) => ({
  actor: { id: 'dana', role: 'front-desk' as const, station: null },
  what: 'board.stream.staff',
  entities: [`v:${n}`],
});

/** A port that keeps what each write carried; a write takes a millisecond. */
function listeningPort(): { port: RedisPort; writes: string[][] } {
  const writes: string[][] = [];
  const fcall = async (call: { args: readonly (string | number)[] }) => {
    await sleep(1);
    writes.push(call.args.slice(2).map(String));
  };
  return { port: { fcall } as unknown as RedisPort, writes };
}

const trailOver = (port: RedisPort, wait?: (ms: number) => Promise<unknown>) =>
  new AuditTrail(port, boardKeys({ clinic: 'oak', date: '2026-05-04' }), wait);

describe('audit entries of reads', () => {
  it('[I5] keeps each entry of a storm once, in order, in few writes', async () => {
    const { port, writes } = listeningPort();
    const trail = trailOver(port);
    const kept: Promise<void>[] = [];
    for (let n = 0; n < 1_000; n += 1) {
      kept.push(trail.append(entry(n), 7));
      if (n % 5 === 0) await sleep(1);
    }
    await Promise.all(kept);
    const told = writes.flat().map((text) => (JSON.parse(text) as { entities: string[] }).entities[0]);
    expect(told).toEqual(Array.from({ length: 1_000 }, (_, n) => `v:${n}`));
    expect(writes.length).toBeLessThan(20);
  });

  it('writes each entry of unhurried readers by itself', async () => {
    const { port, writes } = listeningPort();
    const trail = trailOver(port);
    for (let n = 0; n < 10; n += 1) {
      await trail.append(entry(n), 7);
      await sleep(20);
    }
    expect(writes.map((batch) => batch.length)).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it('lets the few who come together after a standstill not wait', async () => {
    const { port, writes } = listeningPort();
    const waited: number[] = [];
    const trail = trailOver(port, async (ms) => waited.push(ms));
    for (let n = 0; n < 11; n += 1) await trail.append(entry(n), 7);
    expect(waited).toEqual([]);
    expect(writes).toHaveLength(11);
  });

  it('[I5] answers nobody whose entry was not kept, and keeps the next one', async () => {
    const { port, writes } = listeningPort();
    const failing = { fcall: () => Promise.reject(new Error('away')) } as unknown as RedisPort;
    await expect(trailOver(failing).append(entry(1), 7)).rejects.toThrow('away');
    await trailOver(port).append(entry(2), 7);
    expect(writes).toHaveLength(1);
  });
});
