import {
  IconAlertOctagonFilled,
  IconBan,
  IconBookmark,
  IconCircleCheck,
  IconSparkles,
  IconUser,
  IconUsers,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import classes from './room-tile.module.css';

/** `shared` is a place or suite that still takes patients. */
export type RoomLook = 'available' | 'shared' | 'reserved' | 'occupied' | 'needs-cleaning' | 'out-of-service';

export type RoomFace = {
  id: string;
  name: string;
  look: RoomLook;
  /** `Available`, `Needs cleaning` … */
  stateText: string;
  /** The same where room is scarce: `To clean`. */
  shortText: string;
  /** Who is in it or whom it is held for; the reason it is out of service. */
  detail: string | null;
  /** Time in the present state; null where it means nothing. */
  since: string | null;
  isOverdue: boolean;
};

const icons: Record<RoomLook, ComponentType<{ size?: number; 'aria-hidden'?: boolean }>> = {
  available: IconCircleCheck,
  shared: IconUsers,
  reserved: IconBookmark,
  occupied: IconUser,
  'needs-cleaning': IconSparkles,
  'out-of-service': IconBan,
};

/** One room as a button that opens its actions. */
export function RoomTile({
  face,
  className,
  ...button
}: { face: RoomFace } & React.ComponentProps<'button'>) {
  const Icon = face.isOverdue ? IconAlertOctagonFilled : icons[face.look];
  const parts = [face.name, face.stateText, face.detail, face.since, face.isOverdue ? 'overdue' : null];
  return (
    <button
      type="button"
      className={[classes.tile, className].filter(Boolean).join(' ')}
      data-look={face.look}
      data-overdue={face.isOverdue || undefined}
      data-room={face.id}
      aria-label={parts.filter(Boolean).join(', ')}
      {...button}
    >
      <span className={classes.name}>{face.name}</span>
      <span className={classes.state}>
        <Icon size={14} aria-hidden />
        {face.shortText}
      </span>
      <span className={classes.detail}>
        <span className={classes.who}>{face.detail ?? ' '}</span>
        {face.since && <span className={classes.since}>{face.since}</span>}
      </span>
    </button>
  );
}
