import { Text } from '@mantine/core';
import { type RoomFace, RoomTile } from '../rooms/room-tile.tsx';
import rail from '../rooms/rooms-rail.module.css';
import { PickDialog } from './pick-dialog.tsx';

export type RoomChoice = { face: RoomFace; isFree: boolean; isCurrent: boolean };

type Props = {
  title: string;
  patientName: string;
  choices: readonly RoomChoice[];
  /** Label of a choice without a room, such as `No room yet`; null when a room is required. */
  noneLabel: string | null;
  onPick: (roomId: string | null) => void;
  onClose: () => void;
};

/** Free rooms first and in reach; taken ones below, with who has them. */
export function RoomDialog({ title, patientName, choices, noneLabel, onPick, onClose }: Props) {
  const free = choices.filter((each) => each.isFree && !each.isCurrent);
  const taken = choices.filter((each) => !each.isFree || each.isCurrent);
  return (
    <PickDialog
      title={title}
      patientName={patientName}
      size="lg"
      noneLabel={noneLabel}
      onNone={() => onPick(null)}
      onClose={onClose}
    >
      {free.length === 0 && <Text>No room is free. Clean one or move someone first.</Text>}
      <section className={rail.list} aria-label="Free rooms">
        {free.map(({ face }) => (
          <RoomTile key={face.id} face={face} onClick={() => onPick(face.id)} />
        ))}
      </section>
      {taken.length > 0 && (
        <>
          <Text size="sm" c="dimmed">
            Not free
          </Text>
          <section className={rail.list} aria-label="Rooms that are not free">
            {taken.map(({ face }) => (
              <RoomTile key={face.id} face={face} disabled />
            ))}
          </section>
        </>
      )}
    </PickDialog>
  );
}
