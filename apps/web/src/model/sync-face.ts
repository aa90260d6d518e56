import type { Sync } from '@workflow-bolt/contracts';
import { clockTime } from '../format/clock.ts';
import { plural } from '../format/duration.ts';
import type { SyncFace } from '../header/sync-state-view.tsx';

/** What the server last said about the EHR; null while unknown. */
type Ehr = { isOk: boolean; lastGoodAt: number | null } | null;

function lastGood(sync: Sync, zone: string): string {
  return sync.lastGoodAt === null ? 'never' : clockTime(zone, sync.lastGoodAt);
}

function headline(sync: Sync, zone: string): Pick<SyncFace, 'tone' | 'text'> {
  switch (sync.phase) {
    case 'queued':
    case 'listing':
      return { tone: 'running', text: 'EHR: reading' };
    case 'details':
      return { tone: 'running', text: `EHR: ${sync.detailsDone} of ${sync.detailsTotal} details` };
    case 'failed':
      return { tone: 'red', text: `EHR away since ${lastGood(sync, zone)}` };
    case 'never':
      return { tone: 'amber', text: 'EHR not read yet' };
    case 'done':
      return { tone: sync.quarantined.length > 0 ? 'amber' : 'calm', text: `EHR ${lastGood(sync, zone)}` };
  }
}

/** What the header says about the EHR; rows that were set aside are always named. */
export function syncFace(sync: Sync | null, ehr: Ehr, zone: string): SyncFace {
  if (!sync)
    return {
      tone: 'amber',
      text: 'EHR not read yet',
      lines: ['The schedule has not been read yet.'],
      isAway: ehr !== null && !ehr.isOk,
    };
  const lines = [
    `Last complete answer: ${lastGood(sync, zone)}.`,
    `${plural(sync.cards, 'appointment')} read.`,
  ];
  if (sync.phase === 'details')
    lines.push(`Patient details: ${sync.detailsDone} of ${sync.detailsTotal}, at the pace the EHR allows.`);
  if (sync.failure) lines.push(`The last attempt failed: ${sync.failure.message}`);
  for (const { reason, count } of sync.quarantined)
    lines.push(`${plural(count, 'row')} set aside: ${reason}.`);
  const isAway = (ehr !== null && !ehr.isOk) || sync.phase === 'failed';
  if (ehr !== null && !ehr.isOk)
    lines.unshift('The EHR does not answer at present. The board goes on without it.');
  const head = headline(sync, zone);
  return {
    ...(isAway ? { tone: 'red' as const, text: `EHR away since ${lastGood(sync, zone)}` } : head),
    lines,
    isAway,
  };
}

export const isSyncRunning = (sync: Sync | null): boolean =>
  sync !== null && ['queued', 'listing', 'details'].includes(sync.phase);
