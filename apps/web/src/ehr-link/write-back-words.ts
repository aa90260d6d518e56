/** The mode of write-back, as a person says it. */
import { type WriteBackMode, type WriteBackState, writeBackModes } from '@workflow-bolt/contracts';
import { moment } from '../format/moment.ts';

export type ModeFace = { name: string; tone: 'plain' | 'calm' | 'amber'; meaning: string };

export const modeFaces: Record<WriteBackMode, ModeFace> = {
  off: { name: 'Off', tone: 'plain', meaning: 'Nothing is written to the EHR.' },
  'dry-run': {
    name: 'Dry run',
    tone: 'amber',
    meaning: 'It reads, compares and shows what it would write, and writes nothing.',
  },
  on: { name: 'On', tone: 'calm', meaning: 'Each step on the board is written to the EHR.' },
};

const tightness = (mode: WriteBackMode): number => writeBackModes.indexOf(mode);

/** The modes that a person may switch to: none beyond the clinic's file, and not the one in force. */
export const offeredModes = ({ mode, allowed }: WriteBackState): WriteBackMode[] =>
  writeBackModes.filter((each) => each !== mode && tightness(each) <= tightness(allowed));

/** What is in force, since when and by whom, and what the file allows. */
export function modeLines({ mode, allowed, setting }: WriteBackState): string[] {
  const since =
    setting === null
      ? 'As the clinic’s file says; nobody has switched it.'
      : `Switched to “${modeFaces[setting.mode].name}” ${moment(setting.at)} by ${setting.by}: ${setting.reason}.`;
  const limit = allowed === 'on' ? [] : [`The clinic’s file allows “${modeFaces[allowed].name}” at most.`];
  return [modeFaces[mode].meaning, since, ...limit];
}
