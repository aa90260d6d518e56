/** Hostile answers of the EHR to the worker: each ends the pull with its code, and no card is touched. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  clinicSettingsSchema,
  type Entity,
  readConfig,
  type Sync,
  workerOptions,
} from '@workflow-bolt/contracts';
import { localDate } from '@workflow-bolt/domain';
import { createCallGaps, OPERATION_NAMES } from '@workflow-bolt/ehr';
import { type EhrSimulator, startEhrSimulator } from '@workflow-bolt/ehr-simulator';
import { type BoardHost, BoardRegistry, createRedisPort, fromUrl } from '@workflow-bolt/store';
import { awaitUntil, startRedis } from '@workflow-bolt/testkit';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { BoltWorker } from '../../apps/worker/src/worker.ts';
import { defaultVault } from '../system/board-vault.ts';

const zone = 'America/Chicago';
const clinic = 'hostile-clinic';
const mebibyte = 1_048_576;

const settingsFor = (simulator: EhrSimulator) =>
  clinicSettingsSchema.parse({
    id: clinic,
    name: 'Hostile clinic',
    zone,
    rooms: [],
    ehr: { system: 'tebra', practiceName: simulator.practiceName, pollSeconds: 900 },
  });

/** A worker without the vendor's limits: these tests wait for what happens, not for the vendor. */
function workerFor(simulator: EhrSimulator, at: { redisUrl: string; ehrUrl: string }): BoltWorker {
  const gaps = createCallGaps(0);
  gaps.useThrottles(OPERATION_NAMES.map((endpoint) => ({ endpoint, minGapMs: 1 })));
  const config = readConfig(workerOptions, {
    REDIS_URL: at.redisUrl,
    BOLT_CLINICS_FILE: 'given directly',
    BOLT_EHR_URL: at.ehrUrl,
    BOLT_EHR_CUSTOMER_KEY: simulator.credentials.customerKey,
    BOLT_EHR_USER: simulator.credentials.user,
    BOLT_EHR_PASSWORD: simulator.credentials.password,
  });
  return new BoltWorker({ config, clinics: [settingsFor(simulator)], log: pino({ level: 'silent' }), gaps });
}

/** A worker whose first pull is through, and a follower that sees what it does to the board. */
async function startPulled(appointments: number) {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis({ persist: 'aof-always' }));
  const date = localDate(zone, Date.now());
  const config = { throttle: { enabled: false, gapsMs: {} } };
  const simulator = await startEhrSimulator({ seed: 5, date, zone, appointments, config });
  stack.defer(() => simulator.stop());
  const port = createRedisPort(fromUrl(redis.url), 'watcher');
  const registry = new BoardRegistry({ port, vault: defaultVault() });
  await registry.start();
  stack.defer(async () => {
    await registry.stop();
    await port.close();
  });
  const worker = workerFor(simulator, { redisUrl: redis.url, ehrUrl: simulator.url });
  stack.defer(() => worker.stop(1_000));
  await worker.start();
  const host = await registry.get({ clinic, date });
  await awaitUntil('the first pull is through', () => syncOf(host)?.phase === 'done', 60_000);
  return { stack, simulator, worker, host, registry, redisUrl: redis.url };
}

function syncOf(host: BoardHost): Sync | null {
  const d = host.state.get('sync')?.d;
  return d?.type === 'sync' ? d : null;
}

/** Everything on the board but what is said about the pull itself. */
const cardsOf = (host: BoardHost): [string, { v: number; d: Entity }][] =>
  [...host.state.entries()].filter(([id]) => id !== 'sync').map(([id, { v, d }]) => [id, { v, d }]);

/** What the list call is answered with, and how the pull names it. */
const answers = [
  ['HTML in place of SOAP', 'html-200', 'service-down'],
  ['an error page', 'html-503', 'service-down'],
  ['nothing', 'empty-200', 'service-down'],
  ['a truncated envelope', 'truncate', 'malformed'],
  ['Latin-1 under a UTF-8 label', 'latin1', 'malformed'],
  ['a control character', 'bad-character', 'malformed'],
  ['a bare ampersand', 'bare-ampersand', 'malformed'],
  ['entity expansion', 'doctype', 'service-down'],
  ['an internal fault', 'internal-fault', 'fault-internal'],
] as const;

describe.concurrent('answers to the schedule', () => {
  test.each(answers)(
    '%s (%s): the pull fails as %s, no card changes, and the next good answer heals it',
    async (_name, kind, code) => {
      const { stack, simulator, worker, host, registry } = await startPulled(6);
      await using _ = stack;
      const before = cardsOf(host);
      const lastGoodAt = syncOf(host)?.lastGoodAt;
      simulator.act({ do: 'fault', rule: { op: 'GetAppointments', kind } });
      const result = await worker.pullNow(clinic, 'manual');
      await registry.checkAll();
      expect(result).toMatchObject({ ok: false, code });
      expect(cardsOf(host)).toEqual(before);
      const sync = syncOf(host);
      expect(sync).toMatchObject({ phase: 'failed', cards: 6, lastGoodAt, failure: { code } });
      expect(sync?.failure?.message).not.toMatch(/<|Zo|lol|maintenance/);
      simulator.act({ do: 'clear-faults' });
      expect(await worker.pullNow(clinic, 'manual')).toMatchObject({ ok: true, changed: 0, unchanged: 6 });
      await registry.checkAll();
      expect(syncOf(host)).toMatchObject({ phase: 'done', failure: null });
      expect(cardsOf(host)).toEqual(before);
    },
    90_000,
  );
});

const envelope = (inner: string) =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inner}</s:Body></s:Envelope>`;
/** Expands to three gigabytes for whoever expands it. */
const laughs = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">${Array.from(
  { length: 9 },
  (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`,
).join('')}]>${envelope('&l9;')}`;
/** Well-formed as far as anyone reads, and a gibibyte long. */
async function* endless(): AsyncGenerator<Buffer> {
  yield Buffer.from(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>`);
  const rows = Buffer.from('<row>x</row>'.repeat(87_381));
  for (let i = 0; i < 1_024; i += 1) yield rows;
}

const hostile = [
  ['entities that expand to gigabytes', () => [laughs], 'service-down'],
  ['a hundred thousand levels', () => [envelope('<a>'.repeat(100_000))], 'malformed'],
  ['an answer without end', endless, 'malformed'],
] as const;

test.each(hostile)(
  '%s: the pull fails, no card changes, and the worker grows by less than 128 MiB',
  async (_name, answer, code) => {
    const { stack, simulator, worker, host, registry, redisUrl } = await startPulled(6);
    await using _ = stack;
    const before = cardsOf(host);
    await worker.stop(1_000);
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' });
      pipeline(Readable.from(answer()), response).catch(() => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stack.defer(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const attacked = stack.adopt(
      workerFor(simulator, { redisUrl, ehrUrl: `http://127.0.0.1:${port}/` }),
      (each) => each.stop(1_000),
    );
    await attacked.start();
    const residentBefore = process.memoryUsage().rss;
    expect(await attacked.pullNow(clinic, 'manual')).toMatchObject({ ok: false, code });
    expect(process.memoryUsage().rss - residentBefore).toBeLessThan(128 * mebibyte);
    await registry.checkAll();
    expect(cardsOf(host)).toEqual(before);
    expect(syncOf(host)).toMatchObject({ phase: 'failed', failure: { code } });
  },
  60_000,
);
