import { Button, Group, Modal, Select, Stack, Text, Textarea } from '@mantine/core';
import type { BreakGlassApi } from '@workflow-bolt/client';
import { type GlassRecord, type GlassReviewRequest, glassOutcomes } from '@workflow-bolt/contracts';
import { type FormEvent, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { useAction } from '../app/use-action.ts';
import { glassOutcomeLabel, glassReasonLabel } from '../emergency/glass-words.ts';
import { moment } from '../format/moment.ts';
import { GlassUse } from './glass-use.tsx';
import classes from './oversight.module.css';

type Outcome = GlassReviewRequest['outcome'];
const commentMin = 15;

type Props = {
  api: BreakGlassApi;
  record: GlassRecord;
  /** The board of that day with this visit; null for who sees no board. */
  boardHref: string | null;
  onClose: () => void;
};

/** When, why, and what came of it. */
function About({ api, record, boardHref }: Omit<Props, 'onClose'>) {
  const { openedAt, endedAt, expiresAt, reasonCode, reason, review } = record;
  return (
    <>
      <Text size="sm">
        {`From ${moment(openedAt)} to ${moment(endedAt ?? expiresAt)}`}
        {boardHref !== null && (
          <>
            {' · '}
            <a className={classes.link} href={boardHref}>
              The visit on the board of that day
            </a>
          </>
        )}
      </Text>
      <Text size="sm">
        {glassReasonLabel[reasonCode]}
        {reason !== null && `: ${reason}`}
      </Text>
      {review && (
        <Text size="sm">
          {`${glassOutcomeLabel[review.outcome]}, ${moment(review.at)}`}
          {review.comment !== null && `: ${review.comment}`}
        </Text>
      )}
      <GlassUse api={api} record={record} />
    </>
  );
}

/** One emergency access as it stands in the register and in the record. */
export function GlassDialog({ onClose, ...props }: Props) {
  return (
    <Modal opened onClose={onClose} title={`The access of ${props.record.name}`} centered size="lg">
      <Stack gap="sm">
        <About {...props} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** The same, and the judgement of it: by somebody else, with a reason, once. */
export function JudgeGlassDialog({ onDone, onClose, ...props }: Props & { onDone: () => void }) {
  const { api, record } = props;
  const { failure, isBusy, run } = useAction();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [comment, setComment] = useState('');
  const canJudge = outcome !== null && comment.trim().length >= commentMin;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!canJudge) return;
    if (await run(() => api.review(record, { outcome, comment: comment.trim() }))) onDone();
  };
  return (
    <Modal opened onClose={onClose} title={`Judge the access of ${record.name}`} centered size="lg">
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          <About {...props} />
          <FailureNote failure={failure} />
          <Select
            label="Judgement"
            data={glassOutcomes.map((each) => ({ value: each, label: glassOutcomeLabel[each] }))}
            value={outcome}
            onChange={(value) => setOutcome(value as Outcome | null)}
            data-autofocus
          />
          <Textarea
            label="Why"
            description={`At least ${commentMin} characters; it goes on record and cannot be changed`}
            autosize
            minRows={2}
            maxLength={500}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={isBusy} disabled={!canJudge}>
              Keep
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
