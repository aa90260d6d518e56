import type { presenceRequestSchema } from '@workflow-bolt/contracts';
import { presenceRequestSchema as schema } from '@workflow-bolt/contracts';
import type { z } from 'zod';
import { type Handler, mustSession } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import type { StreamHub } from '../stream/stream-hub.ts';
import { type BoardAccess, boardKeyOf } from './board-access.ts';
import type { PresenceFeed } from './presence-feed.ts';

type PresenceRequest = z.output<typeof presenceRequestSchema>;

/** A screen says that it is here; the others hear of it within half a second. */
export function postPresence(boards: BoardAccess, hub: StreamHub, feed: PresenceFeed): Handler {
  return async (call) => {
    const { user } = mustSession(call);
    const request: PresenceRequest = parseInput(schema, call.body, 'body');
    const host = await boards.of(call);
    for (const connection of hub.find(boardKeyOf(call), user.id, request.tab)) {
      hub.setHidden(connection, !request.visible);
    }
    if (request.leave) await host.presence.leave(request.tab);
    else {
      const { ackSeq, editing = null } = request;
      await host.presence.touch(request.tab, {
        user: user.id,
        name: user.name,
        role: user.role,
        editing,
        ackSeq,
      });
    }
    feed.changed(host);
    return { status: 204 };
  };
}
