import {
  displayTokenRequestSchema,
  enrolDisplayRequestSchema,
  type SecurityEvent,
} from '@workflow-bolt/contracts';
import type { DisplayStore } from '@workflow-bolt/store';
import { type Call, type Handler, mustPrincipal, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { CookiePolicy } from '../session/session-cookie.ts';
import { agentOf } from './access-denied.ts';
import { displayCookieHeader } from './display-credential.ts';

export type DisplayParts = {
  displays: DisplayStore;
  cookies: CookiePolicy;
  record: (event: SecurityEvent) => Promise<void>;
  now: () => number;
};

function entry(call: Call, act: 'C' | 'D', id: string): SecurityEvent {
  return {
    ...{ cid: call.params.clinic ?? null, type: 'admin', sub: 'account', act, out: 0 },
    ...{ agent: agentOf(mustPrincipal(call)), ent: [{ t: 'Display', id }], rid: call.requestId },
  };
}

export function getDisplays({ displays }: DisplayParts): Handler {
  return async (call) => ok({ displays: await displays.list(call.params.clinic ?? '') });
}

export function postDisplay({ displays, record, now }: DisplayParts): Handler {
  return async (call) => {
    const { name } = parseInput(enrolDisplayRequestSchema, call.body, 'body');
    const { clinic = '' } = call.params;
    const about = { clinic, name, enrolledBy: mustPrincipal(call).uid, enrolledAt: now() };
    const enrolled = await displays.enrol(about);
    try {
      await record(entry(call, 'C', enrolled.display.id));
    } catch (error) {
      // Nobody was shown the token yet: what cannot be recorded is taken back.
      await displays.remove(clinic, enrolled.display.id).catch(() => {});
      throw error;
    }
    return ok(enrolled);
  };
}

export function postDisplayRemove({ displays, record }: DisplayParts): Handler {
  return async (call) => {
    const { clinic = '', id = '' } = call.params;
    const display = await displays.get(id);
    if (display?.clinic !== clinic) throw new ProblemError('display_not_found');
    await record(entry(call, 'D', id));
    await displays.remove(clinic, id);
    return { status: 204 };
  };
}

/** Turns a token into the cookie of this device: no script of the page ever holds it afterwards. */
export function postDisplayHere({ displays, cookies }: DisplayParts): Handler {
  return async (call) => {
    const { token } = parseInput(displayTokenRequestSchema, call.body, 'body');
    const display = await displays.find(token);
    if (!display) throw new ProblemError('not_authenticated');
    const { clinic, name } = display;
    return { ...ok({ clinic, name }), status: 200, cookies: [displayCookieHeader(call.req, cookies, token)] };
  };
}
