import { ActionIcon, Button } from '@mantine/core';
import { IconCheck, IconCloudCheck, IconDoor, IconPinFilled, IconWalk } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useId } from 'react';
import type { ConflictChoice } from '../model/conflict-face.ts';
import { CardChip } from './card-chip.tsx';
import type { CardFace } from './card-face.ts';
import classes from './card-view.module.css';
import { ConflictPanel } from './conflict-panel.tsx';

type Props = {
  face: CardFace;
  /** The running clock; apart, because it alone changes with time. */
  wait: ReactNode;
  menu: ReactNode;
  /** Null when this role has no next step here. */
  next: { label: string; onPress: () => void } | null;
  /** A question that time has raised, such as a no-show. */
  extra: { label: string; onPress: () => void } | null;
  onOpen: () => void;
  onRoom: (() => void) | null;
  onToggleCheckIn: (() => void) | null;
  /** Null when this role may only look at a conflict. */
  onResolve: ((choice: ConflictChoice) => void) | null;
};

function Facts({ face }: { face: CardFace }) {
  return (
    <>
      <p className={classes.reason} title={face.reasonLine}>
        <span className={classes.time}>
          {face.isWalkIn && <IconWalk size={15} aria-hidden />}
          {face.timeText}
        </span>{' '}
        {face.reasonLine}
      </p>
      <p className={classes.facts}>
        {face.dobLine && <span>{face.dobLine}</span>}
        <span className={classes.provider}>
          <span className={classes.dot} style={{ backgroundColor: face.providerColor }} aria-hidden />
          {face.providerName}
        </span>
        {face.isInEhr && (
          <IconCloudCheck
            size={15}
            role="img"
            aria-label="In step with the EHR"
            className={classes.inEhr}
            data-part="in-ehr"
          />
        )}
      </p>
    </>
  );
}

function RoomButton({ face, onRoom }: Pick<Props, 'face' | 'onRoom'>) {
  if (!face.roomText) return null;
  const content = (
    <>
      <IconDoor size={15} aria-hidden />
      {face.roomText}
    </>
  );
  const name = face.isRoomMissing ? 'Choose room' : `Room: ${face.roomText}`;
  if (!onRoom) return <span className={classes.room}>{content}</span>;
  return (
    <button
      type="button"
      className={classes.room}
      data-missing={face.isRoomMissing || undefined}
      onClick={onRoom}
      aria-label={name}
    >
      {content}
    </button>
  );
}

function CheckInTick({ face, onToggle }: { face: CardFace; onToggle: (() => void) | null }) {
  if (face.isCheckInCompleted === null) return null;
  if (!onToggle) {
    return face.isCheckInCompleted ? (
      <span className={classes.tick} data-on>
        <IconCheck size={14} aria-hidden /> Papers done
      </span>
    ) : null;
  }
  return (
    <button
      type="button"
      className={classes.tick}
      data-on={face.isCheckInCompleted || undefined}
      aria-pressed={face.isCheckInCompleted}
      onClick={onToggle}
    >
      <span className={classes.tickBox}>{face.isCheckInCompleted && <IconCheck size={13} stroke={3} />}</span>
      Papers done
    </button>
  );
}

/** One visit as a card. Draws only; every word on it was decided before. */
export function CardView(props: Props) {
  const { face, wait, menu, next, extra, onOpen, onRoom, onToggleCheckIn } = props;
  const nameId = useId();
  // A card that offers no step needs no line for it.
  const hasActions = next !== null || extra !== null;
  return (
    <article
      className={classes.card}
      aria-labelledby={nameId}
      aria-busy={face.isPending || undefined}
      data-visit={face.visitId}
      data-pending={face.isPending || undefined}
      data-attention={face.hasAttention || undefined}
      data-moved={face.isFresh || undefined}
      style={{ borderInlineStartColor: face.providerColor }}
    >
      <header className={classes.top}>
        <button
          type="button"
          className={classes.name}
          id={nameId}
          data-part="name"
          onClick={onOpen}
          title={face.name}
        >
          <bdi>{face.name}</bdi>
        </button>
        {face.isPinned && <IconPinFilled size={15} className={classes.pin} aria-label="Pinned" />}
        {!hasActions && menu}
      </header>
      <Facts face={face} />
      {face.endedText && <p className={classes.ended}>{face.endedText}</p>}
      <div className={classes.row}>
        {wait}
        <RoomButton face={face} onRoom={onRoom} />
        <CheckInTick face={face} onToggle={onToggleCheckIn} />
        {face.chips.length > 0 && (
          <ul className={classes.chips}>
            {face.chips.map((chip) => (
              <CardChip key={chip.key} chip={chip} />
            ))}
          </ul>
        )}
      </div>
      {face.conflict && (
        <ConflictPanel face={face.conflict} patientName={face.name} onChoose={props.onResolve} />
      )}
      {hasActions && (
        <footer className={classes.actions}>
          {next ? (
            <Button
              className={classes.next}
              variant="light"
              size="sm"
              fullWidth
              onClick={next.onPress}
              aria-describedby={nameId}
              data-part="next"
            >
              {next.label}
            </Button>
          ) : (
            <span className={classes.noNext} />
          )}
          {extra && (
            <Button
              className={classes.extra}
              variant="default"
              size="sm"
              onClick={extra.onPress}
              aria-describedby={nameId}
            >
              {extra.label}
            </Button>
          )}
          {menu}
        </footer>
      )}
    </article>
  );
}

/** The closed state of a card's menu: a plain button, since a board may hold hundreds. */
export function MenuButton({ name, ...rest }: { name: string; onClick?: () => void }) {
  return (
    <ActionIcon
      variant="default"
      size={36}
      className={classes.menu}
      aria-label={name}
      data-part="menu"
      {...rest}
    >
      <span aria-hidden className={classes.menuDots}>
        ⋯
      </span>
    </ActionIcon>
  );
}
