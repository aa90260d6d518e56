import { createRng } from '@workflow-bolt/testkit/generate';
import { describe, expect, it } from 'vitest';
import { defaultConfig, patchConfig } from './config.ts';
import { createClock, startEhrSimulator } from './index.ts';
import { rawCall, scheduleXml, textsOf } from './raw-call.ts';
import { Throttle } from './throttle.ts';

const config = (patch: object) => patchConfig(defaultConfig(), { throttle: patch }).throttle;
const fresh = () => new Throttle(createRng(1));
const still = config({ jitterMs: 0 });

describe('throttle', () => {
  it('lets the first call pass, refuses one too early, and lets the next pass a gap later', () => {
    const throttle = fresh();
    expect(throttle.refuse('GetAppointments', 0, still)).toBeUndefined();
    expect(throttle.refuse('GetAppointments', 999, still)).toBe(1000);
    expect(throttle.refuse('GetAppointments', 1000, still)).toBeUndefined();
  });
  it('limits operations independently, and those without a limit not at all', () => {
    const throttle = fresh();
    expect(throttle.refuse('GetAppointments', 0, still)).toBeUndefined();
    expect(throttle.refuse('GetPatient', 1, still)).toBeUndefined();
    expect(throttle.refuse('GetPatient', 2, still)).toBe(250);
    expect(throttle.refuse('GetCustomerIdFromKey', 3, still)).toBeUndefined();
    expect(throttle.refuse('GetCustomerIdFromKey', 3, still)).toBeUndefined();
  });
  it('jitter refuses a call exactly one gap later now and then, but never one 50 ms after that', () => {
    const throttle = fresh();
    const jittered = config({});
    let exact = 0;
    for (let i = 0; i < 200; i++) {
      if (throttle.refuse('GetAppointments', i * 10_000, jittered) !== undefined)
        throw new Error('refused after 10 s');
      if (throttle.refuse('GetAppointments', i * 10_000 + 1000, jittered) !== undefined) exact++;
      else throttle.refuse('GetAppointments', i * 10_000 + 2050, jittered);
    }
    expect(exact).toBeGreaterThan(150);
    throttle.refuse('GetAppointments', 9e6, jittered);
    expect(throttle.refuse('GetAppointments', 9e6 + 1050, jittered)).toBeUndefined();
  });
  it('a refused call restarts the window only where configured', () => {
    for (const refusedRestartsWindow of [false, true]) {
      const throttle = fresh();
      const set = config({ jitterMs: 0, refusedRestartsWindow });
      throttle.refuse('GetProviders', 0, set);
      throttle.refuse('GetProviders', 300, set);
      expect(throttle.refuse('GetProviders', 600, set)).toBe(refusedRestartsWindow ? 500 : undefined);
    }
  });
  it('a noisy neighbour on the account takes windows away', () => {
    const throttle = fresh();
    const noisy = config({ jitterMs: 0, neighbour: { op: 'GetAppointments', everyMs: 3000 } });
    expect(throttle.refuse('GetAppointments', 3500, noisy)).toBe(1000);
    expect(throttle.refuse('GetAppointments', 4100, noisy)).toBeUndefined();
    expect(throttle.refuse('GetAppointments', 6200, noisy)).toBe(1000);
    expect(throttle.refuse('GetPatient', 6200, noisy)).toBeUndefined();
  });
  it('can be switched off', () => {
    const throttle = fresh();
    const off = config({ enabled: false });
    expect([0, 0, 0].map((at) => throttle.refuse('GetAppointments', at, off))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('throttle on the wire', () => {
  const DAY = scheduleXml({ EndDate: '7/2/2026', StartDate: '7/1/2026' });
  it('answers the vendor’s sentence inside a 200 without SecurityResponse, in order or out of it', async () => {
    let now = 0;
    const clock = createClock({ now: () => Date.parse('2026-07-01T15:00:00Z'), monotonic: () => now });
    const simulator = await startEhrSimulator({ date: '2026-07-01', clock });
    try {
      expect((await rawCall(simulator, 'GetAppointments', DAY)).text).toContain('<Authenticated>true');
      const inOrder = await rawCall(simulator, 'GetAppointments', DAY);
      expect(inOrder.status).toBe(200);
      expect(textsOf(inOrder.text, 'ErrorMessage')).toEqual([
        '429: GetAppointments endpoint requested more than allowed over time interval 1000 milliseconds. Please wait to try again.',
      ]);
      expect(inOrder.text).not.toContain('SecurityResponse');
      simulator.configure({ throttle: { body: 'out-of-order' } });
      const disorder = (await rawCall(simulator, 'GetAppointments', DAY)).text;
      expect(disorder.indexOf('<Appointments')).toBeLessThan(disorder.indexOf('<ErrorResponse>'));
      expect(disorder.indexOf('<IsError>')).toBeLessThan(disorder.indexOf('<ErrorMessage>'));
      now = 1051;
      expect((await rawCall(simulator, 'GetAppointments', DAY)).text).toContain('<IsError>false');
      expect(simulator.journal().map((entry) => entry.outcome)).toEqual([
        'ok',
        'throttled',
        'throttled',
        'ok',
      ]);
    } finally {
      await simulator.stop();
    }
  });
  it('a limit changed at run time is in force and is seen in GetThrottles', async () => {
    const simulator = await startEhrSimulator({ date: '2026-07-01' });
    try {
      simulator.configure({ throttle: { gapsMs: { GetAppointments: 60_000 } } });
      const throttles = (await rawCall(simulator, 'GetThrottles', '')).text;
      const named = textsOf(throttles, 'Endpoint').indexOf('GetAppointments');
      expect(textsOf(throttles, 'ThrottleTimeMs')[named]).toBe('60000');
      expect(textsOf(throttles, 'Endpoint')).toHaveLength(24);
      await rawCall(simulator, 'GetAppointments', DAY);
      expect((await rawCall(simulator, 'GetAppointments', DAY)).text).toContain(
        'time interval 60000 milliseconds',
      );
    } finally {
      await simulator.stop();
    }
  });
});
