/** A clinic day written back through faults, from a seed: the policy, the port and the simulator, nothing between. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EhrStatus } from '@workflow-bolt/contracts';
import {
  begin,
  nextWork,
  openWriteBack,
  pulled,
  retryWrite,
  settle,
  syncStateOf,
  type WriteBack,
  type WriteBackRules,
  wishFor,
} from '@workflow-bolt/domain';
import {
  type CallClock,
  canonicalStatus,
  createCallGaps,
  createTebraAdapter,
  OPERATION_NAMES,
} from '@workflow-bolt/ehr';
import { createRng, type Rng } from '@workflow-bolt/testkit/generate';
import { createClock, startEhrSimulator } from '../../apps/ehr-simulator/src/index.ts';
import { performWork } from '../../apps/worker/src/write-back/perform-work.ts';

const RULES: WriteBackRules = { readyToBeSeenMeans: 'ready-for-md', leftMeans: null };
const FLOW: readonly EhrStatus[] = ['Confirmed', 'CheckedIn', 'Roomed', 'ReadyToBeSeen', 'CheckedOut'];
const FAULTS = [
  'reset-before',
  'reset-after',
  'hang-after',
  'html-503',
  'truncate',
  'internal-fault',
  'empty-200',
] as const;

interface VisitState {
  entry: WriteBack;
  readonly patientId: string;
  step: number;
}

export interface DayResult {
  readonly visits: readonly { readonly shown: string; readonly wished: EhrStatus; readonly held: string }[];
  readonly assertions: Readonly<Record<string, unknown>>;
  readonly updates: number;
}

/** Plays a day: every visit goes some way through the clinic while the EHR does its worst, then has time to settle. */
export async function playDay(seed: number, visitsMax: number): Promise<DayResult> {
  const rng = createRng(seed).fork('write-back');
  let nowMs = Date.parse('2026-07-01T15:00:00Z');
  const clock = createClock({ now: () => nowMs, monotonic: () => nowMs });
  const simulator = await startEhrSimulator({
    seed,
    date: '2026-07-01',
    clock,
    config: { throttle: { enabled: false } },
  });
  try {
    const port = adapter(simulator, (ms) => {
      nowMs += ms;
    });
    const visits = openVisits(simulator, visitsMax);
    const serve = async (visit: VisitState) => {
      const work = nextWork(visit.entry, RULES);
      if (!work) return;
      visit.entry = begin(visit.entry, RULES);
      const subject = { patientId: visit.patientId, occurrenceId: null, creation: null, triedAgoMs: null };
      visit.entry = settle(visit.entry, await performWork(port, work, subject), RULES);
    };
    for (let round = 0; round < visits.length * 6; round += 1) {
      nowMs += 60_000;
      misbehave(simulator, rng);
      advance(rng.pick(visits), rng, round);
      await serve(rng.pick(visits));
      if (rng.chance(0.3)) pull(simulator, rng.pick(visits));
    }
    simulator.act({ do: 'clear-faults' });
    simulator.configure({
      writes: { secondUser: null, acceptedButNotApplied: false },
      network: { outage: null },
    });
    for (const visit of visits) {
      visit.entry = visit.entry.failed === 'status-unrecognised' ? visit.entry : retryWrite(visit.entry);
      pull(simulator, visit);
      for (let i = 0; i < 5; i += 1) await serve(visit);
    }
    return await report(simulator, visits);
  } finally {
    await simulator.stop();
  }
}

function pull(simulator: Simulator, visit: VisitState): void {
  visit.entry = pulled(visit.entry, { status: heldFor(simulator, visit), version: null }, RULES);
}

function heldFor(simulator: Simulator, { entry }: VisitState): EhrStatus {
  return canonicalStatus(simulator.world.find(Number(entry.appointmentId))?.status ?? null).canonical;
}

type Simulator = Awaited<ReturnType<typeof startEhrSimulator>>;

function adapter(simulator: Simulator, pass: (ms: number) => void) {
  const clock: CallClock = {
    now: () => performance.now(),
    sleep: async (ms, signal) => {
      pass(ms);
      await sleep(0, undefined, signal ? { signal } : {});
    },
    random: () => 0.5,
  };
  const gaps = createCallGaps(0);
  gaps.useThrottles(OPERATION_NAMES.map((endpoint) => ({ endpoint, minGapMs: 0.001 })));
  return createTebraAdapter({
    endpoint: simulator.url,
    credentials: simulator.credentials,
    gaps,
    clock,
    deadlineMs: 150,
    retry: { attemptsMax: 2, backoffMs: [1], jitterShare: 0, throttleJitterMs: 0, waitMsMax: 60_000 },
  });
}

function openVisits(simulator: Simulator, visitsMax: number): VisitState[] {
  const fit = simulator.world
    .listed()
    .filter(
      (one) =>
        one.type === 'P' && one.patientId !== null && one.caseId !== null && !one.recurring && !one.group,
    );
  return fit.slice(0, visitsMax).map((record) => {
    simulator.act({ do: 'status', id: record.id, status: 'Scheduled' });
    const entry = openWriteBack(String(record.id), { status: 'Scheduled', version: null });
    return { entry, patientId: String(record.patientId), step: -1 };
  });
}

/** Storms come and go; a second user works on in every tenth read. */
function misbehave(simulator: Simulator, rng: Rng): void {
  const op = rng.chance(0.7) ? 'UpdateAppointment' : 'GetAppointment';
  if (rng.chance(0.25)) simulator.act({ do: 'fault', rule: { op, kind: rng.pick(FAULTS), times: 1 } });
  if (rng.chance(0.03)) simulator.act({ do: 'outage', ms: 10 * 60_000 });
  const changes = rng.chance(0.5) ? 'notes' : 'status';
  const secondUser = { share: 0.1, changes, statuses: ['Confirmed', 'Cancelled', 'NoShow'] } as const;
  simulator.configure({
    writes: {
      acceptedButNotApplied: rng.chance(0.05),
      secondUser: { ...secondUser, statuses: [...secondUser.statuses] },
    },
  });
}

/** Staff take the next step, sometimes two, and now and then one back. */
function advance(visit: VisitState, rng: Rng, seq: number): void {
  const by = rng.chance(0.1) ? -1 : rng.int(1, 2);
  visit.step = Math.max(0, Math.min(FLOW.length - 1, visit.step + by));
  const status = FLOW[visit.step] ?? 'Scheduled';
  visit.entry = wishFor(visit.entry, { status, seq: seq + 1 }, RULES);
}

async function report(simulator: Simulator, visits: readonly VisitState[]): Promise<DayResult> {
  const ask = async (query: string) => (await fetch(`${simulator.controlUrl}/assert/${query}`)).json();
  const names = ['no-blind-repeat', 'no-effect?effect=case-cleared', 'nothing-dropped'];
  const asked = await Promise.all(names.map(async (name) => [name, await ask(name)] as const));
  return {
    visits: visits.map((visit) => ({
      shown: syncStateOf(visit.entry, RULES, true),
      wished: visit.entry.wish?.status ?? heldFor(simulator, visit),
      held: heldFor(simulator, visit),
    })),
    assertions: Object.fromEntries(asked),
    updates: simulator.journal('UpdateAppointment').length,
  };
}
