/** The circuit breakers of the EHR in an operator's hands. */
import {
  type Breaker,
  ehrLanes,
  type ForceBreaker,
  forceBreakerSchema,
  type SecurityEvent,
} from '@workflow-bolt/contracts';
import { EhrLink, ehrAccounts, type RedisPort } from '@workflow-bolt/store';
import { agentOf } from '../access/access-denied.ts';
import { type Call, type Handler, mustPrincipal, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';

export type EhrLinkParts = {
  port: RedisPort;
  /** Keeps an event before the answer leaves; throws when it cannot be kept. */
  record: (event: SecurityEvent) => Promise<void>;
};

const historyMost = 100;
const states = { open: 'forced_open', close: 'forced_closed', reset: 'closed' } as const;

const linkOf = (port: RedisPort, account: string): EhrLink => new EhrLink({ port, account, node: 'server' });
const readAll = (link: EhrLink): Promise<Breaker[]> => Promise.all(ehrLanes.map((lane) => link.read(lane)));

function getEhrLink({ port }: EhrLinkParts): Handler {
  return async () => {
    const accounts = await Promise.all(
      (await ehrAccounts(port)).map(async (account) => {
        const link = linkOf(port, account);
        const [breakers, history] = await Promise.all([readAll(link), link.history(historyMost)]);
        return { account, breakers, history };
      }),
    );
    return ok({ accounts });
  };
}

function forcing(call: Call, account: string, { lane, action, reason }: ForceBreaker): SecurityEvent {
  return {
    ...{ cid: null, type: 'admin', sub: 'config', act: 'U', out: 0, why: action },
    agent: agentOf(mustPrincipal(call)),
    ent: [
      { t: 'EhrBreaker', id: `${account}/${lane}` },
      { t: 'Reason', id: reason },
    ],
    rid: call.requestId,
  };
}

/** On the record first: a link that stands still must be somebody's doing, by name. */
function postEhrBreaker({ port, record }: EhrLinkParts): Handler {
  return async (call) => {
    const account = call.params.account ?? '';
    const wish = parseInput(forceBreakerSchema, call.body, 'body');
    if (!(await ehrAccounts(port)).includes(account)) throw new ProblemError('record_not_found');
    await record(forcing(call, account, wish));
    const link = linkOf(port, account);
    const ttlMs = wish.action === 'reset' ? 0 : (wish.minutes ?? 0) * 60_000;
    const by = mustPrincipal(call).uid;
    await link.force(wish.lane, states[wish.action], { ttlMs, why: wish.reason, by });
    return ok(await link.read(wish.lane));
  };
}

/** The handlers of the link to the EHR, by their routes. */
export const ehrLinkHandlers = (parts: EhrLinkParts) => ({
  getEhrLink: getEhrLink(parts),
  postEhrBreaker: postEhrBreaker(parts),
});
