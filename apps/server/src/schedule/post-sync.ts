import { type BoardAccess, boardKeyOf } from '../boards/board-access.ts';
import { type Handler, mustSession } from '../http/handler.ts';
import type { JobQueue } from './job-queue.ts';

/** Hands the day to a worker; what it does is seen on the stream as the `sync` entity. */
export function postSync(boards: BoardAccess, queue: JobQueue): Handler {
  return async (call) => {
    const { clinic, date } = boardKeyOf(call);
    const host = await boards.findOrOpen({ clinic, date });
    const requestedBy = mustSession(call).user.id;
    const jobId = await queue.addScheduleSync({ clinic, date, trigger: 'manual', requestedBy });
    const sync = host.state.get('sync')?.d;
    return { status: 202, json: { jobId, sync: sync?.type === 'sync' ? sync : null } };
  };
}
