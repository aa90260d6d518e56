import type { Day } from '@workflow-bolt/contracts';
import { type OpenVisit, openVisitsOf, statusInfo } from '@workflow-bolt/domain';
import { useBoardClient } from '@workflow-bolt/react';
import { useBoardActions } from '../board/board-actions.ts';
import { useEntities } from '../board/board-parts.ts';
import { clockTime } from '../format/clock.ts';
import { type Entities, findDay, findVisit, patientName } from '../model/entities.ts';
import { writeBackTotal } from '../model/write-back-total.ts';
import { CloseDayDialog, type OpenRow, ReopenDayDialog, StartCloseDialog } from './close-day-dialog.tsx';

function rowOf(entities: Entities, zone: string, { visitId, status }: OpenVisit): OpenRow {
  const startAt = findVisit(entities, visitId)?.startAt ?? null;
  const time = startAt === null ? '' : `, ${clockTime(zone, startAt)}`;
  return { visitId, name: patientName(entities, visitId), detail: `${statusInfo[status].label}${time}` };
}

/** What was not written back, with what a person can still do about it. */
function owedRows(entities: Entities, day: Day): OpenRow[] {
  const open = writeBackTotal(entities, day, false)?.open ?? [];
  const isOwed = ({ mark }: (typeof open)[number]) => day.writeBack === 'on' || mark.state === 'conflict';
  return open.filter(isOwed).map(({ visitId, name, mark }) => ({ visitId, name, detail: mark.text }));
}

/** The end of a day, in whichever of its three states it is. */
export function CloseDay({ close }: { close: () => void }) {
  const client = useBoardClient();
  const { send } = useBoardActions();
  const entities = useEntities();
  const day = findDay(entities);
  if (!day) return null;
  const view = {
    get: (id: Parameters<Entities['get']>[0]) => entities.get(id),
    entries: () => entities.entries(),
  };
  const open = openVisitsOf(view, day, client.nowMs());
  const rows = (isProposed: boolean) =>
    open
      .filter(({ kind }) => (kind === 'no-show') === isProposed)
      .map((each) => rowOf(entities, day.zone, each));
  const owed = owedRows(entities, day);
  const say = (command: Parameters<typeof send>[0]) => {
    send(command);
    close();
  };
  if (day.state === 'closed') {
    return <ReopenDayDialog onReopen={(reason) => say({ type: 'reopenDay', reason })} onClose={close} />;
  }
  if (day.state === 'open') {
    const all = [...rows(true), ...rows(false)];
    return (
      <StartCloseDialog
        rows={all}
        owed={owed}
        onStart={() => send({ type: 'startDayClose' })}
        onClose={close}
      />
    );
  }
  return (
    <CloseDayDialog
      proposed={rows(true)}
      unsettled={rows(false)}
      owed={owed}
      onCloseDay={(noShows) => say({ type: 'closeDay', noShows })}
      onKeepOpen={() => say({ type: 'reopenDay' })}
      onClose={close}
    />
  );
}
