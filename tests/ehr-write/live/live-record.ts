/** What is left of a day of real processes when it is over, for its judges. */
import { readFileSync } from 'node:fs';
import type { LogFrame, Visit } from '@workflow-bolt/contracts';
import { BoardState, foldFrame, standingWish, syncOf, writeRulesOf } from '@workflow-bolt/domain';
import { canonicalStatus } from '@workflow-bolt/ehr';
import type { EhrSimulator, JournalEntry } from '@workflow-bolt/ehr-simulator';
import { createRedisPort, EhrLink, ehrAccountName, fromUrl } from '@workflow-bolt/store';
import type { RedisServer } from '@workflow-bolt/testkit';
import { BoardTruth } from '../../chaos/board-truth.ts';
import type { ClinicSystem } from '../../system/clinic-system.ts';
import type { BreakerTurn, CaseHeld, DayEnd, ForeignChange, Granted, Wish } from '../day/journal-judges.ts';
import type { SeenBoard } from './live-staff.ts';
import { aloneMessage } from './pace.ts';
import type { TurnRecord } from './turn-record.ts';

export type LiveStage = { system: ClinicSystem; redis: RedisServer; turns: TurnRecord };

export type LiveRecord = {
  readonly journal: readonly JournalEntry[];
  readonly changedElsewhere: readonly ForeignChange[];
  readonly granted: readonly Granted[];
  readonly turns: readonly BreakerTurn[];
  readonly frames: readonly LogFrame[];
  readonly cases: readonly CaseHeld[];
  readonly ends: readonly DayEnd[];
  readonly wishes: ReadonlyMap<number, readonly Wish[]>;
  readonly killed: readonly string[];
  /** Times a worker did not reach the gate in time and went on alone. */
  readonly alone: number;
};

type Cases = ReadonlyMap<number, number | null>;
type Accepted = ReadonlyMap<string, string>;
type Remains = { seen: SeenBoard; accepted: Accepted; cases: Cases; killed: readonly string[] };

/** The billing case of each appointment. */
export function casesIn({ world }: EhrSimulator): Cases {
  return new Map(world.listed().map(({ id, caseId }) => [id, caseId]));
}

export async function recordOf(stage: LiveStage, remains: Remains): Promise<LiveRecord> {
  const { system, redis, turns } = stage;
  const { seen, accepted, cases, killed } = remains;
  const { simulator, clinic, date } = system;
  // Calls first, then the turns: every call that is judged had its turn before.
  const journal = simulator.journal();
  await turns.caughtUp();
  const truth = new BoardTruth(redis.client(), { clinic, date });
  await truth.catchUp();
  const frames = truth.entries.map(({ frame }) => frame);
  const caseNow = (id: number) => simulator.world.find(id)?.caseId ?? null;
  return {
    ...{ journal, frames, killed, granted: turns.granted },
    changedElsewhere: await changesIn(simulator),
    turns: await breakerTurns(stage),
    cases: [...cases].map(([id, before]) => ({ id, before, after: caseNow(id) })),
    ends: seen.visits.map((visit) => endOf(system, { visit, day: seen.day, accepted })),
    wishes: wishesIn(frames),
    alone: aloneIn(system),
  };
}

/** Every change of the breakers, oldest first, by Redis's clock. */
export async function breakerTurns({ redis, system }: LiveStage): Promise<BreakerTurn[]> {
  const port = createRedisPort(fromUrl(redis.url), 'judge');
  await port.connect();
  const account = ehrAccountName(system.simulator.credentials.customerKey);
  const history = await new EhrLink({ port, account, node: 'judge' }).history(1_000);
  await port.close();
  return history.toReversed().map(({ at, lane, to }) => ({ at, lane, state: to }));
}

/** What a card shows, and what the EHR holds. */
export function endOf(
  { simulator }: ClinicSystem,
  { visit, day, accepted }: { visit: Visit; day: SeenBoard['day']; accepted: Accepted },
): DayEnd {
  const { state, reason, word } = syncOf(visit, day);
  const held = simulator.world.find(Number(visit.external?.appointmentId))?.status ?? null;
  const isAccepted = word !== null && accepted.get(visit.id) === word;
  return {
    ...{ visit: visit.id, board: word, shown: state, ehr: canonicalStatus(held).canonical },
    explained: reason ?? (isAccepted ? 'accepted' : null),
  };
}

async function changesIn({ controlUrl }: EhrSimulator): Promise<ForeignChange[]> {
  const answer = await fetch(`${controlUrl}/journal/actions`);
  const actions = (await answer.json()) as { at: string; id: number | null }[];
  return actions.flatMap(({ at, id }) => (id === null ? [] : [{ at: Date.parse(at), id }]));
}

function aloneIn({ workers }: ClinicSystem): number {
  return workers.reduce(
    (sum, { logPath }) => sum + readFileSync(logPath, 'utf8').split(`"${aloneMessage}"`).length - 1,
    0,
  );
}

/** What the board wished for each appointment, folded from its log. A server's clock may be a little behind Redis's. */
function wishesIn(frames: readonly LogFrame[]): Map<number, Wish[]> {
  const state = new BoardState();
  const wishes = new Map<string, Wish[]>();
  const ids = new Map<string, number>();
  for (const [i, frame] of frames.entries()) {
    const changes = foldFrame(state, frame);
    state.apply(changes, i + 1);
    const day = state.get('day')?.d;
    for (const visit of changes.values()) {
      if (visit?.type !== 'visit' || day?.type !== 'day') continue;
      if (visit.external?.appointmentId) ids.set(visit.id, Number(visit.external.appointmentId));
      const status = standingWish(visit, writeRulesOf(day));
      const known = wishes.get(visit.id) ?? [];
      if (status !== null && known.at(-1)?.status !== status) known.push({ at: frame.at - 1_000, status });
      wishes.set(visit.id, known);
    }
  }
  return new Map([...wishes].map(([visitId, list]) => [ids.get(visitId) ?? 0, list]));
}
