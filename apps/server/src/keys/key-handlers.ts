/** The keys over HTTP: which are in use, and a new one on demand. Who asked is on the record before anything is made. */
import {
  type KeyRotationRequest,
  keyRotationRequestSchema,
  type SecurityEvent,
} from '@workflow-bolt/contracts';
import { agentOf } from '../access/access-denied.ts';
import { type Call, type Handler, mustPrincipal, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import type { KeyDesk } from './key-desk.ts';

export type KeyHandlerParts = {
  desk: KeyDesk;
  /** Keeps an event before the answer leaves; throws when it cannot be kept. */
  record: (event: SecurityEvent) => Promise<void>;
};

const nameOf = (order: KeyRotationRequest): string => {
  if (order.level === 'top') return `kek/${order.purpose}`;
  return order.level === 'month' ? `${order.clinic}/${order.period}` : order.clinic;
};

function rotationEvent(call: Call, order: KeyRotationRequest): SecurityEvent {
  return {
    ...{ cid: null, type: 'admin', sub: 'key', act: 'U', out: 0, why: `rotate-${order.level}` },
    agent: agentOf(mustPrincipal(call)),
    pou: 'SYSADMN',
    ent: [{ t: 'Key', id: nameOf(order) }],
    rid: call.requestId,
  };
}

const getKeys =
  ({ desk }: KeyHandlerParts): Handler =>
  async () =>
    ok(await desk.report());

function postKeyRotation({ desk, record }: KeyHandlerParts): Handler {
  return async (call) => {
    const order = parseInput(keyRotationRequestSchema, call.body, 'body');
    await record(rotationEvent(call, order));
    return ok({ kid: await desk.rotate(order) });
  };
}

/** The handlers of the keys, by their routes. */
export const keyHandlers = (parts: KeyHandlerParts) => ({
  getKeys: getKeys(parts),
  postKeyRotation: postKeyRotation(parts),
});
