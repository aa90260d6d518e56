/** Whether the EHR has what the board says of one visit: words for its card, its panel and the list in the header. */
import type { Day, Visit } from '@workflow-bolt/contracts';
import { type SyncState, syncOf, type VisitSync } from '@workflow-bolt/domain';
import { clockTime } from '../format/clock.ts';
import { ehrStatusWords, writeFailureWords } from './ehr-words.ts';

export type SyncMark = {
  state: SyncState;
  /** Two or three words. */
  text: string;
  /** One sentence, with the reason and since when. */
  detail: string;
};

function sinceWords(day: Day, since: number | null): string {
  return since === null ? '' : ` Since ${clockTime(day.zone, since)}.`;
}

type Words = Pick<SyncMark, 'text' | 'detail'>;

function offWords(reason: string | null): Words {
  const detail =
    reason === 'imported'
      ? 'Imported from a list: it is not written to the EHR.'
      : 'Nothing is written to the EHR from this board.';
  return { text: 'Not written', detail };
}

function waitingWords({ reason, word, since }: VisitSync, day: Day): Words {
  const status = ehrStatusWords(word);
  if (reason === 'dry-run')
    return { text: `Would write: ${status}`, detail: `A dry run: “${status}” would be written to the EHR.` };
  return {
    text: 'Not in the EHR yet',
    detail: `“${status}” waits to be written to the EHR.${sinceWords(day, since)}`,
  };
}

function failedWords({ reason, since }: VisitSync, day: Day): Words {
  const why = writeFailureWords(reason);
  return { text: `Not written: ${why}`, detail: `Not written: ${why}.${sinceWords(day, since)}` };
}

function conflictWords({ conflict }: Visit, day: Day): Words {
  const isSetAside = conflict?.laterAt !== undefined;
  return {
    text: isSetAside ? 'EHR conflict, put off' : 'EHR conflict',
    detail: `The EHR and the board say different things.${sinceWords(day, conflict?.since ?? null)}`,
  };
}

/** What is said of a visit's standing with the EHR. */
export function syncMark(visit: Visit, day: Day): SyncMark {
  const sync = syncOf(visit, day);
  const { state } = sync;
  switch (state) {
    case 'in-sync':
      return { state, text: 'In step with the EHR', detail: 'Nothing waits to be written to the EHR.' };
    case 'waiting':
      return { state, ...waitingWords(sync, day) };
    case 'failed':
      return { state, ...failedWords(sync, day) };
    case 'conflict':
      return { state, ...conflictWords(visit, day) };
    case 'off':
      return { state, ...offWords(sync.reason) };
  }
}
