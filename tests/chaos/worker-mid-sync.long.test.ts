/**
 * Hypothesis (I6): a synchronisation whose worker dies is taken up again by the next one: every appointment is on the
 * board exactly once, every detail arrives, and the board does not go on saying that a synchronisation is under way.
 *
 * Fault: SIGKILL of the worker while the schedule is being listed, while details are being read, and - the narrowest
 * place - after the list was announced and before its end was.
 *
 * What users see: the "reading the schedule" sign stays a little longer.
 *
 * Recovery bound: done within 40 s of the new worker's start: a dead worker's job is believed alive for 9 s, and the
 * details go at the EHR's pace.
 */

import type { Sync } from '@workflow-bolt/contracts';
import { BoardRegistry, createRedisPort, fromUrl } from '@workflow-bolt/store';
import { awaitUntil } from '@workflow-bolt/testkit';
import { expect, test } from 'vitest';
import { defaultVault } from '../system/board-vault.ts';
import type { SystemProcess } from '../system/clinic-system.ts';
import { ChaosClinic } from './chaos-clinic.ts';
import { checkSchedule, mustAgree, untilAgreed } from './check-day.ts';

const doneMs = 40_000;

function syncOf(clinic: ChaosClinic): Sync | null {
  const sync = clinic.contents().get('sync')?.d;
  return sync?.type === 'sync' ? sync : null;
}

const untilPhase = (clinic: ChaosClinic, phase: Sync['phase'], timeoutMs: number): Promise<unknown> =>
  awaitUntil(`the synchronisation is ${phase}`, () => syncOf(clinic)?.phase === phase, timeoutMs);

function workerOf(clinic: ChaosClinic): SystemProcess {
  const [worker] = clinic.system.workers;
  if (!worker) throw new Error('there is no worker');
  return worker;
}

function addAppointment(clinic: ChaosClinic): void {
  const { simulator } = clinic.system;
  const booked = simulator.world.all().filter(({ type }) => type === 'P');
  const last = booked.at(-1);
  if (!last) throw new Error('nobody is booked');
  const startTime = new Date(last.startMs + 1_200_000).toISOString();
  simulator.act({ do: 'add', patientId: last.patientId ?? null, startTime });
}

/** Done, everything there once, nobody partly known. */
async function expectWhole(clinic: ChaosClinic): Promise<void> {
  await untilPhase(clinic, 'done', doneMs);
  const truth = clinic.truth();
  await untilAgreed(clinic, truth);
  const persons = [...truth.state.entries()].flatMap(([, { d }]) => (d.type === 'person' ? [d] : []));
  mustAgree('the schedule', checkSchedule(clinic, truth));
  expect(persons.filter(({ isPartial }) => isPartial)).toEqual([]);
}

test('[I6] a worker killed while it reads the schedule or the details: taken up again, nothing twice, nothing lost', async () => {
  await using clinic = await ChaosClinic.open({ seed: 5, numClients: 0, appointments: 5 });
  const worker = workerOf(clinic);
  await untilPhase(clinic, 'details', 15_000);
  await worker.end('SIGKILL');
  worker.start();
  await expectWhole(clinic);

  addAppointment(clinic);
  // The list takes two seconds, so that the worker dies while it waits for it.
  const slowList = {
    op: 'GetAppointments',
    kind: 'slow' as const,
    ms: 2_000,
    times: 1,
    probability: 1,
    skip: 0,
  };
  clinic.system.simulator.act({ do: 'fault', rule: slowList });
  await clinic.requestSync();
  await untilPhase(clinic, 'listing', 15_000);
  await worker.end('SIGKILL');
  worker.start();
  await expectWhole(clinic);
});

test('[I6] a synchronisation announced by a worker that died before its end is ended by the next one', async () => {
  await using clinic = await ChaosClinic.open({ seed: 6, numClients: 0, appointments: 3 });
  const worker = workerOf(clinic);
  await untilPhase(clinic, 'done', doneMs);
  await worker.end('SIGKILL');
  await announceListing(clinic);
  await untilPhase(clinic, 'listing', 5_000);
  worker.start();
  await expectWhole(clinic);
});

/** What the board says when a worker dies between the last row and the end of its report. */
async function announceListing(clinic: ChaosClinic): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const port = createRedisPort(fromUrl(clinic.system.redisUrl), 'chaos');
  stack.defer(() => port.close());
  const registry = new BoardRegistry({ port, vault: defaultVault() });
  stack.defer(() => registry.stop());
  await registry.start();
  const host = await registry.get(clinic.board);
  const present = syncOf(clinic);
  if (!present) throw new Error('there was no synchronisation yet');
  const { type: _, ...known } = present;
  const command = {
    type: 'reportSync' as const,
    sync: { ...known, phase: 'listing' as const, finishedAt: null },
  };
  const system = { id: 'system', name: 'EHR synchronisation', role: 'system' as const, station: null };
  const outcome = await host.submit({ clientId: 'chaos-worker', n: 1, command }, system, 'tebra');
  expect(outcome.outcome).toBe('applied');
}
