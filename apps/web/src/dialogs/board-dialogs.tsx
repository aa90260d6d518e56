import type { Day, Visit } from '@workflow-bolt/contracts';
import { useBoard, useBoardClient } from '@workflow-bolt/react';
import { type DialogRequest, useBoardUi } from '../board/board-ui.ts';
import { BreakGlassDialog } from '../emergency/break-glass-dialog.tsx';
import { ImportSchedule } from '../header/import-schedule.tsx';
import { findDay, findVisit, patientName } from '../model/entities.ts';
import { FindPatient } from '../search/find-patient.tsx';
import { CloseDay } from './close-day.tsx';
import { ConfirmSameName } from './confirm-same-name.tsx';
import { EditPerson, NewVisit } from './person-dialogs.tsx';
import { ReserveForRoom, RoomOutOfService } from './room-service-dialogs.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { SignOutDialog } from './sign-out-dialog.tsx';
import { ChooseProvider, ChooseRoom, ChooseVisitType } from './visit-choice-dialogs.tsx';
import { AskReason, CorrectTime, EditNote, StepOut } from './visit-question-dialogs.tsx';

export type VisitDialogProps = { visit: Visit; day: Day; name: string; close: () => void };

function VisitDialog({ request }: { request: Extract<DialogRequest, { visitId: string }> }) {
  const { openDialog } = useBoardUi();
  const client = useBoardClient();
  const visit = useBoard(({ entities }) => findVisit(entities, request.visitId));
  const day = useBoard(({ entities }) => findDay(entities));
  if (!visit || !day) return null;
  const name = patientName(client.getSnapshot().entities, visit.id);
  const props: VisitDialogProps = { visit, day, name, close: () => openDialog(null) };
  switch (request.kind) {
    case 'reason':
      return <AskReason {...props} to={request.to} />;
    case 'room':
      return <ChooseRoom {...props} purpose={request.purpose} to={null} />;
    case 'room-for-move':
      return <ChooseRoom {...props} purpose="assign" to={request.to} />;
    case 'provider':
      return <ChooseProvider {...props} followedBy={request.followedBy} />;
    case 'visit-type':
      return <ChooseVisitType {...props} />;
    case 'time':
      return <CorrectTime {...props} />;
    case 'note':
      return <EditNote {...props} />;
    case 'step-out':
      return <StepOut {...props} />;
    case 'same-name':
      return <ConfirmSameName {...props} steps={request.steps} />;
    case 'break-glass':
      return <BreakGlassDialog visitId={visit.id} name={name} close={props.close} />;
    case 'person':
      return <EditPerson {...props} />;
  }
}

/** The one open dialog, if any. */
export function BoardDialogs() {
  const { dialog, openDialog } = useBoardUi();
  if (!dialog) return null;
  const close = () => openDialog(null);
  if ('visitId' in dialog) return <VisitDialog key={`${dialog.kind} ${dialog.visitId}`} request={dialog} />;
  switch (dialog.kind) {
    case 'new-visit':
      return <NewVisit close={close} />;
    case 'room-service':
      return <RoomOutOfService roomId={dialog.roomId} close={close} />;
    case 'reserve-for-room':
      return <ReserveForRoom roomId={dialog.roomId} close={close} />;
    case 'close-day':
      return <CloseDay close={close} />;
    case 'find':
      return <FindPatient text={dialog.text} close={close} />;
    case 'import':
      return <ImportSchedule close={close} />;
    case 'sign-out':
      return <SignOutDialog unsent={dialog.unsent} close={close} />;
    case 'shortcuts':
      return <ShortcutsDialog close={close} />;
  }
}
