/** Writing back to the EHR: how soon, how fast after an outage, and what staff notice while the EHR hangs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BoardKey, Command, Entity, Visit } from '@workflow-bolt/contracts';
import { createCallGaps } from '@workflow-bolt/ehr';
import {
  awaitUntil,
  constantSchedule,
  type LoadResult,
  runOpenLoop,
  startRedis,
} from '@workflow-bolt/testkit';
import { benchUsers, boardAt, clinicIdAt, makeBenchDay } from '../day/bench-day.ts';
import { visitPath } from '../day/staff-commands.ts';
import { ownDir, releaseDir } from '../processes/owned-dir.ts';
import { boardPath, ProductServer } from '../processes/product-server.ts';
import { WrittenClinic, writingSettings } from '../processes/written-clinic.ts';
import { alternate } from '../report/alternate.ts';
import {
  type Bench,
  type BenchReport,
  type BenchSetting,
  type Figure,
  figure,
  ratios,
  spreadOf,
  type Table,
} from '../report/bench-report.ts';
import { openLoopRow } from '../report/load-row.ts';
import { HttpLane, jsonHeaders } from '../wire/http-lane.ts';
import type { SessionHeaders } from '../wire/session-headers.ts';

const writtenMsMax = 2_000;
const drainShareMin = 0.9;
const commitRatioMax = 1.05;
/** How long an answer of the vendor takes, mostly. */
const answerMs = 300;
const commitsPerS = 10;
const lanesPerDesk = 16;

type Written = { appointmentId: number; visitId: string };

/** The boards of this bench as its driver sees them. */
class Desk {
  readonly #product: ProductServer;
  readonly #headers: string;
  readonly #session: SessionHeaders;
  readonly #board: BoardKey;
  readonly #lanes: HttpLane[];
  readonly #sent = new Map<number, number>();

  private constructor(parts: {
    product: ProductServer;
    session: SessionHeaders;
    board: BoardKey;
    lanes: number;
  }) {
    this.#product = parts.product;
    this.#session = parts.session;
    this.#headers = jsonHeaders(parts.session);
    this.#board = parts.board;
    this.#lanes = Array.from({ length: parts.lanes }, () => new HttpLane(parts.product.port));
  }

  static async open(product: ProductServer, board: BoardKey, lanes: number): Promise<Desk> {
    return new Desk({ product, board, lanes, session: await product.signIn('medical-assistant') });
  }

  /** Sends one command over a lane; each lane sends one at a time, under a name of its own. */
  async send(lane: number, command: Command): Promise<void> {
    const n = (this.#sent.get(lane) ?? 0) + 1;
    this.#sent.set(lane, n);
    const body = JSON.stringify({ clientId: `desk-${String(lane).padStart(4, '0')}`, n, command });
    const path = `${boardPath(this.#board)}/commands`;
    const { status, body: answer } = await this.#lane(lane).request('POST', path, this.#headers, body);
    if (status !== 200 || !answer.includes('"applied"')) {
      throw new Error(`${command.type}: ${status} ${answer.toString().slice(0, 200)}`);
    }
  }

  /** Patients who are expected and can be written back, once the schedule is there and its details are read. */
  async expected(atLeast: number): Promise<Written[]> {
    return awaitUntil(
      `${atLeast} patients are expected`,
      async () => {
        const entities = await this.#entities();
        const day = entities.find((entity) => entity.type === 'day');
        const sync = entities.find((entity) => entity.type === 'sync');
        const found = entities.flatMap((entity) => (entity.type === 'visit' ? writable(entity) : []));
        return day?.writeBack === 'on' && sync?.phase === 'done' && found.length >= atLeast && found;
      },
      600_000,
    );
  }

  async #entities(): Promise<Entity[]> {
    const url = `${this.#product.baseUrl}${boardPath(this.#board)}`;
    const answer = await fetch(url, { headers: this.#session });
    if (!answer.ok) throw new Error(`the board: ${answer.status}`);
    const { entities } = (await answer.json()) as { entities: { d: Entity }[] };
    return entities.map(({ d }) => d);
  }

  #lane(index: number): HttpLane {
    const lane = this.#lanes[index];
    if (!lane) throw new RangeError(`there is no lane ${index}`);
    return lane;
  }

  close(): void {
    for (const lane of this.#lanes) lane.close();
  }
}

/** Nobody is written back who belongs to a series or a group: those are refused, and for good reason. */
function writable({ id, status, external }: Visit): Written[] {
  const isExpected = status === 'scheduled' || status === 'confirmed';
  if (!isExpected || !external?.appointmentId) return [];
  return [{ appointmentId: Number(external.appointmentId), visitId: id }];
}

const arrive = (visitId: string): Command => ({ type: 'moveVisit', visitId, to: 'arrived' });

type Clinic = { desk: Desk; ehr: WrittenClinic };
type Stage = { open: (index: number) => Promise<Clinic> };

/** One Redis and one server; each clinic has its own EHR and worker. */
async function stageOf(stack: AsyncDisposableStack, appointments: number): Promise<Stage> {
  const day = makeBenchDay(appointments);
  const dir = ownDir();
  stack.defer(() => releaseDir(dir));
  const redis = stack.use(await startRedis({ persist: 'aof-always', tcp: true }));
  const clinics = [0, 1].map((index) => writingSettings(day, clinicIdAt(index)));
  const product = stack.use(
    await ProductServer.start({ redisUrl: redis.url, clinics, users: benchUsers(clinics) }),
  );
  const open = async (index: number): Promise<Clinic> => {
    const clinicsFile = join(dir, `clinic-${index}.json`);
    writeFileSync(clinicsFile, JSON.stringify({ clinics: [clinics[index]] }));
    const readyUrl = `${product.baseUrl}/healthz`;
    const ehr = await WrittenClinic.start({ redisUrl: redis.url, day, appointments, clinicsFile, readyUrl });
    stack.use(ehr);
    const desk = await Desk.open(product, boardAt(day, index), lanesPerDesk);
    stack.defer(() => desk.close());
    return { desk, ehr };
  };
  return { open };
}

/** Ms from the click until the EHR holds it, one after another, with time for everything to come to rest. */
async function idleWrites({ desk, ehr }: Clinic, visits: readonly Written[]): Promise<number[]> {
  const took: number[] = [];
  for (const { visitId, appointmentId } of visits) {
    const clickedAt = Date.now();
    await desk.send(0, arrive(visitId));
    const at = await awaitUntil(
      'it is written',
      async () => (await ehr.writtenAt('CheckedIn')).get(appointmentId),
      60_000,
    );
    took.push(at - clickedAt);
    await sleep(3_000);
  }
  return took;
}

type Drain = { count: number; backMs: number; drainMs: number };

/** Writes that piled up while the EHR was away: from the first that it holds to the last. */
async function drain({ desk, ehr }: Clinic, visits: readonly Written[]): Promise<Drain> {
  const outage = { from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
  await ehr.configure({ network: { outage } });
  for (const { visitId } of visits) await desk.send(0, arrive(visitId));
  await awaitUntil(
    'it was tried in vain',
    async () =>
      (await ehr.journal('GetAppointment')).filter(({ outcome }) => outcome === 'network:outage').length >= 5,
    60_000,
  );
  const backAt = Date.now();
  await ehr.configure({ network: { outage: null } });
  const ids = visits.map(({ appointmentId }) => appointmentId);
  const times = await awaitUntil(
    'all are written',
    async () => {
      const written = await ehr.writtenAt('CheckedIn');
      return ids.every((id) => written.has(id)) && ids.map((id) => written.get(id) ?? 0);
    },
    60_000 + visits.length * 10_000,
  );
  const [first, last] = [Math.min(...times), Math.max(...times)];
  return { count: visits.length, backMs: first - backAt, drainMs: last - first };
}

/** A round of commits at a steady rate: each lane has patients of its own, who go from step to step. */
class Round {
  readonly #desk: Desk;
  readonly #queues: Command[][];

  constructor(desk: Desk, visits: readonly Written[], lanes: number) {
    this.#desk = desk;
    this.#queues = Array.from({ length: lanes }, (_, lane) =>
      visits.filter((_visit, i) => i % lanes === lane).flatMap(({ visitId }) => visitPath(visitId)),
    );
  }

  run(durationMs: number): Promise<LoadResult> {
    const tails = this.#queues.map(() => Promise.resolve());
    const operation = (i: number): Promise<void> => {
      const lane = i % this.#queues.length;
      const command = this.#queues[lane]?.shift();
      if (!command) return Promise.reject(new RangeError('this desk has nothing left to do'));
      const sent = (tails[lane] ?? Promise.resolve()).then(() => this.#desk.send(lane, command));
      tails[lane] = sent.catch(() => undefined);
      return sent;
    };
    return runOpenLoop({
      schedule: constantSchedule({ ratePerS: commitsPerS, durationMs }),
      lateMs: 5,
      operation,
    });
  }
}

const names = ['EHR well', 'EHR hangs'] as const;
type Name = (typeof names)[number];
type Contest = { table: Table; figures: Figure[] };

async function commitContest(
  clinics: Record<Name, { clinic: Clinic; visits: readonly Written[] }>,
  { isQuick, rounds, log }: BenchSetting,
): Promise<Contest> {
  const desks = Object.fromEntries(
    names.map((name) => [name, new Round(clinics[name].clinic.desk, clinics[name].visits, lanesPerDesk)]),
  ) as Record<Name, Round>;
  await clinics['EHR hangs'].clinic.ehr.hang();
  for (const name of names) await desks[name].run(2_000);
  const rows: Table['rows'] = [];
  const p50: Record<Name, number[]> = { 'EHR well': [], 'EHR hangs': [] };
  const p95: Record<Name, number[]> = { 'EHR well': [], 'EHR hangs': [] };
  await alternate(rounds, names, async (name, round) => {
    const result = await desks[name].run(isQuick ? 3_000 : 6_000);
    rows.push(openLoopRow({ while: name, round: round + 1 }, result));
    p50[name].push(result.latencyMs.p50);
    p95[name].push(result.latencyMs.p95);
    log(`write-back commits, round ${round + 1}: ${name} p50 ${result.latencyMs.p50.toFixed(2)} ms`);
  });
  const bound = { op: '<=', value: commitRatioMax } as const;
  const ratio = (of: Record<Name, number[]>) => ratios(of['EHR hangs'], of['EHR well']);
  return {
    table: { title: `commits at ${commitsPerS}/s while the board is written back (open loop)`, rows },
    figures: [
      figure('commit p50, EHR hangs / EHR well', 'ratio', ratio(p50), bound),
      figure('commit p95, EHR hangs / EHR well', 'ratio', ratio(p95)),
    ],
  };
}

async function run(setting: BenchSetting): Promise<BenchReport> {
  const { isQuick, rounds, log } = setting;
  await using stack = new AsyncDisposableStack();
  const counts = { idle: isQuick ? 4 : 12, drain: isQuick ? 15 : 60 };
  // Six steps a patient, the warming up included; no lane may run dry before the others.
  const contested = Math.ceil(((rounds * (isQuick ? 3 : 6) + 2) * commitsPerS) / 6) + lanesPerDesk;
  const alone = counts.idle * 2 + counts.drain;
  const stage = await stageOf(stack, Math.ceil((alone + contested) * 1.6) + 20);
  const [written, hanging] = await Promise.all([stage.open(0), stage.open(1)]);
  const first = await written.desk.expected(alone + contested);
  log(`write-back: ${first.length} patients are expected`);
  const take = (from: number, count: number) => first.slice(from, from + count);
  const atOnce = await idleWrites(written, take(0, counts.idle));
  await written.ehr.configure({ network: { latency: { kind: 'fixed', ms: answerMs } } });
  const usual = await idleWrites(written, take(counts.idle, counts.idle));
  log(`write-back: idle after ${spreadOf(usual).median} ms`);
  const drained = await drain(written, take(counts.idle * 2, counts.drain));
  log(`write-back: ${drained.count} after an outage in ${drained.drainMs} ms`);
  const rest = first.slice(alone);
  const other = await hanging.desk.expected(contested);
  const contest = await commitContest(
    {
      'EHR well': { clinic: written, visits: rest },
      'EHR hangs': { clinic: hanging, visits: other },
    },
    setting,
  );
  // A status is read, written and read again: two calls of one operation, a gap apart.
  const gapMs = createCallGaps().gapMs('GetAppointment');
  const allowedMs = (drained.count - 1) * 2 * gapMs;
  const bareMs = (drained.count - 1) * 2 * createCallGaps(0).gapMs('GetAppointment');
  const soon = { op: '<=', value: writtenMsMax } as const;
  return {
    name: 'write-back',
    claim:
      'A step is in the EHR within 2 s when it is up and idle; 60 that queued up are drained at ≥ 0.9 of what the limits allow; commits do not notice whether the EHR answers (≤ 1.05).',
    tables: [
      {
        title: 'from the click until the EHR holds it',
        rows: [
          { 'EHR answers': 'at once', 'ms p50': spreadOf(atOnce).median, max: spreadOf(atOnce).max },
          {
            'EHR answers': `after ${answerMs} ms`,
            'ms p50': spreadOf(usual).median,
            max: spreadOf(usual).max,
          },
        ],
      },
      {
        title: `${drained.count} writes that queued up during an outage`,
        rows: [
          { step: 'the first is written after the EHR is back', s: drained.backMs / 1_000 },
          { step: 'from the first to the last', s: drained.drainMs / 1_000 },
          { step: `dictated: two reads each, ${gapMs} ms apart, our margin included`, s: allowedMs / 1_000 },
        ],
      },
      contest.table,
    ],
    figures: [
      figure('written, the EHR answers at once', 'ms', atOnce, soon),
      figure(`written, the EHR answers after ${answerMs} ms`, 'ms', usual, soon),
      figure('drained / what the limits allow as paced', 'ratio', [allowedMs / drained.drainMs], {
        op: '>=',
        value: drainShareMin,
      }),
      figure('drained / bare published limits', 'ratio', [bareMs / drained.drainMs]),
      ...contest.figures,
    ],
    notes: [
      'Written means that the EHR has applied it, by its own journal and clock, which are those of this machine.',
      'Each of the two clinics of the last comparison has a worker and an EHR of its own; server and Redis are one.',
      'After an outage the breaker waits for its pause to end before the first call: that is told, and no part of the drain.',
    ],
  };
}

export const writeBack: Bench = { name: 'write-back', run };
