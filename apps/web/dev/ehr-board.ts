/** A small board that writes to the EHR, with a visit in each of the states a card can show. */
import type { CommandOf } from '@workflow-bolt/contracts';
import type { FakeServer } from './fake-server.ts';
import { at, schedule, smallBoard } from './small-board.ts';

type Outcome = Partial<Omit<CommandOf<'settleWrite'>, 'type' | 'visitId' | 'turn'>>;

/** What write-back says of a visit. */
export function settle(
  server: FakeServer,
  visitId: string,
  turn: number,
  outcome: Outcome,
  when = at(9, 20),
): void {
  const nothing = { theirs: null, agreed: null, dropped: null, failed: null, conflict: null };
  const command = { type: 'settleWrite', visitId, turn, ...nothing, created: null, would: null } as const;
  server.act({ ...command, ...outcome }, { userId: 'system', at: when, source: 'tebra' });
}

/** Ina is in step, Wim waits, Fay failed, Cora was cancelled in the EHR while she sits here. */
export function ehrBoard(signedIn: string | null, mode: 'off' | 'dry-run' | 'on' = 'on'): FakeServer {
  const server = smallBoard(signedIn);
  const system = { userId: 'system', at: at(6, 30) };
  const names = { ina: 'Ina Step', wim: 'Wim Wait', fay: 'Fay Failed', cora: 'Cora Conflict' };
  for (const [visitId, fullName] of Object.entries(names))
    schedule(server, { visitId, fullName, patientKey: visitId, dob: '1975-01-02', startAt: at(9) });
  if (mode !== 'off') server.act({ type: 'setWriteBack', mode }, system);
  for (const visitId of ['wim', 'fay', 'cora'])
    server.act({ type: 'moveVisit', visitId, to: 'arrived' }, { userId: 'dana', at: at(9, 10) });
  if (mode !== 'on') return server;
  settle(server, 'fay', 1, { failed: 'outcome-unknown' });
  const conflict: Outcome['conflict'] = {
    ...{ reason: 'status-changed', theirs: 'Cancelled', ours: 'CheckedIn', lastAgreed: 'Scheduled' },
    members: [],
  };
  settle(server, 'cora', 1, { theirs: 'Cancelled', agreed: 'Scheduled', conflict });
  return server;
}
