/** From a command to the arguments of `commit`: decided on memory, true only if nothing it read has changed. */
import {
  type Actor,
  type BoardKey,
  type CommandEnvelope,
  type EntityId,
  type LogFrame,
  type Refusal,
  rulesVersion,
  type Source,
} from '@workflow-bolt/contracts';
import { type BoardState, decide, type EntityChanges, foldFrame, targetOf } from '@workflow-bolt/domain';
import { changedFields, patientsOf } from './audit/touched-record.ts';
import type { AuditMark } from './audit-trail.ts';
import type { BoardPosition } from './board-log.ts';
import { paramText } from './param-hash.ts';
import { RecordingView } from './recording-view.ts';

/** Who asks, through what; and by which request, which the record alone keeps. */
export type Submitter = { actor: Actor; source: Source; mark?: AuditMark | undefined };
export type Plan = {
  envelope: CommandEnvelope;
  /** Where the state stood that it was decided on; keys may be waited for before it is sent. */
  at: BoardPosition;
  /** What `(clientId, n)` stands for; its hash is kept. */
  paramText: string;
  /** Every entity read or written, at the version it was read. */
  preconditions: [EntityId, number][];
  /** The code stored and audited: `applied`, or the refusal's. */
  code: string;
  outcome: string;
  audit: string;
  applied: { frame: LogFrame; changes: EntityChanges } | null;
  refusal: Refusal | null;
};

export type PlanInput = {
  board: BoardKey;
  state: BoardState;
  /** Where the state stands. */
  at: BoardPosition;
  envelope: CommandEnvelope;
  now: number;
};

/** No patient data: ids, a role, a station, a command's name, names of changed fields, opaque patient keys. */
function auditText(
  commandId: string,
  input: PlanInput,
  by: Submitter,
  touched: { ids: readonly EntityId[]; changes?: EntityChanges },
): string {
  const { id, role, station } = by.actor;
  return JSON.stringify({
    actor: id,
    role,
    station,
    source: by.source,
    command: input.envelope.command.type,
    commandId,
    entities: touched.ids,
    pat: patientsOf(input.state, touched.ids, touched.changes),
    fields: touched.changes && changedFields(input.state, touched.changes),
    ...by.mark,
  });
}

/** Decides one command on the state in memory. */
export function planCommit(input: PlanInput, by: Submitter): Plan {
  const { board, state, envelope, now } = input;
  const { clientId, n, command } = envelope;
  const commandId = `${clientId}:${n}`;
  const expected = envelope.expectedVersion ?? null;
  const view = new RecordingView(state);
  const { actor, source } = by;
  const context = { commandId, command: command.type, at: now, actor, source };
  const decision = decide(view, command, { board, now, commandId, actor, source }, expected);
  const common = { envelope, at: input.at, paramText: paramText(command, expected, actor.id) };
  if (!decision.ok) {
    const { code } = decision.refusal;
    const target = targetOf(command);
    const audit = auditText(commandId, input, by, { ids: target ? [target] : [] });
    const outcome = JSON.stringify({ code });
    const preconditions = [...view.versionsRead];
    return { ...common, preconditions, code, outcome, audit, applied: null, refusal: decision.refusal };
  }
  const frame: LogFrame = { rules: rulesVersion, ...context, events: decision.events };
  const changes = foldFrame(view, frame);
  // What is written is a precondition too, also when the fold never looked at it.
  for (const id of changes.keys()) view.get(id);
  return {
    ...common,
    preconditions: [...view.versionsRead],
    code: 'applied',
    outcome: JSON.stringify({ events: decision.events.length }),
    audit: auditText(commandId, input, by, { ids: [...changes.keys()], changes }),
    applied: { frame, changes },
    refusal: null,
  };
}

/** Ids of the `count` events of one command. */
export function eventIds(envelope: CommandEnvelope, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${envelope.clientId}:${envelope.n}#${i}`);
}
