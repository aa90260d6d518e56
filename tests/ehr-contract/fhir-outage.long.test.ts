/** A FHIR server that is down: breaker, probe and comparison as for any EHR. The adapter's pauses between tries take seconds. */
import type { Appointment } from '@medplum/fhirtypes';
import type { BreakerChange } from '@workflow-bolt/contracts';
import { breakerSettings, DriftStore, EhrLink, ehrAccounts } from '@workflow-bolt/store';
import { awaitUntil } from '@workflow-bolt/testkit';
import { expect, test, vi } from 'vitest';
import { readJobBoard } from '../../apps/worker/src/board-port.ts';
import { clinic, startClinic } from './fhir-worker-stage.ts';

/** Longer than all that is waited for together. */
vi.setConfig({ testTimeout: 300_000 });
const patienceMs = 90_000;

/** An outage of seconds has few calls in it. */
const settings = { ...breakerSettings, callsMin: 3, countMax: 6, openMs: 2_000, openMsMax: 4_000 };

const down = {
  matches: () => true,
  isLasting: true,
  fault: { kind: 'answer', status: 503, body: '<html>down</html>', headers: { 'content-type': 'text/html' } },
} as const;

async function whenPulled(stage: Awaited<ReturnType<typeof startClinic>>): Promise<void> {
  const isDone = async () => (await readJobBoard(stage.board)).sync?.phase === 'done';
  await awaitUntil('the first pull is done', isDone, patienceMs);
}

test('[I7] [EH-BREAKER] [DR-WHEN] an outage of a FHIR server opens the breaker, no call leaves while it is open, a probe closes it, and the day is compared and read', async () => {
  const stage = await startClinic('off', { settings });
  await using _ = stage.stack;
  const { server, worker, port, vault, key } = stage;
  await whenPulled(stage);
  const [account = ''] = await ehrAccounts(port);
  const link = new EhrLink({ port, account, node: 'test' });
  server.faults = [down];
  const isOpen = async () => {
    await worker.pullNow(clinic, 'timer');
    return (await link.read('reads')).state === 'open';
  };
  await awaitUntil('the breaker opens', isOpen, patienceMs);
  // An observation counts only when the breaker was open from its begin to its end.
  const made = await awaitUntil(
    'a pull was tried while it was open',
    async () => {
      const [before, calls] = [await link.read('reads'), server.calls.length];
      const result = await worker.pullNow(clinic, 'timer');
      const [after, callsAfter] = [await link.read('reads'), server.calls.length];
      const isThroughout = before.state === 'open' && after.state === 'open' && before.since === after.since;
      return isThroughout && { result, calls: callsAfter - calls };
    },
    patienceMs,
  );
  expect(made).toMatchObject({ result: { ok: false }, calls: 0 });
  const appointment = await server.repo.readResource<Appointment>('Appointment', 'app-3');
  await server.repo.updateResource({ ...appointment, status: 'cancelled' });
  server.faults = [];
  await awaitUntil('it closes', async () => (await link.read('reads')).state === 'closed', patienceMs);
  const turns = (await link.history(500)).filter(({ lane }) => lane === 'reads');
  const steps = turns.map(({ from, to }: BreakerChange) => `${from} ${to}`).reverse();
  expect([steps[0], ...steps.slice(-2)]).toEqual(['closed open', 'open half_open', 'half_open closed']);
  const drift = new DriftStore(port, vault);
  const report = async () => (await drift.find(key)) ?? false;
  const { compared, drifted, rows, trigger } = await awaitUntil('the day is compared', report, patienceMs);
  expect({ compared, drifted, trigger }).toEqual({ compared: 3, drifted: 1, trigger: 'recovery' });
  expect(rows).toMatchObject([
    {
      appointmentId: 'app-3',
      differences: [
        { field: 'status', ours: 'Scheduled', theirs: 'Cancelled', side: 'theirs' },
        { field: 'presence', ours: 'expected', theirs: 'gone', side: 'theirs' },
      ],
    },
  ]);
  // Nobody asks for it: the next reading by timer is minutes away.
  const isRead = async () => {
    await stage.registry.checkAll();
    return (await stage.visitOf('app-3')).status === 'cancelled';
  };
  await awaitUntil('the day is read', isRead, patienceMs);
});
