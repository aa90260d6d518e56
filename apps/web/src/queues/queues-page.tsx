import { Button } from '@mantine/core';
import { QueuesApi, type Session } from '@workflow-bolt/client';
import { type QueueSummary, queueBoardPath } from '@workflow-bolt/contracts';
import { useEffect, useMemo, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { FailureNote } from '../app/failure-note.tsx';
import { Nothing, type PageLink, PageSection, PageShell, Row, Rows, Tag } from '../app/page-shell.tsx';
import { type Action, useAction } from '../app/use-action.ts';
import { plural } from '../format/duration.ts';
import { moment } from '../format/moment.ts';
import type { SessionExits } from '../session/use-session.ts';

const queueLabels: Record<string, string> = {
  'schedule-sync': 'Reading schedules',
  'person-details': "Reading patients' details",
  reconcile: 'Comparing with the EHR',
  retention: 'Archive and deletion',
};
const labelOf = (queue: string): string => queueLabels[queue] ?? queue;

function countsText({ waiting, active, delayed, completed }: QueueSummary['counts']): string {
  return `${waiting} waiting, ${active} running, ${delayed} for later, ${completed} done lately`;
}

type FailedProps = { queue: string; job: QueueSummary['failed'][number]; onRetry: () => void };
function FailedJob({ queue, job, onRetry }: FailedProps) {
  const when = job.failedAt === null ? '' : `${moment(job.failedAt)}, `;
  return (
    <Row
      name={`${labelOf(queue)}: ${job.reason}`}
      detail={`${when}job ${job.id}, ${plural(job.attempts, 'try')}`}
    >
      <Button variant="default" aria-label={`Try again: job ${job.id}`} onClick={onRetry}>
        Try again
      </Button>
    </Row>
  );
}

type ListProps = { queues: readonly QueueSummary[]; onRetry: (queue: string, id: string) => void };
function QueueRows({ queues, onRetry }: ListProps) {
  const failed = queues.flatMap(({ queue, failed: jobs }) => jobs.map((job) => ({ queue, job })));
  return (
    <>
      <Rows label="Queues">
        {queues.map(({ queue, counts }) => (
          <Row key={queue} name={labelOf(queue)} detail={countsText(counts)}>
            <Tag tone={counts.failed > 0 ? 'amber' : 'calm'}>{counts.failed} failed</Tag>
          </Row>
        ))}
      </Rows>
      {failed.length === 0 ? (
        <Nothing>No job has failed lately.</Nothing>
      ) : (
        <Rows label="Failed jobs">
          {failed.map(({ queue, job }) => (
            <FailedJob
              key={`${queue} ${job.id}`}
              queue={queue}
              job={job}
              onRetry={() => onRetry(queue, job.id)}
            />
          ))}
        </Rows>
      )}
    </>
  );
}

/** Loads behind a fresh proof, once and after each change. */
function useQueues(api: QueuesApi, { run }: Action) {
  const [queues, setQueues] = useState<readonly QueueSummary[] | null>(null);
  const reload = useMemo(() => () => run(async () => setQueues(await api.list())), [api, run]);
  useEffect(() => void reload(), [reload]);
  const retry = async (queue: string, id: string) => {
    if (await run(() => api.retry(queue, id))) await reload();
  };
  return { queues, retry, reload };
}

type Props = { session: Session; exits: SessionExits; links: readonly PageLink[] };

/** The queues of jobs for the administrator: how full they are, what failed, and the way to the page of all jobs. */
export function QueuesPage({ exits, links }: Props) {
  const { transport } = useApi();
  const api = useMemo(() => new QueuesApi(transport), [transport]);
  const action = useAction();
  const { queues, retry, reload } = useQueues(api, action);
  return (
    <PageShell title="Queues" links={links} onSignOut={() => void exits.signOut()}>
      <PageSection
        title="Jobs"
        action={
          <>
            <Button variant="default" loading={action.isBusy} onClick={() => void reload()}>
              Look again
            </Button>
            {queues && (
              <Button component="a" href={queueBoardPath} target="_blank" rel="noreferrer">
                All jobs
              </Button>
            )}
          </>
        }
      >
        <FailureNote failure={action.failure} />
        {queues && <QueueRows queues={queues} onRetry={(queue, id) => void retry(queue, id)} />}
      </PageSection>
    </PageShell>
  );
}
