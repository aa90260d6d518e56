import {
  type CommandEnvelope,
  type CommandOutcome,
  commandBatchMax,
  commandEnvelopeSchema,
  commandsRequestSchema,
} from '@workflow-bolt/contracts';
import { z } from 'zod';
import { type Answer, type Call, type Handler, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { actorOf, type BoardAccess } from './board-access.ts';

const batchSchema = z.strictObject({
  commands: z.array(commandEnvelopeSchema).min(1).max(commandBatchMax),
});

/** One command answers with the problem of its refusal; a batch always lists its outcomes. */
export function postCommands(boards: BoardAccess): Handler {
  return async (call) => {
    const session = mustSession(call);
    const { envelopes, isBatch } = parseCommands(call.body);
    const host = await boards.of(call);
    const actor = actorOf(session);
    if (isBatch) return ok({ outcomes: await host.submitMany(envelopes, actor, 'ui') });
    const [envelope] = envelopes;
    return answerOne(call, envelope ? await host.submit(envelope, actor, 'ui') : undefined);
  };
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
