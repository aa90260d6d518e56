import type { HistoryLine } from './history.ts';
import type { CasInput, CasOutput, VersionedState } from './models.ts';

/** One step of a simulated process; fast-check draws lists of them. */
export interface SimulatedStep {
  readonly proc: number;
  readonly f: 'read' | 'cas' | 'occupy' | 'release';
  /** Microseconds before the call, and of the call itself. */
  readonly gapUs: number;
  readonly durationUs: number;
  /** Where in the call its effect lies, from 0 to 1. */
  readonly effectAt: number;
  readonly outcome: 'ok' | 'info-done' | 'info-not-done';
  /** How many versions the writer is behind, or which visit. */
  readonly choice: number;
}

interface Planned {
  readonly step: SimulatedStep;
  readonly opId: string;
  readonly startUs: number;
  readonly effectUs: number;
  readonly endUs: number;
}

/** A system with one state and one thread; gives the input and the answer of a step in the present state. */
export type AtomicSystem = (step: SimulatedStep, opId: string) => { input: unknown; output: unknown };

/** A history that is linearizable by construction: every effect happens at one moment within its call. */
export function simulateHistory(
  steps: readonly SimulatedStep[],
  key: string,
  system: AtomicSystem,
): HistoryLine[] {
  const planned = plan(steps);
  const lines: HistoryLine[] = [];
  for (const { step, opId, startUs, endUs } of [...planned].sort((a, b) => a.effectUs - b.effectUs)) {
    const line = { proc: `p${step.proc}`, f: step.f, key, opId };
    if (step.outcome === 'info-not-done') {
      lines.push({ ...line, t_us: startUs, type: 'invoke', value: idleInput(step) });
      lines.push({ ...line, t_us: endUs, type: 'info', value: null });
      continue;
    }
    const { input, output } = system(step, opId);
    lines.push({ ...line, t_us: startUs, type: 'invoke', value: input });
    const isKnown = step.outcome === 'ok';
    lines.push({ ...line, t_us: endUs, type: isKnown ? 'ok' : 'info', value: isKnown ? output : null });
  }
  return lines.sort((a, b) => a.t_us - b.t_us);
}

function plan(steps: readonly SimulatedStep[]): Planned[] {
  const clocks = new Map<number, number>();
  return steps.map((step, i) => {
    const startUs = (clocks.get(step.proc) ?? 0) + step.gapUs + 1;
    const endUs = startUs + step.durationUs + 1;
    clocks.set(step.proc, endUs);
    return { step, opId: `op${i}`, startUs, endUs, effectUs: startUs + step.effectAt * step.durationUs };
  });
}

function idleInput(step: SimulatedStep): unknown {
  if (step.f === 'read') return null;
  return step.f === 'cas' ? { expectedVersion: 0, value: 'never' } : { visit: `v${step.choice}` };
}

/** A versioned register as the visit model wants it. */
export function atomicRegister(): AtomicSystem {
  let state: VersionedState = { version: 0, value: null };
  return ({ f, choice }, opId) => {
    if (f === 'read') return { input: null, output: state };
    const input: CasInput = { expectedVersion: Math.max(0, state.version - (choice % 2)), value: opId };
    if (input.expectedVersion !== state.version) {
      const output: CasOutput = { outcome: 'conflict' };
      return { input, output };
    }
    state = { version: state.version + 1, value: opId };
    return { input, output: { outcome: 'done', version: state.version } satisfies CasOutput };
  };
}

/** A room as the occupancy model wants it. */
export function atomicRoom(capacity: number): AtomicSystem {
  let state: string[] = [];
  return ({ f, choice }) => {
    const visit = `v${choice}`;
    if (f === 'read') return { input: null, output: [...state] };
    const isIn = state.includes(visit);
    if (f === 'release') {
      state = state.filter((one) => one !== visit);
      return { input: { visit }, output: isIn ? 'done' : 'absent' };
    }
    if (!isIn && state.length >= capacity) return { input: { visit }, output: 'full' };
    if (!isIn) state = [...state, visit];
    return { input: { visit }, output: 'done' };
  };
}
