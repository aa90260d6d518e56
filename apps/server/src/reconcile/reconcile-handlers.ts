/** The comparison with the EHR over HTTP: ask for one, and read the last one as the reader may see it. */
import type { DriftReport, StoredDrift } from '@workflow-bolt/contracts';
import type { Projection } from '@workflow-bolt/domain';
import type { BoardHost, DriftStore } from '@workflow-bolt/store';
import type { BoardSight } from '../access/board-sight.ts';
import { type BoardAccess, boardKeyOf } from '../boards/board-access.ts';
import { recordRead } from '../boards/read-audit.ts';
import { type Handler, mustPrincipal, mustSession, ok } from '../http/handler.ts';
import type { JobQueue } from '../schedule/job-queue.ts';

export type ReconcileHandlerParts = {
  boards: BoardAccess;
  sight: BoardSight;
  queue: JobQueue;
  reports: Pick<DriftStore, 'find' | 'findFailure'>;
};

function postReconcile({ boards, queue }: ReconcileHandlerParts): Handler {
  return async (call) => {
    const key = boardKeyOf(call);
    await boards.find(key);
    const requestedBy = mustSession(call).user.id;
    return {
      status: 202,
      json: { jobId: await queue.addReconcile({ ...key, trigger: 'manual', requestedBy }) },
    };
  };
}

type Row = DriftReport['rows'][number];

/** A row of a visit that the reader does not see is not there; the name is the one on the reader's own board. */
function seenRow(row: StoredDrift['rows'][number], host: BoardHost, { see }: Projection): Row[] {
  if (row.visitId === null) return [{ ...row, name: null }];
  const visit = host.state.get(`v:${row.visitId}`)?.d;
  if (!visit || see(`v:${row.visitId}`, visit) === null) return [];
  const person = host.state.get(`p:${row.visitId}`)?.d;
  const seen = person && see(`p:${row.visitId}`, person);
  return [{ ...row, name: seen?.type === 'person' ? seen.fullName : null }];
}

function reportOf(stored: StoredDrift, host: BoardHost, projection: Projection): DriftReport {
  const { at, trigger, seq, compared, drifted, quarantined } = stored;
  const rows = stored.rows.flatMap((row) => seenRow(row, host, projection));
  return { at, trigger, seq, compared, drifted, quarantined, rows, omitted: drifted - rows.length };
}

function getDrift({ boards, sight, reports }: ReconcileHandlerParts): Handler {
  return async (call) => {
    const host = await boards.of(call);
    const { board } = host;
    const projection = sight.of(host, mustPrincipal(call));
    await recordRead(host, call, 'board.drift', ['*']);
    const [stored, failure] = await Promise.all([reports.find(board), reports.findFailure(board)]);
    return ok({ ...board, report: stored && reportOf(stored, host, projection), failure });
  };
}

/** The handlers of the comparison, by their routes. */
export const reconcileHandlers = (parts: ReconcileHandlerParts) => ({
  postReconcile: postReconcile(parts),
  getDrift: getDrift(parts),
});
