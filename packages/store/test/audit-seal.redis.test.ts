import type { BoardKey } from '@workflow-bolt/contracts';
import { auditEventSchema } from '@workflow-bolt/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditKeys, boardKeys, installationLog } from '../src/index.ts';
import { AuditStage, Lifeline, MemoryArchive, refusedLogin } from './audit-stage.ts';
import { Client, configureDay, manager, nurse, walkIn } from './board-fixture.ts';

let stage: AuditStage;
beforeAll(async () => {
  stage = await AuditStage.start();
});
afterAll(() => stage[Symbol.asyncDispose]());

let clinics = 0;
let board: BoardKey;
let log: string;
beforeEach(() => {
  clinics += 1;
  board = { clinic: `oak-${clinics}`, date: new Date().toISOString().slice(0, 10) };
  log = `c.${board.clinic}`;
  stage.archive.objects.clear();
});

async function workDay(visits: number) {
  const host = await stage.registry.get(board);
  const client = new Client(`client-${clinics}`);
  await host.submit(client.next(configureDay()), manager, 'ui');
  for (let i = 1; i <= visits; i += 1) await host.submit(client.next(walkIn(`w${i}`)), nurse, 'ui');
  return { host, client };
}

const read = (what: string, entities: string[]) => ({
  actor: { ...manager, station: 'desk-1' },
  what,
  entities,
});

describe('sealing', () => {
  test('[I5, H-06, ONC-d-10] changes, refusals, reads and security events become one verified log, in their order', async () => {
    const { host, client } = await workDay(2);
    await host.submit(client.next(walkIn('w1')), nurse, 'ui');
    await host.auditRead(read('visit.history', ['v:w1']));
    await stage.events().append(refusedLogin(board.clinic, 'rid-1'));
    expect(await stage.sealer(log).sealAll()).toEqual({ status: 'idle', size: 7 });
    const events = await stage.sealed(log);
    expect(events.map(({ src, sn, sub, out, why }) => [src, sn, sub, out, why])).toEqual([
      ['security', 1, 'login', 4, 'not_authenticated'],
      [`board:${board.date}`, 1, 'update', 0, undefined],
      [`board:${board.date}`, 2, 'create', 0, undefined],
      [`board:${board.date}`, 3, 'create', 0, undefined],
      [`board:${board.date}`, 4, 'create', 4, 'already_exists'],
      [`board:${board.date}`, 5, 'vread', 0, undefined],
      ['seal', 1, 'audit-start', 0, undefined],
    ]);
    for (const event of events) expect(() => auditEventSchema.parse(event)).not.toThrow();
    expect(await stage.verify(log)).toMatchObject({ size: 7, checked: 7, findings: [], exitCode: 0 });
  });

  test('[H-06, ONC-d-2] an entry says who, what, whose record, from where and with what result, and no name', async () => {
    const { host, client } = await workDay(1);
    const change = { type: 'setPinned', visitId: 'w1', isPinned: true } as const;
    const mark = {
      sid: 'a'.repeat(16),
      aal: '2-resumed',
      rid: 'rid-7',
      pou: 'BTG',
      pol: 'sha256:0',
    } as const;
    await host.submit(client.next(change), nurse, 'ui', { mark });
    await stage.sealer(log).sealAll();
    const text = JSON.stringify(await stage.sealed(log));
    expect(text).not.toContain('Zztest');
    const pinned = (await stage.sealed(log)).find(({ cmd }) => cmd === 'setPinned');
    expect(pinned).toMatchObject({
      v: 1,
      cid: board.clinic,
      type: 'rest',
      sub: 'update',
      act: 'U',
      out: 0,
      agent: {
        ...{ uid: 'noa', kind: 'human', role: 'medical-assistant', ws: 'tablet-2' },
        ...{ sid: 'a'.repeat(16), aal: '2-resumed' },
      },
      ...{ pou: 'BTG', rid: 'rid-7', pol: 'sha256:0' },
      pat: ['visit:w1'],
      via: 'ui',
      q: 3,
    });
    expect(pinned?.ent?.find(({ id }) => id === 'v:w1')).toMatchObject({
      t: 'Visit',
      fields: expect.arrayContaining(['isPinned']),
    });
  });

  test('many small batches across tile borders give the same roots as one', async () => {
    const events = stage.events();
    for (let i = 0; i < 1_100; i += 1) void events.append(refusedLogin(board.clinic, `rid-${i}`));
    await events.append(refusedLogin(board.clinic, 'rid-last'));
    const sealer = stage.sealer(log, { batchMax: 97 });
    await sealer.sealAll();
    expect(await stage.verify(log)).toMatchObject({ size: 1_102, checkpoints: 12, exitCode: 0 });
    const names = [...stage.archive.objects.keys()];
    expect(names.filter((name) => name.includes('/tile/entries/000.p/'))).toEqual([]);
    expect(names).toContain(`audit/${log}/tile/entries/003`);
  });

  test('two sealers: one seals, the other waits', async () => {
    await stage.events().append(refusedLogin(board.clinic, 'rid-1'));
    expect(await stage.sealer(log).sealOnce()).toMatchObject({ status: 'sealed', size: 2 });
    expect(await stage.sealer(log).sealOnce()).toEqual({ status: 'busy' });
  });

  test('the installation has a log of its own', async () => {
    await stage.events().append(refusedLogin(null, 'rid-1'));
    await stage.sealer(installationLog).sealAll();
    expect((await stage.sealed(installationLog)).map(({ cid, rid }) => [cid, rid])).toEqual([
      [null, 'rid-1'],
      [null, undefined],
    ]);
  });

  test('sealed entries leave Redis only when they are old, and sealing goes on behind them', async () => {
    await workDay(3);
    const { aud } = boardKeys(board);
    await stage.sealer(log, { holder: 'one' }).sealAll();
    expect(await stage.redis.call('XLEN', aud)).toBe(4);
    const later = Date.now() + 40 * 86_400_000;
    const keeper = stage.sealer(log, { holder: 'one', now: () => later });
    await keeper.sealAll();
    expect(await stage.redis.call('XLEN', aud)).toBe(1);
    const host = await stage.registry.get(board);
    await host.auditRead(read('board.read', ['*']));
    await stage.sealer(log, { holder: 'one', now: () => later + 1 }).sealAll();
    expect((await stage.verify(log)).exitCode).toBe(0);
    expect((await stage.sealed(log)).at(-1)).toMatchObject({
      src: `board:${board.date}`,
      sn: 5,
      sub: 'read',
    });
  });

  test('[audit] [H-06] where a witness is required only what it has confirmed leaves Redis, while the log grows on', async () => {
    const { host } = await workDay(3);
    const { aud } = boardKeys(board);
    const present = () => stage.redis.call('XLEN', aud);
    const clock = { now: Date.now() + 40 * 86_400_000, confirmed: 0 };
    const asked: number[] = [];
    const keeper = stage.sealer(log, {
      now: () => (clock.now += 1),
      isWitnessed: (size) => {
        asked.push(size);
        return clock.confirmed >= size;
      },
    });
    await keeper.sealAll();
    const sealed = asked[0] ?? 0;
    await host.auditRead(read('board.read', ['*']));
    await keeper.sealAll();
    expect([await present(), new Set(asked)]).toEqual([5, new Set([sealed])]);
    clock.confirmed = sealed;
    await host.auditRead(read('board.read', ['*']));
    await keeper.sealAll();
    // The last entry that was confirmed stays as a mark; the two after it are not confirmed.
    expect(await present()).toBe(3);
    expect((await stage.verify(log)).exitCode).toBe(0);
  });

  test('silence is told: a beat after a day without an entry', async () => {
    await stage.sealer(log, { holder: 'one' }).sealAll();
    stage.now += 25 * 3_600_000;
    await stage.sealer(log, { holder: 'one' }).sealAll();
    expect((await stage.sealed(log)).map(({ sub }) => sub)).toEqual(['audit-start', 'audit-beat']);
  });
});

describe('[I5] killed at any step, nothing is lost and nothing doubled', () => {
  const stores = ['create', 'put', 'get', 'delete'];
  const calls = ['fcall', 'command'];

  /** Ends a sealer after each number of steps in turn, until one lives to the end. */
  async function killAtEveryStep(isLate: boolean): Promise<number> {
    const events = stage.events();
    for (let i = 0; i < 300; i += 1) void events.append(refusedLogin(board.clinic, `a-${i}`));
    await workDay(3);
    for (let steps = 0; ; steps += 1) {
      await events.append(refusedLogin(board.clinic, `b-${steps}`));
      const line = new Lifeline(steps);
      const parts = {
        holder: 'one',
        batchMax: 250,
        port: line.wrap(stage.port, calls, isLate),
        archive: line.wrap(stage.archive, stores, isLate),
      };
      const isAlive = await stage
        .sealer(log, parts)
        .sealAll(2)
        .then(
          () => true,
          () => false,
        );
      const { exitCode } = await stage.verify(log);
      // 14 before the first checkpoint; 13 between a checkpoint and its place as the newest, until the next pass.
      expect(exitCode, `after ${steps} steps`).toBeOneOf([0, 13, 14]);
      if (isAlive) return steps;
      if (steps > 400) throw new Error('no sealer lived to its end');
    }
  }

  test.each([
    ['before the step', false],
    ['after the step, its answer lost', true],
  ])('%s', async (_when, isLate) => {
    const steps = await killAtEveryStep(isLate);
    expect(steps).toBeGreaterThan(20);
    await stage.sealer(log, { holder: 'one' }).sealAll();
    expect(await stage.verify(log)).toMatchObject({ findings: [], exitCode: 0 });
    const events = await stage.sealed(log);
    const rids = events.flatMap(({ rid }) => rid ?? []);
    const expected = [
      ...Array.from({ length: 300 }, (_, i) => `a-${i}`),
      ...Array.from({ length: steps + 1 }, (_, i) => `b-${i}`),
    ];
    expect(rids.sort()).toEqual(expected.sort());
    expect(events.filter(({ src }) => src.startsWith('board:'))).toHaveLength(4);
    expect(events.filter(({ sub }) => sub.startsWith('audit-')).map(({ sub }) => sub)).toEqual([
      'audit-start',
    ]);
  });
});

describe('[audit] what the sealer must notice', () => {
  const whys = async () =>
    (await stage.sealed(log)).filter(({ sub }) => sub === 'audit-gap').map(({ why }) => why);

  test('[I5, H-07] an entry removed from a board before it was sealed is told by the sealer and the verifier', async () => {
    await workDay(3);
    const { aud } = boardKeys(board);
    const [, second] = (await stage.redis.call('XRANGE', aud, '-', '+')) as [string, string[]][];
    await stage.redis.call('XDEL', aud, second?.[0] ?? '');
    await stage.sealer(log).sealAll();
    expect(await whys()).toEqual(['stream_count']);
    // The missing commit shows by its position too.
    expect(await stage.verify(log)).toMatchObject({
      exitCode: 15,
      counts: { sequence: 1, count_mismatch: 1 },
    });
  });

  test('[I5] a whole stream removed', async () => {
    await workDay(2);
    await stage.sealer(log, { holder: 'one' }).sealAll();
    await stage.redis.call('DEL', boardKeys(board).aud);
    await stage.sealer(log, { holder: 'one' }).sealAll();
    await stage.sealer(log, { holder: 'one' }).sealAll();
    expect(await whys()).toEqual(['stream_count']);
    expect((await stage.verify(log)).exitCode).toBe(19);
  });

  test('[I5] the newest security event removed before it was sealed', async () => {
    const events = stage.events();
    await events.append(refusedLogin(board.clinic, 'rid-1'));
    await events.append(refusedLogin(board.clinic, 'rid-2'));
    const key = auditKeys(log).events;
    const [last] = (await stage.redis.call('XREVRANGE', key, '+', '-', 'COUNT', '1')) as [string, string[]][];
    await stage.redis.call('XDEL', key, last?.[0] ?? '');
    await stage.sealer(log).sealAll();
    expect(await whys()).toEqual(['stream_count']);
  });

  test('a security event that no process of ours wrote', async () => {
    await stage.events().append(refusedLogin(board.clinic, 'rid-1'));
    const forged = JSON.stringify({ ...refusedLogin(board.clinic, 'rid-x'), out: 0 });
    await stage.redis.call(
      'XADD',
      auditKeys(log).events,
      '*',
      'i',
      'p-none',
      's',
      '1',
      'm',
      'f'.repeat(32),
      'f',
      forged,
    );
    await stage.sealer(log).sealAll();
    expect(await whys()).toEqual(['unknown_writer']);
  });

  test('a security event in the name of a process of ours, without its key', async () => {
    const events = stage.events();
    await events.append(refusedLogin(board.clinic, 'rid-1'));
    const forged = JSON.stringify({ ...refusedLogin(board.clinic, 'rid-x'), out: 0 });
    await stage.redis.call(
      'XADD',
      auditKeys(log).events,
      '*',
      'i',
      events.inst,
      's',
      '2',
      'm',
      '0'.repeat(32),
      'f',
      forged,
    );
    await stage.sealer(log).sealAll();
    expect(await whys()).toEqual(['wrong_mac']);
  });

  test('events written again in another order, stream counters set right', async () => {
    const events = stage.events();
    for (const rid of ['rid-1', 'rid-2', 'rid-3']) await events.append(refusedLogin(board.clinic, rid));
    const key = auditKeys(log).events;
    const kept = (await stage.redis.call('XRANGE', key, '-', '+')) as [string, string[]][];
    await stage.redis.call('DEL', key);
    for (const i of [0, 2, 1]) await stage.redis.call('XADD', key, '*', ...(kept[i]?.[1] ?? []));
    await stage.sealer(log).sealAll();
    expect((await whys())[0]).toBe('writer_gap');
    expect((await stage.verify(log)).exitCode).toBe(15);
  });

  test('an event with a sentence where a code belongs is sealed without its content', async () => {
    const text = JSON.stringify({ ...refusedLogin(board.clinic, 'rid-1'), why: 'Jane Zztest was here' });
    await stage.redis.call('XADD', auditKeys(log).events, '*', 'i', 'p-1', 's', '1', 'm', '', 'f', text);
    await stage.sealer(log, { keys: null }).sealAll();
    expect(await whys()).toEqual(['unreadable']);
    expect(JSON.stringify(await stage.sealed(log))).not.toContain('Zztest');
  });

  test('an event for one clinic in the stream of another', async () => {
    const text = JSON.stringify(refusedLogin('elm', 'rid-1'));
    await stage.redis.call('XADD', auditKeys(log).events, '*', 'i', 'p-1', 's', '1', 'm', '', 'f', text);
    await stage.sealer(log, { keys: null }).sealAll();
    expect(await whys()).toEqual(['unreadable']);
  });

  test('an archive put back to a former state: nothing more is signed', async () => {
    const events = stage.events();
    await events.append(refusedLogin(board.clinic, 'rid-1'));
    await stage.sealer(log, { holder: 'one' }).sealAll();
    const former = new Map(stage.archive.objects);
    await events.append(refusedLogin(board.clinic, 'rid-2'));
    await stage.sealer(log, { holder: 'one' }).sealAll();
    const old = Object.assign(new MemoryArchive(), { objects: former });
    const sealer = stage.sealer(log, { holder: 'one', archive: old });
    await expect(sealer.sealOnce()).rejects.toMatchObject({
      code: 'archive_conflict',
      details: { reason: 'archive_rolled_back' },
    });
    expect(old.objects.size).toBe(former.size);
  });

  test('a checkpoint of a foreign key in the archive: nothing is signed on top of it', async () => {
    await stage.events().append(refusedLogin(board.clinic, 'rid-1'));
    await stage.sealer(log, { holder: 'one' }).sealAll();
    const name = `audit/${log}/checkpoint`;
    const note = Buffer.from(stage.archive.objects.get(name) ?? '').toString('utf8');
    stage.archive.objects.set(name, Buffer.from(note.replace(/^.*\n/, 'audit.example.org/c.other\n')));
    await stage.events().append(refusedLogin(board.clinic, 'rid-2'));
    await expect(stage.sealer(log, { holder: 'one' }).sealOnce()).rejects.toMatchObject({
      details: { reason: 'foreign_checkpoint' },
    });
  });

  test('Redis lost its memory of the sealing: it is read back from the archive, nothing is sealed twice', async () => {
    const events = stage.events();
    await workDay(2);
    await events.append(refusedLogin(board.clinic, 'rid-1'));
    await stage.sealer(log, { holder: 'one' }).sealAll();
    await stage.redis.call('DEL', auditKeys(log).seal);
    await events.append(refusedLogin(board.clinic, 'rid-2'));
    await stage.sealer(log, { holder: 'two' }).sealAll();
    expect((await stage.sealed(log)).flatMap(({ rid }) => rid ?? [])).toEqual(['rid-1', 'rid-2']);
    expect(await stage.verify(log)).toMatchObject({ findings: [], exitCode: 0 });
  });

  test('[I5] mutation: a store whose commits forget their audit entry is found', async () => {
    const { host, client } = await workDay(1);
    const { aud } = boardKeys(board);
    const kept = Number(await stage.redis.call('XLEN', aud));
    // As if `commit` had lost its XADD for one command: the log has it, the record does not.
    await host.submit(client.next(walkIn('w2')), nurse, 'ui');
    const [last] = (await stage.redis.call('XREVRANGE', aud, '+', '-', 'COUNT', '1')) as [string, string[]][];
    await stage.redis.call('XDEL', aud, last?.[0] ?? '');
    await stage.redis.call(
      'XSETID',
      aud,
      last?.[0] ?? '',
      'ENTRIESADDED',
      String(kept),
      'MAXDELETEDID',
      '0-0',
    );
    await host.submit(client.next(walkIn('w3')), nurse, 'ui');
    await stage.sealer(log).sealAll();
    const report = await stage.verify(log);
    expect(report.exitCode).toBe(15);
    expect(report.findings[0]?.detail).toBe(`board:${board.date}: commits 3 to 3 have no entry`);
  });
});

describe('events of a process', () => {
  test('[I5] sent again after a lost answer they are there once', async () => {
    const events = stage.events();
    await events.append(refusedLogin(board.clinic, 'rid-1'));
    const line = new Lifeline(2);
    const shaky = line.wrap(stage.port, ['fcall', 'command'], true);
    const { SecurityAudit } = await import('../src/index.ts');
    const other = new SecurityAudit({ port: shaky, keys: stage.vaults.provider });
    await other.append(refusedLogin(board.clinic, 'rid-2'));
    await expect(other.append(refusedLogin(board.clinic, 'rid-3'))).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    const entries = (await stage.redis.call('XRANGE', auditKeys(log).events, '-', '+')) as [
      string,
      string[],
    ][];
    expect(entries).toHaveLength(3);
    const healed = Object.assign(line, { step: () => {} });
    expect(healed).toBe(line);
    await other.append(refusedLogin(board.clinic, 'rid-4'));
    await stage.sealer(log).sealAll();
    expect((await stage.sealed(log)).flatMap(({ rid }) => rid ?? [])).toEqual([
      'rid-1',
      'rid-2',
      'rid-3',
      'rid-4',
    ]);
    expect((await stage.verify(log)).exitCode).toBe(0);
  });

  test('an event with a name in it never reaches Redis', async () => {
    const named = { ...refusedLogin(board.clinic, 'rid-1'), why: 'Jane Zztest' };
    expect(() => stage.events().append(named)).toThrow(/an id or a code/);
    expect(await stage.redis.call('EXISTS', auditKeys(log).events)).toBe(0);
  });

  test('with Redis away the caller is told, and nothing is promised', async () => {
    const { createRedisPort, fromUrl, SecurityAudit } = await import('../src/index.ts');
    const port = createRedisPort(fromUrl('unix:///nonexistent/redis.sock'), 'none');
    await expect(new SecurityAudit({ port }).append(refusedLogin(null, 'rid-1'))).rejects.toMatchObject({
      code: expect.stringMatching(/store_unavailable|outcome_unknown/),
    });
    await port.close();
  });
});
