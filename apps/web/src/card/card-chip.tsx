import {
  IconAlertTriangle,
  IconArrowsSplit2,
  IconCheck,
  IconClockUp,
  IconCloudExclamation,
  IconCloudQuestion,
  IconCloudUp,
  IconDisabled,
  IconEyeOff,
  IconInfoCircle,
  IconLanguage,
  IconLink,
  IconLogout2,
  IconNote,
  IconUsers,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import classes from './card-chip.module.css';

export type ChipKind =
  | 'pending'
  | 'attention'
  | 'conflict'
  | 'ehr-waiting'
  | 'ehr-failed'
  | 'ehr-unknown'
  | 'ehr-removed'
  | 'same-name'
  | 'linked'
  | 'stepped-out'
  | 'alert'
  | 'note'
  | 'interpreter'
  | 'mobility'
  | 'privacy'
  | 'confirmed'
  | 'info';

export type Chip = {
  key: string;
  kind: ChipKind;
  tone: 'plain' | 'info' | 'amber' | 'red';
  text: string;
  title?: string;
};

const icons: Record<ChipKind, ComponentType<{ size?: number; 'aria-hidden'?: boolean }>> = {
  pending: IconClockUp,
  attention: IconAlertTriangle,
  conflict: IconArrowsSplit2,
  'ehr-waiting': IconCloudUp,
  'ehr-failed': IconCloudExclamation,
  'ehr-unknown': IconCloudQuestion,
  'ehr-removed': IconCloudQuestion,
  'same-name': IconUsers,
  linked: IconLink,
  'stepped-out': IconLogout2,
  alert: IconAlertTriangle,
  note: IconNote,
  interpreter: IconLanguage,
  mobility: IconDisabled,
  privacy: IconEyeOff,
  confirmed: IconCheck,
  info: IconInfoCircle,
};

/** A short fact on a card: icon and words, coloured by its tone. */
export function CardChip({ chip }: { chip: Chip }) {
  const Icon = icons[chip.kind];
  return (
    <li className={classes.chip} data-tone={chip.tone} data-kind={chip.kind} title={chip.title ?? chip.text}>
      <Icon size={14} aria-hidden />
      <span className={classes.text}>{chip.text}</span>
    </li>
  );
}
