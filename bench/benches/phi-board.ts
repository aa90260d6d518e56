/** What sealing costs: opening a whole board cold, and sealing what one step writes. */
import { join } from 'node:path';
import type { Entity, EntityId } from '@workflow-bolt/contracts';
import { type BoardCodec, openVault, plainCodec } from '@workflow-bolt/store';
import { boardAt, makeBenchDay } from '../day/bench-day.ts';
import { bookedState } from '../day/booked-state.ts';
import { ownDir, releaseDir } from '../processes/owned-dir.ts';
import { type Bench, type BenchReport, type BenchSetting, figure, ratios } from '../report/bench-report.ts';

const visits = 400;
const coldMsMax = 30;
/** Rounds are short; many of them make the median steady. */
const coldRounds = { full: 25, quick: 9 } as const;
const sealsPerRound = 2_000;

type Stored = { id: EntityId; v: number; text: string };

/** Everything a process does between Redis's answer and a board in memory: keys, opening, parsing. */
async function openCold(codec: BoardCodec, stored: readonly Stored[]): Promise<number> {
  const startedAt = performance.now();
  await codec.open();
  await codec.prepare(stored.map(({ text }) => text));
  for (const { id, v, text } of stored) codec.openEntity(id, text, v);
  return performance.now() - startedAt;
}

/** Microseconds to make the stored form of one visit, as every step does. */
function sealOne(codec: BoardCodec, id: EntityId, entity: Entity): number {
  const startedAt = performance.now();
  for (let i = 0; i < sealsPerRound; i++)
    codec.sealEntity(id, entity, { over: i, commandId: `bench-01:${i}` });
  return ((performance.now() - startedAt) * 1_000) / sealsPerRound;
}

async function run({ isQuick, rounds, log }: BenchSetting): Promise<BenchReport> {
  const dir = ownDir();
  const day = makeBenchDay(visits);
  const board = boardAt(day, 0);
  const vault = () => openVault({ keys: join(dir, 'keys.json'), keyStore: join(dir, 'store') });
  const state = bookedState(day);
  const sealing = vault().board(board);
  await sealing.open();
  await sealing.reserve([...state.entries()].map(([id]) => id));
  const storedBy = (codec: BoardCodec): Stored[] =>
    [...state.entries()].map(([id, { v, d }]) => {
      return { id, v, text: codec.sealEntity(id, d, { over: v - 1, commandId: `booking-0001:${v}` }) };
    });
  const [sealed, plain] = [storedBy(sealing), storedBy(plainCodec)];
  const cold: number[] = [];
  const parsed: number[] = [];
  for (let round = 0; round < (isQuick ? coldRounds.quick : coldRounds.full); round++) {
    cold.push(await openCold(vault().board(board), sealed));
    parsed.push(await openCold(plainCodec, plain));
  }
  log(`phi-board: ${sealed.length} entities opened ${cold.length} times`);
  const [visitId, visit] = [...state.entries()].find(([, { d }]) => d.type === 'visit') ?? [];
  const seals: number[] = [];
  for (let round = 0; visitId && visit && round < rounds; round++)
    seals.push(sealOne(sealing, visitId, visit.d) - sealOne(plainCodec, visitId, visit.d));
  releaseDir(dir);
  const bytes = (texts: readonly Stored[]) => texts.reduce((sum, { text }) => sum + text.length, 0);
  return {
    name: 'phi-board',
    claim: `Decrypting a ${visits}-visit board cold ≤ ${coldMsMax} ms.`,
    tables: [
      {
        title: `A booked day of ${visits} visits as it stands in Redis`,
        rows: [
          { form: 'sealed', entities: sealed.length, bytes: bytes(sealed) },
          { form: 'plain', entities: plain.length, bytes: bytes(plain) },
        ],
      },
    ],
    figures: [
      figure('cold: keys, opening and parsing', 'ms', cold, { op: '<=', value: coldMsMax }),
      figure('of it parsing, were it plain', 'ms', parsed),
      figure('cold / plain', 'ratio', ratios(cold, parsed)),
      figure('sealing the visit of one step', 'µs', seals),
    ],
    notes: [
      'Cold: a new vault that reads the key file, the clinic key, the month key and the data keys from disk.',
      'The first rounds run before the machine code is made; the median does not.',
    ],
  };
}

export const phiBoard: Bench = { name: 'phi-board', run };
