import {
  displayTokenRequestSchema,
  enrolDisplayRequestSchema,
  type SecurityEvent,
} from '@workflow-bolt/contracts';
import type { DisplayStore } from '@workflow-bolt/store';
import type { BoardAccess } from '../boards/board-access.ts';
import { type Call, type Handler, mustPrincipal, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { CookiePolicy } from '../session/session-cookie.ts';
import { agentOf } from './access-denied.ts';
import { displayCookieHeader } from './display-credential.ts';

export type DisplayParts = {
  boards: BoardAccess;
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

/** Which screen this is, and which day it shows: it hangs there overnight, and asks again. */
export function getDisplayHere({ boards, now }: DisplayParts): Handler {
  return (call) => {
    const { user } = mustSession(call);
    const [clinic] = boards.clinicsOf(user);
    if (!clinic) throw new ProblemError('board_not_found');
    const { id, zone } = clinic;
    return ok({ clinic: id, name: user.name, zone, today: boards.today(clinic), now: now() });
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
