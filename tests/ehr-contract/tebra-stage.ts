import {
  canonicalStatus,
  createCallGaps,
  createTebraAdapter,
  isWriteOperation,
  OPERATION_NAMES,
  READ_OPERATIONS,
  WRITE_OPERATIONS,
} from '@workflow-bolt/ehr';
import {
  createClock,
  type EhrSimulator,
  type FaultKind,
  startEhrSimulator,
} from '../../apps/ehr-simulator/src/index.ts';
import {
  type ContractStage,
  DEADLINES,
  HASTY_RETRY,
  hastyClock,
  type ReadFault,
  type WriteFault,
} from './contract-stage.ts';

const DATE = '2026-07-01';

const WRITE_FAULTS: Readonly<Record<Exclude<WriteFault, 'throttled'>, FaultKind>> = {
  'reset-before': 'reset-before',
  'reset-after': 'reset-after',
  'hang-after': 'hang-after',
  'truncate-after': 'truncate',
};
const READ_FAULTS: Readonly<Record<Exclude<ReadFault, 'throttled' | 'refused-login'>, FaultKind>> = {
  'reset-before': 'reset-before',
  html: 'html-503',
  truncate: 'truncate',
  garbage: 'bare-ampersand',
};

/** A neighbour on the account calls all the time, so that none of these operations ever has its turn. */
function throttleAlways(simulator: EhrSimulator, operations: readonly string[]): void {
  const gapsMs = Object.fromEntries(
    OPERATION_NAMES.map((name) => [name, operations.includes(name) ? 500 : 0]),
  );
  const [op = ''] = operations;
  simulator.configure({ throttle: { enabled: true, gapsMs, neighbour: { op, everyMs: 1 } } });
}

/** The simulator behind the Tebra adapter. */
export async function tebraStage(): Promise<ContractStage> {
  let nowMs = Date.parse(`${DATE}T15:00:00Z`);
  const clock = createClock({ now: () => nowMs, monotonic: () => nowMs });
  const config = { throttle: { enabled: false } };
  const simulator = await startEhrSimulator({ seed: 11, date: DATE, clock, config });
  const gaps = createCallGaps(0);
  gaps.useThrottles(OPERATION_NAMES.map((endpoint) => ({ endpoint, minGapMs: 1 })));
  let onRead: (() => Promise<void>) | null = null;
  const adapter = (deadlineMs: number) =>
    createTebraAdapter({
      endpoint: simulator.url,
      credentials: simulator.credentials,
      gaps,
      clock: hastyClock((ms) => {
        nowMs += ms;
      }),
      deadlineMs,
      retry: HASTY_RETRY,
      fetch: async (input, init) => {
        const answer = await fetch(input, init);
        const isSingle = new Headers(init?.headers).get('soapaction')?.endsWith('/GetAppointment"');
        const happens = isSingle ? onRead : null;
        if (happens) onRead = null;
        await happens?.();
        return answer;
      },
    });
  const used = new Set<number>();
  const heldRecord = (id: string) => {
    const record = simulator.world.find(Number(id));
    if (!record) throw new Error(`The EHR holds no appointment ${id}.`);
    return record;
  };
  return {
    port: adapter(DEADLINES.port),
    hurried: adapter(DEADLINES.hurried),
    practiceName: simulator.practiceName,
    zone: simulator.zone,
    date: DATE,
    async scheduled() {
      const record = simulator.world
        .listed()
        .filter((one) => one.type === 'P' && one.caseId !== null && !one.recurring && !one.group)
        .find(({ patientId, id }) => patientId !== null && !used.has(id));
      if (!record) throw new Error('The generated day has no such appointment left.');
      used.add(record.id);
      simulator.act({ do: 'status', id: record.id, status: 'Scheduled' });
      return { appointmentId: String(record.id), patientId: String(record.patientId) };
    },
    async held(id) {
      const { status, notes, caseId } = heldRecord(id);
      return { status: canonicalStatus(status).canonical, notes, billing: String(caseId ?? '') };
    },
    async changeStatus(id, status) {
      nowMs += 1_000;
      simulator.act({ do: 'status', id: Number(id), status, by: 77 });
    },
    async changeNotes(id, notes) {
      nowMs += 1_000;
      simulator.act({ do: 'edit', id: Number(id), notes, by: 77 });
    },
    async remove(id) {
      simulator.act({ do: 'delete', id: Number(id), mode: 'gone' });
    },
    betweenReadAndWrite(happens) {
      onRead = happens;
    },
    nextWrite(kind) {
      if (kind === 'throttled') return throttleAlways(simulator, ['UpdateAppointment']);
      for (const op of WRITE_OPERATIONS) {
        simulator.act({ do: 'fault', rule: { op, kind: WRITE_FAULTS[kind], times: 1, ms: 20 } });
      }
    },
    nextReads(kind) {
      if (kind === 'refused-login')
        simulator.configure({ auth: { expiresAt: new Date(nowMs - 1).toISOString() } });
      else if (kind === 'throttled') throttleAlways(simulator, ['GetAppointments']);
      else
        for (const op of READ_OPERATIONS)
          simulator.act({ do: 'fault', rule: { op, kind: READ_FAULTS[kind] } });
    },
    allWell() {
      simulator.act({ do: 'clear-faults' });
      simulator.configure({ auth: { expiresAt: null }, throttle: { enabled: false, neighbour: null } });
    },
    writes: () =>
      simulator
        .journal()
        .filter(({ op }) => OPERATION_NAMES.some((name) => name === op && isWriteOperation(name))).length,
    async newAppointment() {
      const { world } = simulator;
      const patient = [...world.patients.values()].find((one) => !one.deleted);
      nowMs += 60_000;
      const startAt = Math.floor(nowMs / 1_000) * 1_000;
      return {
        practiceId: '101',
        practiceName: simulator.practiceName,
        serviceLocationId: String(world.locations[0]?.id),
        providerId: String(world.providers[0]?.id),
        patientId: String(patient?.id),
        startAt,
        endAt: startAt + 20 * 60_000,
        name: 'walk-in',
        reasonId: null,
        caseId: null,
        resourceIds: [],
        notes: null,
      };
    },
    count: async (patientId, startAt) =>
      simulator.world.all().filter((one) => String(one.patientId) === patientId && one.startMs === startAt)
        .length,
    stop: () => simulator.stop(),
  };
}
