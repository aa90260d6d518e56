import { Button, Group, Modal, Select, Stack, Text, Textarea } from '@mantine/core';
import type { BreakGlassApi } from '@workflow-bolt/client';
import { type GlassRecord, type GlassReviewRequest, glassOutcomes } from '@workflow-bolt/contracts';
import { type FormEvent, useCallback, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { Nothing, PageSection, Row, Rows, Tag } from '../app/page-shell.tsx';
import { useAction } from '../app/use-action.ts';
import { useResource } from '../app/use-resource.ts';
import { glassReasonLabel } from '../emergency/glass-words.ts';
import { moment } from '../format/moment.ts';

type Outcome = GlassReviewRequest['outcome'];
const outcomeLabel: Record<Outcome, string> = {
  justified: 'Justified',
  'training-needed': 'Training needed',
  'not-justified': 'Not justified',
};
const commentMin = 15;

type ReviewProps = { api: BreakGlassApi; record: GlassRecord; onDone: () => void; onClose: () => void };

function ReviewDialog({ api, record, onDone, onClose }: ReviewProps) {
  const { failure, isBusy, run } = useAction();
  const [outcome, setOutcome] = useState<string | null>(null);
  const [comment, setComment] = useState('');
  const canJudge = outcome !== null && comment.trim().length >= commentMin;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!canJudge) return;
    const judgement = { outcome: outcome as Outcome, comment: comment.trim() };
    if (await run(() => api.review(record, judgement))) onDone();
  };
  return (
    <Modal opened onClose={onClose} title={`Judge the access of ${record.name}`} centered>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          <Text size="sm">
            {glassReasonLabel[record.reasonCode]}
            {record.reason !== null && `: ${record.reason}`}
          </Text>
          <FailureNote failure={failure} />
          <Select
            label="Judgement"
            data={glassOutcomes.map((each) => ({ value: each, label: outcomeLabel[each] }))}
            value={outcome}
            onChange={setOutcome}
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

function StateTag({ record }: { record: GlassRecord }) {
  if (record.review) return <Tag tone="calm">{outcomeLabel[record.review.outcome]}</Tag>;
  return record.isOverdue ? (
    <Tag tone="red">Overdue</Tag>
  ) : (
    <Tag tone="amber">Judge by {moment(record.reviewDueAt)}</Tag>
  );
}

type Props = { api: BreakGlassApi; clinic: { id: string; name: string }; ownId: string };

/** Every emergency access of a clinic, to be judged by somebody else within three days. */
export function EmergencySection({ api, clinic, ownId }: Props) {
  const { value, failure, reload } = useResource(
    useCallback(() => api.register(clinic.id), [api, clinic.id]),
  );
  const [judged, setJudged] = useState<GlassRecord | null>(null);
  const done = () => {
    setJudged(null);
    void reload();
  };
  return (
    <PageSection title={`Emergency accesses of ${clinic.name}`}>
      <FailureNote failure={failure} />
      {value && value.records.length === 0 && <Nothing>None so far.</Nothing>}
      {value && value.records.length > 0 && (
        <Rows label="Emergency accesses">
          {value.records.map((record) => (
            <Row
              key={record.id}
              name={record.name}
              detail={`${moment(record.openedAt)} · ${glassReasonLabel[record.reasonCode]}${record.reason === null ? '' : `: ${record.reason}`}`}
            >
              <StateTag record={record} />
              {!record.review && record.uid !== ownId && (
                <Button
                  variant="default"
                  onClick={() => setJudged(record)}
                  aria-label={`Judge the access of ${record.name}`}
                >
                  Judge
                </Button>
              )}
            </Row>
          ))}
        </Rows>
      )}
      {judged && <ReviewDialog api={api} record={judged} onDone={done} onClose={() => setJudged(null)} />}
    </PageSection>
  );
}
