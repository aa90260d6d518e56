/** The queues of jobs. Methods throw `ApiError` and `NetworkError`. */
import type { QueueSummary } from '@workflow-bolt/contracts';
import type { ApiTransport } from './api-transport.ts';

export class QueuesApi {
  readonly #transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.#transport = transport;
  }

  async list(): Promise<QueueSummary[]> {
    return (await this.#transport.get<{ queues: QueueSummary[] }>('/api/v1/queues')).queues;
  }

  /** Has a failed job tried again. */
  retry(queue: string, jobId: string): Promise<void> {
    const [name, id] = [encodeURIComponent(queue), encodeURIComponent(jobId)];
    return this.#transport.post(`/api/v1/queues/${name}/jobs/${id}/retry`);
  }
}
