/**
 * Every answer held against the log (I1, I3, I5): one effect per acknowledged command, at the position that was
 * answered, decided on exactly the state before it, in keeping with real time, with one audit entry; and every refusal
 * was right on the board on which it was given.
 */

import type { BoardKey } from '@workflow-bolt/contracts';
import { type BoardState, decide } from '@workflow-bolt/domain';
import { canonicalJson, checkIdempotency, type HistoryLine, type Operation } from '@workflow-bolt/testkit';
import type { AuditEntry, BoardTruth, TruthEntry, Visitor } from './board-truth.ts';
import type { Given, Sent } from './command-client.ts';

/** A visitor of the truth that decides every command again, on the very board on which it was decided. */
export class DecisionReplay implements Visitor {
  readonly problems: string[] = [];
  numApplied = 0;
  numRefused = 0;
  readonly #board: BoardKey;
  readonly #sent: (commandId: string) => Sent | undefined;

  constructor(board: BoardKey, sent: (commandId: string) => Sent | undefined) {
    this.#board = board;
    this.#sent = sent;
  }

  entry(before: BoardState, { seq, frame }: TruthEntry): void {
    const sent = this.#sent(frame.commandId);
    if (!sent) return;
    this.numApplied += 1;
    const { commandId, actor, source, at: now } = frame;
    const context = { board: this.#board, commandId, actor, source, now };
    const decision = decide(before, sent.command, context, sent.expectedVersion);
    const isSame = decision.ok && canonicalJson(decision.events) === canonicalJson(frame.events);
    if (!isSame)
      this.problems.push(`entry ${seq} (${sent.command.type}) is not what the rules say on #${seq - 1}`);
  }

  refusal(state: BoardState, { commandId, code, seq, at: now }: AuditEntry): void {
    const sent = this.#sent(commandId);
    if (!sent) return;
    this.numRefused += 1;
    const context = { board: this.#board, commandId, actor: sent.actor, source: 'ui' as const, now };
    const decision = decide(state, sent.command, context, sent.expectedVersion);
    const found = decision.ok ? 'applied' : decision.refusal.code;
    if (found !== code)
      this.problems.push(`${commandId} was refused with ${code} on #${seq}; the rules say ${found}`);
  }
}

/** `isOurs` names the commands of this history among all that the log holds. */
export function checkAnswers(
  truth: BoardTruth,
  lines: readonly HistoryLine[],
  isOurs: (commandId: string) => boolean,
): string[] {
  const ours = truth.entries.filter(({ frame }) => isOurs(frame.commandId));
  const effects = ours.map(({ frame }) => frame.commandId);
  const hasEffect = ({ value }: HistoryLine): boolean => 'seq' in (value as Given);
  const seqs = new Map(ours.map(({ seq, frame }) => [frame.commandId, seq]));
  return [
    ...checkIdempotency(lines, effects, hasEffect).problems,
    ...wrongPositions(lines, seqs),
    ...auditProblems(truth, lines, isOurs),
  ];
}

function wrongPositions(lines: readonly HistoryLine[], seqs: ReadonlyMap<string, number>): string[] {
  return lines.flatMap(({ type, opId, value }) => {
    const said = type === 'ok' ? (value as { seq?: number }).seq : undefined;
    const found = seqs.get(opId);
    return said === undefined || said === found
      ? []
      : [`${opId}: acknowledged at ${said}, the log has it at ${found}`];
  });
}

/** A command that was answered before another began stands before it in the log. */
export function checkRealTime(operations: readonly Operation[], truth: BoardTruth): string[] {
  const seqs = new Map(truth.entries.map(({ seq, frame }) => [frame.commandId, seq]));
  const ends = operations
    .filter(({ isKnown, opId }) => isKnown && seqs.has(opId))
    .sort((a, b) => a.endUs - b.endUs);
  let highest = { seq: 0, opId: '' };
  let at = 0;
  return [...operations]
    .sort((a, b) => a.startUs - b.startUs)
    .flatMap((operation) => {
      for (let ended = ends[at]; ended && ended.endUs < operation.startUs; ended = ends[++at]) {
        const seq = seqs.get(ended.opId) ?? 0;
        if (seq > highest.seq) highest = { seq, opId: ended.opId };
      }
      const seq = seqs.get(operation.opId);
      if (seq === undefined || seq > highest.seq) return [];
      return [`${operation.opId} (#${seq}) began after ${highest.opId} (#${highest.seq}) was answered`];
    });
}

function auditProblems(
  truth: BoardTruth,
  lines: readonly HistoryLine[],
  isOurs: (commandId: string) => boolean,
): string[] {
  const byCommand = Map.groupBy(truth.audits, ({ commandId }) => commandId);
  const answered = new Map(
    lines.filter(({ type }) => type === 'ok').map(({ opId, value }) => [opId, value as Given]),
  );
  const ofLog = truth.entries.flatMap(({ seq, frame }) => {
    const found = byCommand.get(frame.commandId) ?? [];
    const isRight = found.length === 1 && found[0]?.seq === seq && found[0].code === 'applied';
    return isRight ? [] : [`#${seq} ${frame.commandId}: ${describe(found)}`];
  });
  const ofAnswers = [...answered].flatMap(([opId, given]) => {
    const code = 'code' in given ? given.code : 'applied';
    const found = byCommand.get(opId) ?? [];
    const isRight = found.length === 1 && found[0]?.code === code;
    return isRight ? [] : [`${opId} answered ${code}: ${describe(found)}`];
  });
  const doubled = [...byCommand].filter(([commandId, found]) => isOurs(commandId) && found.length > 1);
  return [...ofLog, ...ofAnswers, ...doubled.map(([id, found]) => `${id}: ${describe(found)}`)];
}

const describe = (found: readonly AuditEntry[]): string =>
  `audited ${found.length} times (${found.map(({ code, seq }) => `${code}#${seq}`).join(', ')})`;
