import { type streamQuerySchema, viewKindOf } from '@workflow-bolt/contracts';
import { authorize, rolesOfAction } from '@workflow-bolt/domain';
import type { z } from 'zod';
import type { BoardSight } from '../access/board-sight.ts';
import type { Principals } from '../access/principals.ts';
import { type Call, type Handler, mustPrincipal, mustSession } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { StreamHub } from '../stream/stream-hub.ts';
import { type BoardAccess, boardKeyOf } from './board-access.ts';
import { recordRead } from './read-audit.ts';

export type StreamOpening = {
  boards: BoardAccess;
  hub: StreamHub;
  sight: BoardSight;
  principals: Principals;
  now: () => number;
};

/** Opens the board stream. The answer goes on until the reader, a limit or a restart ends it. */
export function getStream({ boards, hub, sight, principals, now }: StreamOpening): Handler {
  return async (call) => {
    refuseOtherTypes(call);
    hub.refuseWhenFull();
    const session = mustSession(call);
    const query = call.query as z.output<typeof streamQuerySchema>;
    const host = await boards.of(call);
    const principal = mustPrincipal(call);
    const projection = sight.of(host, principal, viewKindOf(query.view));
    await recordRead(host, call, `board.stream.${projection.kind}`, ['*']);
    hub.open(
      host,
      {
        board: boardKeyOf(call),
        projection,
        footing: {
          principal: () => principals.now(session),
          view: (one) => {
            const may = authorize(one, 'stream', { clinic: host.board.clinic }, now());
            return may.allowed ? sight.of(host, one, projection.kind).view : null;
          },
        },
        hearsPresence:
          projection.kind === 'staff' &&
          rolesOfAction('presence').some((role) => principal.roles.includes(role)),
        cursor: headerCursor(call) ?? query.cursor ?? null,
        tab: query.tab ?? null,
        isHidden: query.vis === 'hidden',
        isPoll: query.mode === 'poll',
        session,
      },
      call,
    );
    return null;
  };
}

/** Native readers repeat their last position in this header; it is newer than the address they were made with. */
function headerCursor({ req }: Call): string | null {
  const given = req.headers['last-event-id'];
  return typeof given === 'string' && given !== '' ? given : null;
}

function refuseOtherTypes({ req }: Call): void {
  if (!req.accepts('text/event-stream')) throw new ProblemError('not_acceptable');
}
