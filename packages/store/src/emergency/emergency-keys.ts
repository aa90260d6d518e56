import type { KeyRow } from '../keys.ts';

export const emergencyKeyRows: readonly KeyRow[] = [
  {
    name: '{bg:<clinic>}:all',
    type: 'hash',
    content: 'id → emergency access: who, which visit, when; reason sealed',
    life: '6 years',
  },
  {
    name: '{bg:<clinic>}:open',
    type: 'hash',
    content: 'id → `<uid>|<date>|<visit id>|<opened>|<expires>`',
    life: '1 h',
  },
  { name: '{bg:<clinic>}:ended', type: 'hash', content: 'id → when it was ended early', life: '6 years' },
  { name: '{bg:<clinic>}:review', type: 'hash', content: 'id → outcome; comment sealed', life: '6 years' },
  {
    name: '{bg:<clinic>}:list',
    type: 'hash',
    content: 'uid → `<by>|<at>` of who may break the glass',
    life: 'until removed',
  },
  { name: 'ch:{bg}', type: 'channel', content: 'clinic in which an emergency access changed', life: '-' },
];

export const emergencyChannel = 'ch:{bg}';

export const emergencyKeys = (clinic: string) => {
  const tag = `{bg:${clinic}}`;
  return {
    all: `${tag}:all`,
    open: `${tag}:open`,
    ended: `${tag}:ended`,
    review: `${tag}:review`,
    list: `${tag}:list`,
  };
};
