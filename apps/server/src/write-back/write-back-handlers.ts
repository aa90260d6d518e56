/** The switch of write-back in a manager's hands, and what still waits. */
import {
  type ClinicSettings,
  postWriteBackSchema,
  type SecurityEvent,
  type WriteBackMode,
  type WriteBackState,
} from '@workflow-bolt/contracts';
import { syncTotals } from '@workflow-bolt/domain';
import { effectiveMode, type RedisPort, WriteBackSwitch } from '@workflow-bolt/store';
import { agentOf } from '../access/access-denied.ts';
import type { BoardAccess } from '../boards/board-access.ts';
import { type Call, type Handler, mustPrincipal, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';

export type WriteBackParts = {
  port: RedisPort;
  boards: BoardAccess;
  clinics: readonly ClinicSettings[];
  /** Keeps an event before the answer leaves; throws when it cannot be kept. */
  record: (event: SecurityEvent) => Promise<void>;
  /** Epoch ms. */
  now: () => number;
};

/** As long as a relay follows a day that is not drained. */
const daysMs = 7 * 86_400_000;

function clinicOf({ clinics }: WriteBackParts, { params }: Call): ClinicSettings {
  const clinic = clinics.find(({ id }) => id === params.clinic);
  if (!clinic) throw new ProblemError('board_not_found');
  return clinic;
}

async function countsOf(
  { boards }: WriteBackParts,
  clinic: string,
  date: string,
): Promise<WriteBackState['days']> {
  const { state } = await boards.find({ clinic, date });
  const day = state.get('day')?.d;
  if (day?.type !== 'day') return [];
  const visits = [...state.entries()].flatMap(([, { d }]) => (d.type === 'visit' ? [d] : []));
  const { 'in-sync': inSync, ...others } = syncTotals(visits, day);
  return [{ date, inSync, ...others }];
}

async function stateOf(parts: WriteBackParts, clinic: ClinicSettings): Promise<WriteBackState> {
  const allowed: WriteBackMode = clinic.ehr?.writeBack ?? 'off';
  const found = new WriteBackSwitch(parts.port, clinic.id);
  const [setting, open] = [await found.read(), await found.openDates(parts.now() - daysMs)];
  const dates = [...new Set([parts.boards.today(clinic), ...open])].sort().reverse();
  const days = await Promise.all(dates.map((date) => countsOf(parts, clinic.id, date)));
  return { clinic: clinic.id, mode: effectiveMode(allowed, setting), allowed, setting, days: days.flat() };
}

function switching(call: Call, clinic: string, mode: WriteBackMode, reason: string): SecurityEvent {
  return {
    ...{ cid: clinic, type: 'admin', sub: 'config', act: 'U', out: 0, why: mode },
    agent: agentOf(mustPrincipal(call)),
    ent: [
      { t: 'WriteBack', id: clinic },
      { t: 'Reason', id: reason },
    ],
    rid: call.requestId,
  };
}

/** On the record first: that the EHR is or is not written must be somebody's doing, by name. */
function postWriteBack(parts: WriteBackParts): Handler {
  return async (call) => {
    const clinic = clinicOf(parts, call);
    const { mode, reason } = parseInput(postWriteBackSchema, call.body, 'body');
    await parts.record(switching(call, clinic.id, mode, reason));
    const by = mustPrincipal(call).uid;
    await new WriteBackSwitch(parts.port, clinic.id).set({ mode, reason, by, at: Math.round(parts.now()) });
    return ok(await stateOf(parts, clinic));
  };
}

/** The handlers of write-back, by their routes. */
export const writeBackHandlers = (
  parts: WriteBackParts,
): { getWriteBack: Handler; postWriteBack: Handler } => ({
  getWriteBack: async (call) => ok(await stateOf(parts, clinicOf(parts, call))),
  postWriteBack: postWriteBack(parts),
});
