/** Addresses of the queues of jobs; part of the table in `routes.ts`. */
import { z } from 'zod';
import { jobIdSchema, queueBoardPath, queueNameSchema, queuesResponseSchema } from './queue-board.ts';
import type { Route, RouteBody } from './routes.ts';

const json = (description: string, schema: z.ZodType): RouteBody => ({
  description,
  content: { 'application/json': schema },
});
const page: RouteBody = { description: 'A page.', content: { 'text/html': z.string() } };
/** What the queue page's own library asks and answers; its form belongs to that library. */
const answered = json('As the page expects it.', z.looseObject({}));
const ofPage = { tag: 'operations', access: 'jobs.read', isUserAction: false } as const;
/** Pages bring headers of their own. */
const aPage = { tag: 'documents', access: 'jobs.read', isUserAction: true } as const;
const problems = ['record_not_found', 'step_up_required', 'store_unavailable'] as const;
const queue = z.strictObject({ queue: queueNameSchema });
const job = queue.extend({ jobId: jobIdSchema });
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,60}$/);
const file = {
  tag: 'documents',
  access: 'session',
  isUserAction: false,
  responses: {
    200: { description: 'The file.', content: { 'application/octet-stream': z.string() } },
  },
  problems: ['record_not_found'],
} as const satisfies Partial<Route>;
const word = z.string().regex(/^[a-z-]{0,40}$/);
const count = z.string().regex(/^\d{1,4}$/);

export const queueRoutes = {
  getQueues: {
    method: 'get',
    path: '/api/v1/queues',
    summary: 'The queues of jobs, with what failed last.',
    ...ofPage,
    responses: { 200: json('Each queue.', queuesResponseSchema) },
    problems: ['step_up_required', 'store_unavailable'],
  },
  postJobRetry: {
    method: 'post',
    path: '/api/v1/queues/{queue}/jobs/{jobId}/retry',
    summary: 'Have a failed job tried again.',
    tag: 'operations',
    access: 'jobs.retry',
    isUserAction: true,
    params: job,
    responses: { 204: { description: 'It waits again.', content: {} } },
    problems: [...problems, 'job_not_failed'],
  },
  getQueueBoard: {
    method: 'get',
    path: queueBoardPath,
    summary: 'The page of the queues, to look at only.',
    ...aPage,
    responses: { 200: page },
    problems,
  },
  getQueueBoardQueue: {
    method: 'get',
    path: `${queueBoardPath}/queue/{queue}`,
    summary: 'The page of the queues, opened at one of them.',
    ...aPage,
    params: queue,
    responses: { 200: page },
    problems,
  },
  getQueueBoardJob: {
    method: 'get',
    path: `${queueBoardPath}/queue/{queue}/{jobId}`,
    summary: 'The page of the queues, opened at a job.',
    ...aPage,
    params: job,
    responses: { 200: page },
    problems,
  },
  getQueueBoardSchedulers: {
    method: 'get',
    path: `${queueBoardPath}/job-schedulers`,
    summary: 'The page of the queues, opened at the timers.',
    ...aPage,
    responses: { 200: page },
    problems,
  },
  getQueueBoardFile: {
    method: 'get',
    path: `${queueBoardPath}/static/{file}`,
    summary: 'A file of the page of the queues, as its library is published.',
    ...file,
    params: z.strictObject({ file: fileName }),
  },
  getQueueBoardFileIn: {
    method: 'get',
    path: `${queueBoardPath}/static/{folder}/{file}`,
    summary: 'A file of the page of the queues, one folder down.',
    ...file,
    params: z.strictObject({ folder: fileName, file: fileName }),
  },
  getQueueBoardFileBelow: {
    method: 'get',
    path: `${queueBoardPath}/static/{folder}/{inner}/{file}`,
    summary: 'A file of the page of the queues, two folders down.',
    ...file,
    params: z.strictObject({ folder: fileName, inner: fileName, file: fileName }),
  },
  getQueueBoardQueues: {
    method: 'get',
    path: `${queueBoardPath}/api/queues`,
    summary: 'What the page of the queues lists.',
    ...ofPage,
    query: z.object({
      activeQueue: word.optional(),
      status: word.optional(),
      page: count.optional(),
      jobsPerPage: count.optional(),
    }),
    responses: { 200: answered },
    problems,
  },
  getQueueBoardItem: {
    method: 'get',
    path: `${queueBoardPath}/api/queues/{queue}/{item}`,
    summary: 'A job, or one fact about a queue, for the page of the queues.',
    ...ofPage,
    params: queue.extend({ item: jobIdSchema }),
    responses: { 200: answered },
    problems,
  },
  getQueueBoardPart: {
    method: 'get',
    path: `${queueBoardPath}/api/queues/{queue}/{jobId}/{part}`,
    summary: 'The log or the family of a job, for the page of the queues.',
    ...ofPage,
    params: job.extend({ part: word }),
    query: z.object({ depth: count.optional(), maxChildren: count.optional() }),
    responses: { 200: answered },
    problems,
  },
  getQueueBoardTimers: {
    method: 'get',
    path: `${queueBoardPath}/api/job-schedulers`,
    summary: 'The timers, for the page of the queues.',
    ...ofPage,
    query: z.object({ queueName: word.optional() }),
    responses: { 200: answered },
    problems,
  },
} as const satisfies Record<string, Route>;
