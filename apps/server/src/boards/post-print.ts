import { type Printable, printRequestSchema } from '@workflow-bolt/contracts';
import type { Action, Projection } from '@workflow-bolt/domain';
import type { BoardHost } from '@workflow-bolt/store';
import { demand } from '../access/access-denied.ts';
import { type Handler, mustPrincipal, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { recordRead } from './read-audit.ts';
import type { BoardReading } from './read-board.ts';

/** Nobody prints what they may not see. */
const seenBy: Readonly<Record<Printable, Action>> = {
  board: 'read',
  report: 'history',
  differences: 'drift.read',
};

/** On record before the page gets the line without which it does not print. */
export function postPrint({ boards, sight, now }: BoardReading & { now: () => number }): Handler {
  return async (call) => {
    const { what } = parseInput(printRequestSchema, call.body, 'body');
    const host = await boards.of(call);
    const principal = mustPrincipal(call);
    demand(principal, seenBy[what], { clinic: host.board.clinic }, now());
    const patients = countPatients(host, sight.of(host, principal));
    await recordRead(host, call, `print.${what}`, ['*'], patients);
    return ok({
      printedBy: mustSession(call).user.name,
      at: host.now(),
      patients,
      reference: call.requestId,
    });
  };
}

/** Visits of one patient are one. */
export function countPatients(host: BoardHost, { see }: Pick<Projection, 'see'>): number {
  const keys = new Set<string>();
  for (const [id, { d }] of host.state.entries()) {
    if (d.type === 'visit' && see(id, d) !== null) keys.add(d.patientKey ?? id);
  }
  return keys.size;
}
