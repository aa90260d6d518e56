import type { Milestone, VisitStatus } from '@workflow-bolt/contracts';
import { milestones } from '@workflow-bolt/contracts';
import { correctors, instantOf, localTime } from '@workflow-bolt/domain';
import { useBoardClient } from '@workflow-bolt/react';
import { movedWords, useBoardActions } from '../board/board-actions.ts';
import { useBoardUi } from '../board/board-ui.ts';
import { milestoneLabel } from '../history/event-words.ts';
import { findPerson } from '../model/entities.ts';
import { useForecast } from '../model/use-forecast.ts';
import type { VisitDialogProps } from './board-dialogs.tsx';
import { type ReasonAnswer, ReasonDialog } from './reason-dialog.tsx';
import { reasonQuestion } from './reason-questions.ts';
import { TextDialog } from './text-dialog.tsx';
import { type TimeAnswer, TimeDialog } from './time-dialog.tsx';

/** Asks why a visit ends, then ends it. */
export function AskReason({ visit, day, name, close, to }: VisitDialogProps & { to: VisitStatus }) {
  const actions = useBoardActions();
  const submit = ({ reason, by, time }: ReasonAnswer) => {
    const effectiveAt = time === null ? null : instantOf(day.zone, day.date, time);
    actions.send({ type: 'moveVisit', visitId: visit.id, to, reason, by, effectiveAt }, movedWords(name, to));
    close();
  };
  return <ReasonDialog question={reasonQuestion(visit, to, name)} onSubmit={submit} onClose={close} />;
}

/** Offers the steps that have a time and that this role may correct; the rules judge the answer as it is typed. */
export function CorrectTime({ visit, day, name, close }: VisitDialogProps) {
  const { actor } = useBoardUi();
  const actions = useBoardActions();
  const forecast = useForecast();
  const times = milestones.flatMap((milestone: Milestone) => {
    const at = visit.milestones[milestone];
    if (at === undefined || !correctors[milestone].includes(actor.role)) return [];
    return [{ milestone, label: milestoneLabel[milestone], time: localTime(day.zone, at) }];
  });
  const commandOf = ({ milestone, time, reason }: TimeAnswer) => ({
    type: 'correctTime' as const,
    visitId: visit.id,
    milestone,
    at: instantOf(day.zone, day.date, time),
    reason,
  });
  const check = (answer: TimeAnswer) => {
    const refused = forecast(commandOf(answer));
    return refused && { message: refused.message, needsReason: refused.code === 'reason_required' };
  };
  const submit = (answer: TimeAnswer) => {
    actions.send(commandOf(answer), `${name}: ${milestoneLabel[answer.milestone]} corrected`);
    close();
  };
  return <TimeDialog patientName={name} times={times} check={check} onSubmit={submit} onClose={close} />;
}

export function EditNote({ visit, name, close }: VisitDialogProps) {
  const client = useBoardClient();
  const actions = useBoardActions();
  const submit = (note: string | null) => {
    actions.send({ type: 'setNote', visitId: visit.id, note });
    close();
  };
  return (
    <TextDialog
      title="Note"
      label="Note for everyone on this board"
      patientName={name}
      initial={findPerson(client.getSnapshot().entities, visit.id)?.note ?? ''}
      lengthMax={2_000}
      confirmLabel="Save the note"
      mayBeEmpty
      onSubmit={submit}
      onClose={close}
    />
  );
}

const places = ['Restroom', 'Lab', 'Imaging', 'Car', 'Phone call'];

export function StepOut({ visit, name, close }: VisitDialogProps) {
  const actions = useBoardActions();
  const submit = (where: string | null) => {
    if (where) actions.send({ type: 'stepOut', visitId: visit.id, where }, `${name} stepped out`);
    close();
  };
  return (
    <TextDialog
      title="Stepped out"
      label="Where to"
      patientName={name}
      initial=""
      lengthMax={80}
      confirmLabel="Stepped out"
      suggestions={places}
      mayBeEmpty={false}
      onSubmit={submit}
      onClose={close}
    />
  );
}
