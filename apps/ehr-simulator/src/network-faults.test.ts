import { get as httpGet, request as httpRequest } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClock, type EhrSimulator, startEhrSimulator } from './index.ts';
import { headerXml, messageXml, rawCall, textsOf } from './raw-call.ts';
import { parseXml, XmlRefused } from './soap/xml-tree.ts';

const clock = createClock({
  now: () => Date.parse('2026-07-01T15:00:00Z'),
  monotonic: () => performance.now(),
});
let simulator: EhrSimulator;
beforeAll(async () => {
  simulator = await startEhrSimulator({
    date: '2026-07-01',
    clock,
    config: { throttle: { enabled: false } },
  });
});
afterAll(() => simulator.stop());
afterEach(() => simulator.configure({ network: { rules: [], latency: { kind: 'none' }, outage: null } }));

const practices = () => rawCall(simulator, 'GetPractices', '<Fields/><Filter/>');
const fault = (kind: string, more: object = {}) =>
  simulator.act({ do: 'fault', rule: { kind, ...more } as never });
const cancelFirst = () => {
  const id = simulator.world.listed()[0]?.id;
  return rawCall(
    simulator,
    'DeleteAppointment',
    `<Appointment><AppointmentId>${id}</AppointmentId></Appointment>`,
  );
};

interface Bytes {
  status: number | undefined;
  headers: NodeJS.Dict<string | string[]>;
  body: Buffer;
  complete: boolean;
}

/** The answer as it came, cut or not: fetch would hide half of it. */
function bytes(): Promise<Bytes> {
  const message = messageXml('GetPractices', '<Fields/><Filter/>', headerXml(simulator.credentials));
  return new Promise((resolve, reject) => {
    const call = httpRequest(simulator.url, {
      method: 'POST',
      headers: {
        'content-type': 'text/xml',
        soapaction: 'http://www.kareo.com/api/schemas/KareoServices/GetPractices',
      },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      const pieces: Buffer[] = [];
      const end = () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(pieces),
          complete: response.complete,
        });
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', end);
      response.on('error', end);
    });
    call.end(message);
  });
}

describe('network faults', () => {
  it('a rule fires for its operation, after skipping, so many times, and survives other changes', async () => {
    fault('html-503', { op: 'GetPractices', skip: 1, times: 2 });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) {
      statuses.push((await practices()).status);
      simulator.configure({ data: { emptyList: 'nil' } });
    }
    expect(statuses).toEqual([200, 503, 503, 200]);
    fault('html-503', { op: 'GetPatient' });
    expect((await practices()).status).toBe(200);
  });
  it.each([
    ['html-503', 503, '<h2>Service Unavailable</h2>'],
    ['html-200', 200, 'We will be right back'],
    ['empty-200', 200, ''],
    ['internal-fault', 500, 'a:InternalServiceFault'],
  ])('%s', async (kind, status, text) => {
    fault(kind);
    const answer = await practices();
    expect(answer.status).toBe(status);
    if (text === '') expect(answer.text).toBe('');
    else expect(answer.text).toContain(text);
  });
  it('reset before: nothing has happened; reset after and hang after: it has', async () => {
    const before = simulator.world.listed().length;
    fault('reset-before', { times: 1 });
    await expect(cancelFirst()).rejects.toThrow();
    expect(simulator.world.listed().length).toBe(before);
    simulator.configure({ network: { rules: [] } });
    fault('reset-after', { times: 1 });
    await expect(cancelFirst()).rejects.toThrow();
    expect(simulator.world.listed().length).toBe(before - 1);
    expect(simulator.journal().at(-1)?.outcome).toBe('ok network:reset-after');
    simulator.configure({ network: { rules: [] } });
    fault('hang-after', { times: 1 });
    const hanging = cancelFirst();
    await expect.poll(() => simulator.world.listed().length).toBe(before - 2);
    const settled = await Promise.race([hanging.then(() => 'answered'), Promise.resolve('waiting')]);
    expect(settled).toBe('waiting');
    await simulator.stop();
    await expect(hanging).rejects.toThrow();
    simulator = await startEhrSimulator({
      date: '2026-07-01',
      clock,
      config: { throttle: { enabled: false } },
    });
  });
  it('a hang lasts until the caller gives up, and the simulator can be stopped while one hangs', async () => {
    fault('hang');
    await expect(
      fetch(simulator.url, { method: 'POST', signal: AbortSignal.timeout(100) }),
    ).rejects.toThrow();
    const other = await startEhrSimulator({
      config: {
        network: { rules: [{ op: '*', kind: 'hang', probability: 1, skip: 0, times: null, ms: 0 }] },
      },
    });
    const hanging = expect(fetch(other.url, { method: 'POST' })).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await other.stop();
    await hanging;
  });
  it('a truncated body is complete HTTP and broken XML; a wrong length is broken HTTP', async () => {
    fault('truncate', { times: 1 });
    const cut = await bytes();
    expect(cut.complete).toBe(true);
    expect(() => parseXml(cut.body.toString())).toThrow(XmlRefused);
    simulator.configure({ network: { rules: [] } });
    fault('wrong-length', { times: 1 });
    const short = await bytes();
    expect(short.complete).toBe(false);
    expect(Number(short.headers['content-length'])).toBe(short.body.length + 100);
  });
  it('slow is a whole answer, later', async () => {
    fault('slow', { ms: 30 });
    const answer = await practices();
    expect(answer.text).toContain('<IsError>false');
    expect(simulator.journal().at(-1)?.outcome).toBe('ok network:slow');
  });
  it('gzip comes although nobody asked; a drip comes in pieces and whole', async () => {
    fault('gzip', { times: 1 });
    const zipped = await bytes();
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.body).toString()).toContain('<GetPracticesResponse');
    simulator.configure({ network: { rules: [] } });
    fault('drip', { times: 1, ms: 1 });
    expect(parseXml((await bytes()).body.toString()).name).toBe('Envelope');
  });
  it.each(['bad-character', 'bare-ampersand', 'doctype'])(
    '%s makes the body no XML a careful reader accepts',
    async (kind) => {
      fault(kind);
      const { status, text } = await practices();
      expect(status).toBe(200);
      expect(() => parseXml(text)).toThrow(XmlRefused);
    },
  );
  it('Latin-1 bytes come under a UTF-8 header', async () => {
    fault('latin1');
    const { body, headers } = await bytes();
    expect(headers['content-type']).toBe('text/xml; charset=utf-8');
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(body)).toThrow();
  });
  it('a planned outage answers 503 from its beginning to its end, by the clock', async () => {
    const statusAt = async (time: string) => {
      clock.set(Date.parse(time));
      return (await practices()).status;
    };
    simulator.configure({
      network: { outage: { from: '2026-07-01T15:10:00Z', to: '2026-07-01T15:50:00Z' } },
    });
    expect(await statusAt('2026-07-01T15:09:59Z')).toBe(200);
    expect(await statusAt('2026-07-01T15:10:01Z')).toBe(503);
    expect(await statusAt('2026-07-01T15:50:01Z')).toBe(200);
  });
  it('realistic latency has a median about a second and a rare long tail', async () => {
    const { latencyMs } = await import('./faults/plan.ts');
    const { createRng } = await import('@workflow-bolt/testkit/generate');
    const rng = createRng(5);
    const config = {
      ...simulator.config,
      network: { ...simulator.config.network, latency: { kind: 'realistic' as const } },
    };
    const waits = Array.from({ length: 4000 }, () => latencyMs(config, rng)).sort((a, b) => a - b);
    expect(waits[2000]).toBeGreaterThan(1000);
    expect(waits[2000]).toBeLessThan(1250);
    expect(waits.filter((wait) => wait > 10_000).length / 4000).toBeLessThan(0.03);
    expect(waits.at(-1)).toBeGreaterThan(10_000);
  });
  it('the control plane answers whatever the service does', async () => {
    fault('hang');
    const status = await new Promise((resolve) =>
      httpGet(`${simulator.controlUrl}/health`, (r) => resolve(r.statusCode)),
    );
    expect(status).toBe(200);
    expect(textsOf('<a>1</a>', 'a')).toEqual(['1']);
  });
});
