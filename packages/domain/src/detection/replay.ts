/** Plays a trace of signals against the rules, with the windows in memory: for fixtures, and for trying out a rule. */
import type { Alert } from '@workflow-bolt/contracts';
import { type AlertDraft, alertsOf, asksOf, type WindowAsk } from './detect.ts';
import type { Signal } from './signal.ts';

/** Sliding windows as the servers keep them in Redis. */
export class WindowMemory {
  readonly #windows = new Map<string, Map<string, number>>();

  /** Adds the member at this time (epoch ms) and returns how many there are within the window. */
  count({ rule, subject, window, member, spanMs }: WindowAsk, at: number): number {
    const key = `${rule} ${subject} ${window}`;
    const members = this.#windows.get(key) ?? new Map<string, number>();
    this.#windows.set(key, members);
    members.set(member, at);
    for (const [each, seenAt] of members) if (seenAt <= at - spanMs) members.delete(each);
    return members.size;
  }
}

export type Replayed = Pick<AlertDraft, 'rule' | 'uid' | 'network' | 'count' | 'responses' | 'severity'>;

/** The alerts of a trace, each matter once, in the order in which they would be raised. */
export function replay(trace: readonly Signal[], honey: ReadonlySet<string> = new Set()): Replayed[] {
  const memory = new WindowMemory();
  const raised = new Map<string, Replayed>();
  for (const signal of trace) {
    const counts = asksOf(signal, honey).map((ask) => memory.count(ask, signal.at));
    for (const draft of alertsOf(signal, honey, counts)) {
      const { rule, uid, network, count, responses, severity } = draft;
      if (!raised.has(draft.matter)) {
        raised.set(draft.matter, { rule, uid, network, count, responses, severity });
      }
    }
  }
  return [...raised.values()];
}

/** The rules that a trace sets off, in order; a rule appears once for each matter. */
export const rulesSetOff = (trace: readonly Signal[], honey?: ReadonlySet<string>): Alert['rule'][] =>
  replay(trace, honey).map(({ rule }) => rule);
