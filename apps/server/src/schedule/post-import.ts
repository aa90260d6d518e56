import { type BoardAccess, boardKeyOf } from '../boards/board-access.ts';
import { type Handler, ok } from '../http/handler.ts';
import type { Log } from '../http/log.ts';
import { importSchedule } from './import-schedule.ts';
import { readImport } from './read-import.ts';

/** Takes over a schedule, all or nothing. */
export function postImport(boards: BoardAccess, log: Log): Handler {
  return async (call) => {
    const key = boardKeyOf(call);
    const file = readImport(call.body);
    const host = await boards.findOrOpen(key);
    const result = await importSchedule(host, call, file);
    log.write('info', 'import.done', { requestId: call.requestId, ...key, ...countsOf(result) });
    return ok(result);
  };
}

const countsOf = ({
  created,
  updated,
  unchanged,
}: {
  created: number;
  updated: number;
  unchanged: number;
}) => ({
  created,
  updated,
  unchanged,
});
