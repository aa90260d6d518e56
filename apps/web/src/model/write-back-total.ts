/** What the whole board has not told the EHR yet: the number in the header and the visits behind it. */
import type { Day, Visit } from '@workflow-bolt/contracts';
import { isHidden } from '@workflow-bolt/domain';
import { type Entities, listVisits, patientName } from './entities.ts';
import { type SyncMark, syncMark } from './sync-mark.ts';

export type OpenVisit = { visitId: string; name: string; mark: SyncMark };
export type WriteBackTotal = {
  tone: 'calm' | 'plain' | 'amber' | 'red';
  /** `Not written back: 7`. */
  text: string;
  /** The bare number, for a narrow header; empty for none. */
  count: string;
  lines: readonly string[];
  /** Conflicts first, then what failed, then what waits; by name. */
  open: readonly OpenVisit[];
};

const urgency = { conflict: 0, failed: 1, waiting: 2 } as const;
type OpenState = keyof typeof urgency;
const isOpen = (state: string): state is OpenState => Object.hasOwn(urgency, state);
const tones = { conflict: 'red', failed: 'amber', waiting: 'plain' } as const;

function openVisits(entities: Entities, day: Day): OpenVisit[] {
  const marked = listVisits(entities)
    .filter((visit: Visit) => !isHidden(visit.status))
    .map((visit) => ({
      visitId: visit.id,
      name: patientName(entities, visit.id),
      mark: syncMark(visit, day),
    }));
  const rank = ({ mark }: OpenVisit): number => (isOpen(mark.state) ? urgency[mark.state] : 3);
  return marked
    .filter(({ mark }) => isOpen(mark.state))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

const counted = (open: readonly OpenVisit[], state: OpenState): number =>
  open.filter(({ mark }) => mark.state === state).length;

function linesOf(open: readonly OpenVisit[], mode: NonNullable<Day['writeBack']>, isAway: boolean): string[] {
  if (mode === 'off') return ['Nothing is written to the EHR from this board.'];
  if (mode === 'dry-run') return ['A dry run: it reads and compares, and writes nothing to the EHR.'];
  if (open.length === 0) return ['The EHR has everything that this board has to tell it.'];
  const parts = (['conflict', 'failed', 'waiting'] as const).flatMap((state) => {
    const count = counted(open, state);
    const word = { conflict: 'to decide', failed: 'failed', waiting: 'waiting' }[state];
    return count === 0 ? [] : [`${count} ${word}`];
  });
  const why = isAway ? ['They are written by themselves as soon as the EHR answers again.'] : [];
  return [`${parts.join(', ')}.`, ...why];
}

function totalText(count: number, isDryRun: boolean): string {
  if (isDryRun) return count === 0 ? 'EHR dry run' : `EHR dry run: ${count}`;
  return count === 0 ? 'All written back' : `Not written back: ${count}`;
}

/** Null where a board neither writes nor has anything to decide: there is nothing to say. */
export function writeBackTotal(entities: Entities, day: Day, isAway: boolean): WriteBackTotal | null {
  const mode = day.writeBack ?? 'off';
  const open = openVisits(entities, day);
  if (mode === 'off' && open.length === 0) return null;
  const [worst] = open;
  const state = worst && isOpen(worst.mark.state) ? worst.mark.state : null;
  const isDryRun = mode === 'dry-run';
  return {
    tone: state === null ? 'calm' : tones[state],
    text: totalText(open.length, isDryRun),
    count: open.length === 0 ? '' : `${open.length}`,
    lines: linesOf(open, mode, isAway),
    open,
  };
}
