import type { reportFormats, Visit } from '@workflow-bolt/contracts';
import { dayReport, reportCsv, reportText } from '@workflow-bolt/domain';
import { type Call, type Handler, mustPrincipal, mustSession, ok } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { countPatients } from './post-print.ts';
import { recordRead } from './read-audit.ts';
import type { BoardReading } from './read-board.ts';

/** The report of a day, over the visits that its reader may see. */
export function getDayReport({ boards, sight }: BoardReading): Handler {
  return async (call) => {
    const host = await boards.of(call);
    const day = host.state.get('day')?.d;
    if (day?.type !== 'day') throw new ProblemError('board_not_found');
    const projection = sight.of(host, mustPrincipal(call));
    const format = call.query.format as (typeof reportFormats)[number] | undefined;
    // On a screen it is read; as a file it is taken away, and says how many patients it holds.
    if (format === undefined) await recordRead(host, call, 'board.report', ['*']);
    else await recordRead(host, call, `file.report.${format}`, ['*'], countPatients(host, projection));
    const visits: Visit[] = [];
    for (const [id, { d }] of host.state.entries()) {
      const seen = d.type === 'visit' ? projection.see(id, d) : null;
      if (seen?.type === 'visit') visits.push(seen);
    }
    const report = dayReport(visits, day, host.now());
    const name = `${day.clinic}-${day.date}`;
    if (format === 'csv') return file(reportCsv(report), 'text/csv; charset=utf-8', `${name}.csv`);
    if (format === 'text')
      return file(
        `${reportText(report)}${takenBy(call, host.now())}`,
        'text/plain; charset=utf-8',
        `${name}.txt`,
      );
    return ok(report);
  };
}

/** A text is for paper: it says who took it and when, as a printed page does. */
const takenBy = (call: Call, at: number): string =>
  `\nTaken by ${mustSession(call).user.name}, ${new Date(at).toISOString()}, ${call.requestId}\n`;

const file = (text: string, type: string, name: string) => ({
  status: 200,
  text,
  type,
  headers: { 'Content-Disposition': `attachment; filename="${name}"` },
});
