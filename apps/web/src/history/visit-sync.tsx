import { Button } from '@mantine/core';
import {
  IconCloudCheck,
  IconCloudExclamation,
  IconCloudOff,
  IconCloudUp,
  type TablerIcon,
} from '@tabler/icons-react';
import type { Day } from '@workflow-bolt/contracts';
import { permissions, type SyncState, seesEhr } from '@workflow-bolt/domain';
import { useBoard } from '@workflow-bolt/react';
import { useBoardActions } from '../board/board-actions.ts';
import { useBoardUi } from '../board/board-ui.ts';
import { ConflictPanel } from '../card/conflict-panel.tsx';
import { conflictFace } from '../model/conflict-face.ts';
import { findVisit, patientName } from '../model/entities.ts';
import { syncMark } from '../model/sync-mark.ts';
import classes from './visit-sync.module.css';

const icons: Record<Exclude<SyncState, 'conflict'>, TablerIcon> = {
  'in-sync': IconCloudCheck,
  waiting: IconCloudUp,
  failed: IconCloudExclamation,
  off: IconCloudOff,
};

/** Whether the EHR has what the board says of one visit, and what can be done when it has not. */
export function VisitSync({ visitId, day }: { visitId: string; day: Day }) {
  const visit = useBoard(({ entities }) => findVisit(entities, visitId));
  const name = useBoard(({ entities }) => patientName(entities, visitId));
  const { role } = useBoardUi().actor;
  const { send } = useBoardActions();
  if (!visit || !seesEhr([role])) return null;
  const { conflict } = visit;
  const mark = syncMark(visit, day);
  if (conflict) {
    const canResolve = permissions.resolveConflict.includes(role);
    return (
      <div className={classes.conflict}>
        <ConflictPanel
          face={conflictFace({ ...visit, conflict }, day)}
          patientName={name}
          onChoose={canResolve ? (choice) => send({ type: 'resolveConflict', visitId, choice }) : null}
        />
      </div>
    );
  }
  if (mark.state === 'conflict') return null;
  const Icon = icons[mark.state];
  return (
    <p className={classes.line} data-state={mark.state}>
      <Icon size={18} aria-hidden />
      <span className={classes.words}>{mark.detail}</span>
      {mark.state === 'failed' && permissions.retryWrite.includes(role) && (
        <Button size="compact-sm" variant="default" onClick={() => send({ type: 'retryWrite', visitId })}>
          Try again
        </Button>
      )}
    </p>
  );
}
