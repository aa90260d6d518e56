import {
  type Actor,
  type Command,
  type CommandEnvelope,
  type CommandOutcome,
  commandBatchMax,
  commandEnvelopeSchema,
  commandsRequestSchema,
  type EntityId,
  type Principal,
  type Role,
} from '@workflow-bolt/contracts';
import { actionOf, authorize, type Projection, targetOf } from '@workflow-bolt/domain';
import type { BoardHost, SubmitOptions } from '@workflow-bolt/store';
import { z } from 'zod';
import { AccessDenied } from '../access/access-denied.ts';
import type { BoardSight } from '../access/board-sight.ts';
import { type Answer, type Call, type Handler, mustPrincipal, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { Session } from '../session/session.ts';
import { actingRole } from './acting-role.ts';
import { actorOf, type BoardAccess } from './board-access.ts';
import { isInEmergency, markOf } from './read-audit.ts';

const batchSchema = z.strictObject({
  commands: z.array(commandEnvelopeSchema).min(1).max(commandBatchMax),
});

export type Commanding = { boards: BoardAccess; sight: BoardSight; now: () => number };

/** One command answers with the problem of its refusal; a batch always lists its outcomes. */
export function postCommands({ boards, sight, now }: Commanding): Handler {
  return async (call) => {
    const { envelopes, isBatch } = parseCommands(call.body);
    const host = await boards.of(call);
    const principal = mustPrincipal(call);
    for (const { command } of envelopes)
      refuseBesideRole(principal, command, { clinic: host.board.clinic, now: now() });
    const outcomes = await submitAll(host, envelopes, call);
    const seen = outcomes.map((outcome) => seenOutcome(() => sight.of(host, principal), outcome));
    return isBatch ? ok({ outcomes: seen }) : answerOne(call, seen[0]);
  };
}

/** A role that may not is refused by the rules, with an entry in the board's own record; all else is refused here. */
function refuseBesideRole(principal: Principal, command: Command, at: { clinic: string; now: number }): void {
  const action = actionOf(command);
  const resource = { clinic: at.clinic };
  const verdict = authorize(principal, action, resource, at.now);
  if (verdict.allowed || verdict.why === 'DENY_ROLE') return;
  throw new AccessDenied(verdict, { principal, action, resource });
}

/** How a command goes on record: in which role, and whether behind broken glass. */
type Standing = { role: Role; isEmergency: boolean };
type StandingOf = (envelope: CommandEnvelope) => Standing;

function standings(host: BoardHost, session: Session, principal: Principal): StandingOf {
  const hasGlass = principal.openGlass.length > 0;
  return ({ command }) => {
    const target = hasGlass ? targetOf(command) : null;
    const isEmergency = target !== null && isInEmergency(principal, host, [target]);
    return { role: actingRole(session.roles, command, host), isEmergency };
  };
}

/** In order; what somebody gives in another of their roles, or in an emergency, goes with the name of that. */
async function submitAll(
  host: BoardHost,
  envelopes: readonly CommandEnvelope[],
  call: Call,
): Promise<CommandOutcome[]> {
  const [session, principal] = [mustSession(call), mustPrincipal(call)];
  const standingOf = standings(host, session, principal);
  const isOne = session.roles.length === 1 && principal.openGlass.length === 0;
  const outcomes: CommandOutcome[] = [];
  let rest = [...envelopes];
  for (let [first] = rest; first; [first] = rest) {
    const { role, isEmergency } = standingOf(first);
    const isOther = (each: Standing) => each.role !== role || each.isEmergency !== isEmergency;
    const other = isOne ? -1 : rest.findIndex((each) => isOther(standingOf(each)));
    const run = other === -1 ? rest : rest.slice(0, other);
    const options = { guard: call.guard, mark: markOf(call, isEmergency) };
    const answers = await submitRun(host, run, { ...actorOf(session), role }, options);
    outcomes.push(...answers);
    if (answers.at(-1)?.outcome === 'hold' || answers.length < run.length) break;
    rest = rest.slice(run.length);
  }
  return outcomes;
}

async function submitRun(
  host: BoardHost,
  run: CommandEnvelope[],
  actor: Actor,
  options: SubmitOptions,
): Promise<CommandOutcome[]> {
  const [only] = run;
  if (only && run.length === 1) return [await host.submit(only, actor, 'ui', options)];
  return host.submitMany(run, actor, 'ui', options);
}

/** A conflict shows the present state, as far as this reader may see it. */
function seenOutcome(sightOf: () => Projection, outcome: CommandOutcome): CommandOutcome {
  if (outcome.outcome !== 'conflict' || !outcome.current) return outcome;
  const { id, v, d } = outcome.current;
  const seen = sightOf().see(id as EntityId, d);
  return { ...outcome, current: seen && { id, v, d: seen } };
}

/** Parsed by the one branch that is meant, so that errors name the field and not the union. */
function parseCommands(body: unknown): { envelopes: CommandEnvelope[]; isBatch: boolean } {
  const isObject = typeof body === 'object' && body !== null;
  if (isObject && 'commands' in body) {
    return { envelopes: parseInput(batchSchema, body, 'body').commands, isBatch: true };
  }
  if (isObject && 'command' in body) {
    return { envelopes: [parseInput(commandEnvelopeSchema, body, 'body')], isBatch: false };
  }
  parseInput(commandsRequestSchema, body, 'body');
  return { envelopes: [], isBatch: false };
}

function answerOne(call: Call, outcome: CommandOutcome | undefined): Answer {
  if (!outcome) throw new ProblemError('invalid_request');
  const { n } = outcome;
  switch (outcome.outcome) {
    case 'applied':
      return ok({ outcomes: [outcome] });
    case 'duplicate':
      if (outcome.code === null) return ok({ outcomes: [outcome] });
      throw new ProblemError(outcome.code, { outcome: 'duplicate', n });
    case 'conflict':
      throw new ProblemError(outcome.code, { ...outcome });
    case 'rejected':
      throw new ProblemError(outcome.code, { ...outcome.details, outcome: 'rejected', n });
    case 'hold':
      call.res.setHeader('Retry-After', Math.ceil(outcome.retryAfterMs / 1_000));
      throw new ProblemError(outcome.code, { ...outcome });
  }
}
