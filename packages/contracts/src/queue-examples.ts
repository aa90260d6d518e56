/** Examples of the queues of jobs for the OpenAPI document. */
const json = 'application/json';
const html = 'text/html';
const counts = { waiting: 0, active: 1, delayed: 2, failed: 1, completed: 96 };
const failed = [
  { id: '77', name: 'sync', failedAt: 1_773_151_200_000, reason: 'store_unavailable', attempts: 1 },
];
const file = { '200 application/octet-stream': { style: 'body{margin:0}' } };
const page = { [`200 ${html}`]: { page: '<!doctype html><title>Queues</title>' } };

export const queueExamples = {
  getQueues: { [`200 ${json}`]: { one: { queues: [{ queue: 'schedule-sync', counts, failed }] } } },
  getQueueBoard: page,
  getQueueBoardQueue: page,
  getQueueBoardJob: page,
  getQueueBoardSchedulers: page,
  getQueueBoardFile: file,
  getQueueBoardFileIn: file,
  getQueueBoardFileBelow: file,
  getQueueBoardQueues: { [`200 ${json}`]: { none: { queues: [] } } },
  getQueueBoardItem: { [`200 ${json}`]: { job: { job: { id: '77', name: 'sync' }, status: 'failed' } } },
  getQueueBoardPart: { [`200 ${json}`]: { empty: {} } },
  getQueueBoardTimers: { [`200 ${json}`]: { none: { jobSchedulers: [] } } },
};
