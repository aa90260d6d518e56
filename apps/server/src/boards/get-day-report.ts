import type { Visit } from '@workflow-bolt/contracts';
import { dayReport, reportCsv, reportText } from '@workflow-bolt/domain';
import { type Handler, mustPrincipal, ok } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { recordRead } from './read-audit.ts';
import type { BoardReading } from './read-board.ts';

/** The report of a day, over the visits that its reader may see. */
export function getDayReport({ boards, sight }: BoardReading): Handler {
  return async (call) => {
    const host = await boards.of(call);
    const day = host.state.get('day')?.d;
    if (day?.type !== 'day') throw new ProblemError('board_not_found');
    const projection = sight.of(host, mustPrincipal(call));
    await recordRead(host, call, 'board.report', ['*']);
    const visits: Visit[] = [];
    for (const [id, { d }] of host.state.entries()) {
      const seen = d.type === 'visit' ? projection.see(id, d) : null;
      if (seen?.type === 'visit') visits.push(seen);
    }
    const report = dayReport(visits, day, host.now());
    const name = `${day.clinic}-${day.date}`;
    if (call.query.format === 'csv') return file(reportCsv(report), 'text/csv; charset=utf-8', `${name}.csv`);
    if (call.query.format === 'text')
      return file(reportText(report), 'text/plain; charset=utf-8', `${name}.txt`);
    return ok(report);
  };
}

const file = (text: string, type: string, name: string) => ({
  status: 200,
  text,
  type,
  headers: { 'Content-Disposition': `attachment; filename="${name}"` },
});
