/** The queues of jobs over HTTP: to look at, and to have a failed job tried again. */
import { randomBytes } from 'node:crypto';
import { Fault, type QueueSummary, type SecurityEvent } from '@workflow-bolt/contracts';
import type { Job, Queue } from 'bullmq';
import { agentOf } from '../access/access-denied.ts';
import { type Call, type Handler, mustPrincipal, ok } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { createQueueBoard } from './board-adapter.ts';
import { queueBoardFile } from './board-files.ts';
import { boardPageHeaders, createBoardPage } from './board-page.ts';
import type { QueueList } from './queue-list.ts';

export type QueueHandlerParts = {
  queues: QueueList;
  /** Keeps an event before the answer leaves; throws when it cannot be kept. */
  record: (event: SecurityEvent) => Promise<void>;
};

const failedMost = 20;
const nonceBytes = 18;
/** Longer than this nobody waits for a page of an operator. */
const askMs = 5_000;

/** While Redis is away the queue library waits for it; a person is told instead. Throws Fault `store_unavailable`. */
async function asked<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('the queues did not answer')), askMs);
  try {
    return await Promise.race([work, promise]);
  } catch (error) {
    throw error instanceof ProblemError ? error : new Fault('store_unavailable', {}, error);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}

function event(
  call: Call,
  act: 'R' | 'E',
  { t, id, why }: { t: string; id: string; why: string },
): SecurityEvent {
  return {
    ...{ cid: null, type: 'admin', sub: 'config', act, out: 0, why },
    agent: agentOf(mustPrincipal(call)),
    ent: [{ t, id }],
    rid: call.requestId,
  };
}

function mustQueue({ queues }: QueueHandlerParts, call: Call): Queue {
  const queue = queues.find(call.params.queue ?? '');
  if (!queue) throw new ProblemError('record_not_found');
  return queue;
}

/** The first line without spaces is a code; a sentence of somebody else's library stays in the log of its process. */
const codeOf = (reason: string | undefined): string => /^[\w.:-]{1,120}$/.exec(reason ?? '')?.[0] ?? 'error';

const failedJob = (job: Job): QueueSummary['failed'][number] => ({
  id: job.id ?? '',
  name: job.name,
  failedAt: job.finishedOn ?? null,
  reason: codeOf(job.failedReason),
  attempts: job.attemptsMade,
});

async function summaryOf(queue: Queue): Promise<QueueSummary> {
  const [counts, failed] = await Promise.all([
    queue.getJobCounts('waiting', 'active', 'delayed', 'failed', 'completed'),
    queue.getFailed(0, failedMost - 1),
  ]);
  const of = (name: string) => counts[name] ?? 0;
  return {
    queue: queue.name,
    counts: {
      ...{ waiting: of('waiting'), active: of('active'), delayed: of('delayed') },
      ...{ failed: of('failed'), completed: of('completed') },
    },
    failed: failed.filter(Boolean).map(failedJob),
  };
}

function getQueues({ queues }: QueueHandlerParts): Handler {
  return async () => ok({ queues: await asked(Promise.all(queues.all.map(summaryOf))) });
}

/** On the record first: who had work repeated is as much worth knowing as who began it. */
function postJobRetry(parts: QueueHandlerParts): Handler {
  return async (call) => {
    const queue = mustQueue(parts, call);
    const id = call.params.jobId ?? '';
    const job: Job | undefined = await asked(queue.getJob(id));
    if (!job) throw new ProblemError('record_not_found');
    if (!(await asked(job.isFailed()))) throw new ProblemError('job_not_failed');
    await parts.record(event(call, 'E', { t: 'Job', id: `${queue.name}/${id}`, why: 'retry' }));
    await asked(job.retry('failed'));
    return { status: 204 };
  };
}

function pages({ record }: QueueHandlerParts, page: (nonce: string) => string): Handler {
  return async (call) => {
    await record(event(call, 'R', { t: 'Queues', id: 'all', why: 'open' }));
    const nonce = randomBytes(nonceBytes).toString('base64url');
    const headers = boardPageHeaders(nonce);
    return { status: 200, text: page(nonce), type: 'text/html; charset=utf-8', headers };
  };
}

/** Facts about a queue that the page asks for where a job's id would stand. */
const facts = ['metrics', 'default-job-options', 'workers', 'rate-limit', 'job-data-schema'];
const parts = ['logs', 'flow'];

const onQueue = '/api/queues/:queueName';
const itemRoute = (item: string): string => `${onQueue}/${facts.includes(item) ? item : ':jobId'}`;

const texts = (query: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

/** The handlers of the queues, by their routes. */
export function queueHandlers(given: QueueHandlerParts) {
  const board = createQueueBoard(given.queues.all);
  const file = queueBoardFile();
  const showPage = pages(given, createBoardPage(board));
  const answers =
    (routeOf: (call: Call) => string): Handler =>
    async (call) => {
      if (call.params.queue !== undefined) mustQueue(given, call);
      const { queue = '', item, jobId = item ?? '' } = call.params;
      const ask = { params: { queueName: queue, jobId }, query: texts(call.query) };
      const answer = await asked(board.answer(routeOf(call), ask));
      if (!answer) throw new ProblemError('record_not_found');
      return { status: answer.status, json: answer.body };
    };
  return {
    getQueues: getQueues(given),
    postJobRetry: postJobRetry(given),
    getQueueBoard: showPage,
    getQueueBoardQueue: showPage,
    getQueueBoardJob: showPage,
    getQueueBoardSchedulers: showPage,
    getQueueBoardFile: file,
    getQueueBoardFileIn: file,
    getQueueBoardFileBelow: file,
    getQueueBoardQueues: answers(() => '/api/queues'),
    getQueueBoardItem: answers(({ params }) => itemRoute(params.item ?? '')),
    getQueueBoardPart: answers(
      ({ params: { part = '' } }) => `${onQueue}/:jobId/${parts.includes(part) ? part : '-'}`,
    ),
    getQueueBoardTimers: answers(() => '/api/job-schedulers'),
  };
}
