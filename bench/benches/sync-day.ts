import type { Entity, Sync } from '@workflow-bolt/contracts';
import { createCallGaps } from '@workflow-bolt/ehr';
import { DEMO_CREDENTIALS } from '@workflow-bolt/ehr-simulator';
import { openSseClients, startRedis } from '@workflow-bolt/testkit';
import { type BenchDay, benchClinics, benchUsers, boardAt, makeBenchDay } from '../day/bench-day.ts';
import { BenchProcess } from '../processes/bench-process.ts';
import { boardPath, ProductServer } from '../processes/product-server.ts';
import { type Bench, type BenchReport, type BenchSetting, figure, spreadOf } from '../report/bench-report.ts';

const cardsMsMax = 3_000;
const detailsShareMax = 1.1;
/** The published minimum gap between two GetPatient calls of an account. */
const publishedGapMs = 250;

type Seen = { startedAt: number; cardsAt: number; doneAt: number; sync: Sync | null };

/** What one screen sees of the day: when it had all cards, when the details were done. Wall-clock instants. */
class Screen {
  readonly #expected: number;
  readonly #visits = new Set<string>();
  readonly seen: Seen = { startedAt: 0, cardsAt: 0, doneAt: 0, sync: null };

  constructor(expected: number) {
    this.#expected = expected;
  }

  /** Takes the data of a snapshot or a change. */
  take(data: string): void {
    const frame = JSON.parse(data) as { ents?: { d: Entity }[]; ch?: { d?: Entity }[] };
    for (const { d } of frame.ents ?? frame.ch ?? []) if (d) this.#show(d);
  }

  #show(entity: Entity): void {
    if (entity.type === 'visit') this.#visits.add(entity.id);
    if (this.#visits.size === this.#expected) this.seen.cardsAt ||= Date.now();
    if (entity.type !== 'sync') return;
    this.seen.sync = entity;
    this.seen.startedAt ||= entity.startedAt ?? 0;
    if (entity.phase === 'done') this.seen.doneAt ||= Date.now();
  }
}

async function startSimulator(day: BenchDay, appointments: number): Promise<BenchProcess> {
  const { seed, zone, date } = day.day.options;
  const options = { seed, zone, date, appointments, profile: 'calm', latency: 'realistic' };
  return new BenchProcess({
    name: 'ehr-simulator',
    script: 'apps/ehr-simulator/src/main.ts',
    args: Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    readyUrl: null,
    env: {},
  }).start();
}

type Until = 'cards' | 'details';

/** Runs until the cards are there, or the details are done; `limitMs` ends a run that never gets there. */
async function watch(
  screen: Screen,
  until: Until,
  limitMs: number,
  log: (line: string) => void,
): Promise<void> {
  const giveUpAt = Date.now() + limitMs;
  let told = 0;
  const isThere = () => (until === 'cards' ? screen.seen.cardsAt : screen.seen.doneAt) > 0;
  while (!isThere()) {
    if (Date.now() > giveUpAt)
      throw new Error(`no ${until} in ${limitMs} ms: ${JSON.stringify(screen.seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { sync } = screen.seen;
    if (!sync || sync.detailsDone < told + 100) continue;
    told = sync.detailsDone;
    log(`sync-day: ${told} of ${sync.detailsTotal} details`);
  }
}

type Pull = { appointments: number; seed: number; until: Until };

async function pullDay(
  { appointments, seed, until }: Pull,
  log: (line: string) => void,
): Promise<{ seen: Seen; people: number }> {
  const day = makeBenchDay(appointments, seed);
  const people = day.day.appointments.filter((a) => a.type === 'P' && a.patientId !== null).length;
  const [clinic] = benchClinics(day, 1).map((c) => ({ ...c, ehr: day.settings.ehr }));
  if (!clinic) throw new Error('a bench has a clinic');
  const pacedMs = people * createCallGaps().gapMs('GetPatient');
  await using redis = await startRedis({ persist: 'aof-always', tcp: true });
  await using simulator = await startSimulator(day, appointments);
  await using product = await ProductServer.start({
    redisUrl: redis.url,
    clinics: [clinic],
    users: benchUsers([clinic]),
  });
  const session = await product.signIn('front-desk');
  const screen = new Screen(people);
  const clients = await openSseClients({
    target: { port: product.port },
    count: 1,
    path: `${boardPath(boardAt(day, 0))}/stream`,
    headers: session,
    wantsData: true,
    onEvent: (_client, _id, _bytes, _at, data) => screen.take(data),
    onOther: (_client, { event, data }) => event === 'snap' && screen.take(data),
  });
  await using worker = new BenchProcess({
    name: 'worker',
    script: 'apps/worker/src/main.ts',
    readyUrl: product.baseUrl.concat('/healthz'),
    env: {
      REDIS_URL: redis.url,
      BOLT_CLINICS_FILE: product.clinicsFile,
      BOLT_EHR_URL: String(simulator.readyLine()?.url),
      BOLT_EHR_CUSTOMER_KEY: DEMO_CREDENTIALS.customerKey,
      BOLT_EHR_USER: DEMO_CREDENTIALS.user,
      BOLT_EHR_PASSWORD: DEMO_CREDENTIALS.password,
    },
  });
  try {
    await worker.start();
    await watch(screen, until, 1.5 * pacedMs + 30_000, log);
  } catch (error) {
    throw new Error(`${String(error)}\n${worker.logTail()}`);
  } finally {
    await clients.close();
  }
  return { seen: screen.seen, people };
}

async function run({ isQuick, rounds, log }: BenchSetting): Promise<BenchReport> {
  const appointments = isQuick ? 60 : 400;
  // The two seconds of the list answer weigh too much in a short day.
  const detailsBound = isQuick ? null : ({ op: '<=', value: detailsShareMax } as const);
  const { seen, people } = await pullDay({ appointments, seed: 1, until: 'details' }, log);
  const gapMs = createCallGaps().gapMs('GetPatient');
  const cardsMs = [seen.cardsAt - seen.startedAt];
  for (let seed = 2; seed <= rounds; seed += 1) {
    const next = await pullDay({ appointments, seed, until: 'cards' }, log);
    cardsMs.push(next.seen.cardsAt - next.seen.startedAt);
    log(`sync-day: round ${seed} cards after ${cardsMs.at(-1)} ms`);
  }
  const detailsMs = seen.doneAt - seen.startedAt;
  return {
    name: 'sync-day',
    claim: `A ${appointments}-appointment day at the vendor's published limits: cards within 3 s, details within 1.1 × what the limits dictate.`,
    tables: [
      {
        title: "from the sync job's start to the screen",
        rows: [
          { step: `all ${people} cards on screen`, s: spreadOf(cardsMs).median / 1_000 },
          { step: 'all details read and on screen', s: detailsMs / 1_000 },
          {
            step: `dictated: ${people} × ${gapMs} ms, the published gap with our margin`,
            s: (people * gapMs) / 1_000,
          },
          {
            step: `${people} × ${publishedGapMs} ms, the bare published gap`,
            s: (people * publishedGapMs) / 1_000,
          },
        ],
      },
    ],
    figures: [
      figure('cards on screen', 'ms', cardsMs, { op: '<=', value: cardsMsMax }),
      figure('details / dictated time as paced', 'ratio', [detailsMs / (people * gapMs)], detailsBound),
      figure('details / bare published gap', 'ratio', [detailsMs / (people * publishedGapMs)]),
    ],
    notes: [
      "Each round has a seed of its own: of the time until the cards, most is the simulator's own answer to the list call, a median of 1.1 s with a long tail.",
      'The simulator refuses calls inside the published gaps and answers with realistic latencies.',
      'A call at exactly the published gap is still refused now and then (two calls may travel at different speeds), so 250 ms are added to it.',
    ],
  };
}

export const syncDay: Bench = { name: 'sync-day', run };
