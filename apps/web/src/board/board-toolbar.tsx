import { Button, Chip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconDoor } from '@tabler/icons-react';
import { useBoard } from '@workflow-bolt/react';
import { useDeferredValue, useMemo } from 'react';
import { listVisits } from '../model/entities.ts';
import { metricTiles } from '../model/metric-tiles.ts';
import { RoomsRail, useFreeRoomCount } from '../rooms/rooms-rail.tsx';
import { useEntities } from './board-parts.ts';
import classes from './board-toolbar.module.css';
import { useBoardUi } from './board-ui.ts';
import { MetricsStrip } from './metrics-strip.tsx';
import { isSameJson, useMinute } from './use-timed.ts';

function Metrics() {
  // Numbers may come a frame after the cards they count.
  const entities = useDeferredValue(useEntities());
  const now = useMinute();
  const day = useBoard((snapshot) => snapshot.day);
  const metrics = useMemo(() => day && metricTiles(listVisits(entities), day, now), [entities, day, now]);
  return metrics && <MetricsStrip metrics={metrics} />;
}

function ProviderFilter() {
  const { filter, setFilter } = useBoardUi();
  const providers = useBoard(({ day }) => day?.providers ?? [], isSameJson);
  if (providers.length < 2) return null;
  return (
    <fieldset className={classes.filter}>
      <legend className={classes.legend}>Providers</legend>
      <Chip.Group
        multiple
        value={[...filter.providerIds]}
        onChange={(providerIds) => setFilter({ ...filter, providerIds })}
      >
        {providers.map(({ id, name, color }) => (
          <Chip key={id} value={id} size="sm" radius="md" variant="outline">
            <span className={classes.provider}>
              <span className={classes.dot} style={{ backgroundColor: color }} aria-hidden />
              {name}
            </span>
          </Chip>
        ))}
      </Chip.Group>
    </fieldset>
  );
}

function RoomsButton() {
  const { openPanel } = useBoardUi();
  const free = useFreeRoomCount();
  return (
    <Button
      className={classes.roomsButton}
      variant="default"
      leftSection={<IconDoor size={18} />}
      onClick={() => openPanel({ kind: 'rooms' })}
    >
      Rooms: {free} free
    </Button>
  );
}

/** The day in numbers, whose patients are shown, and the rooms. */
export function BoardToolbar() {
  const isNarrow = useMediaQuery('(max-width: 860px)') ?? false;
  return (
    <>
      <div className={classes.toolbar}>
        <Metrics />
        <div className={classes.right}>
          <ProviderFilter />
          {isNarrow && <RoomsButton />}
        </div>
      </div>
      {!isNarrow && (
        <div className={classes.rooms}>
          <RoomsRail layout="rail" />
        </div>
      )}
    </>
  );
}
