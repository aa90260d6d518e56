import type { SystemState, SystemSummary } from '@workflow-bolt/contracts';
import { describeSystem } from '@workflow-bolt/domain';

export type SystemFace = {
  state: Exclude<SystemState, 'live'>;
  tone: 'amber' | 'red';
  word: string;
  meaning: string;
  /** A sentence for each reason, worst first. */
  lines: readonly string[];
};

/** What a screen says of the system beside its own connection; null when there is nothing to say. */
export function systemFace(system: SystemSummary | null): SystemFace | null {
  if (system === null || system.state === 'live') return null;
  const { word, meaning, reasons } = describeSystem(system);
  const tone = system.state === 'degraded' ? 'amber' : 'red';
  return { state: system.state, tone, word, meaning, lines: reasons.map(({ text }) => text) };
}

/** The same in one sentence after the other, for a banner. */
export const systemDetail = ({ meaning, lines }: SystemFace): string => [...lines, meaning].join(' ');
