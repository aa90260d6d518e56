import {
  type ApiClient,
  ApiError,
  NetworkError,
  type Session,
  SessionApi,
  WorkstationKey,
} from '@workflow-bolt/client';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { forgetKeptBoard } from '../offline/use-offline-board.ts';
import { hearTabs, markLocked, tellTabs, wasLocked } from './session-link.ts';

/** Why somebody is outside, where it needs saying. */
export type OutsideReason = 'idle' | 'locked' | null;

export type SessionState =
  | { kind: 'asking' }
  | { kind: 'leaving' }
  | { kind: 'signed-in'; session: Session; needsPin: boolean }
  | { kind: 'signed-out'; reason: OutsideReason }
  /** `isAway`: nobody could say whether the session is still good. */
  | { kind: 'failed'; message: string; isAway: boolean };

export type SessionExits = {
  signOut: () => Promise<void>;
  /** The session has ended by itself. */
  signInAgain: () => void;
  /** Parks the session on an enrolled workstation; ends it elsewhere. `idle`: nobody answered. */
  lock: (why: 'person' | 'idle') => Promise<void>;
  /** Locks what is shown without a server; `ask` ends the session once there is one. */
  lockAway: (why: 'person' | 'idle') => void;
  /** Registers what must be forgotten before the screen goes blank; answers how to take that back. */
  onConceal: (conceal: () => Promise<void>) => () => void;
};

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
const isAway = (cause: unknown): boolean =>
  cause instanceof NetworkError || (cause instanceof ApiError && cause.status >= 500);
const isCode = (cause: unknown, ...codes: string[]): boolean =>
  cause instanceof ApiError && codes.includes(cause.code);

/** Parks or ends the session at the server. `pin`: it can be parked only once a PIN is chosen. */
async function leaveServer(api: ApiClient, session: Session): Promise<'left' | 'pin'> {
  try {
    const key = session.workstation === null ? null : await WorkstationKey.find();
    await new SessionApi(api).lock(key);
    return 'left';
  } catch (cause) {
    if (isCode(cause, 'pin_required')) return 'pin';
    // What cannot be parked is ended; and out is out on this screen, even when the server cannot be told.
    await api.logout().catch(() => {});
    return 'left';
  }
}

function useConcealers() {
  const concealers = useRef(new Set<() => Promise<void>>());
  const onConceal = useCallback((conceal: () => Promise<void>) => {
    concealers.current.add(conceal);
    return () => void concealers.current.delete(conceal);
  }, []);
  const concealAll = useCallback(
    () => Promise.all([...concealers.current].map((conceal) => conceal().catch(() => {}))),
    [],
  );
  return { onConceal, concealAll };
}

/** Who is signed in on this page, and every way in and out. */
export function useSession() {
  const api = useApi();
  const [state, setState] = useState<SessionState>({ kind: 'asking' });
  const present = useRef<Session | null>(null);
  const { onConceal, concealAll } = useConcealers();
  const enter = useCallback((session: Session, needsPin = false) => {
    present.current = session;
    markLocked(false);
    setState({ kind: 'signed-in', session, needsPin });
  }, []);
  const stayOut = useCallback((reason: OutsideReason) => {
    present.current = null;
    void forgetKeptBoard();
    setState({ kind: 'signed-out', reason });
  }, []);
  const ask = useCallback(async () => {
    setState({ kind: 'asking' });
    // A lock that did not reach the server is finished first.
    if (wasLocked()) await api.logout().catch(() => {});
    await api.session().then(
      (session) => (wasLocked() ? stayOut('locked') : enter(session)),
      (cause: unknown) =>
        isCode(cause, 'not_authenticated')
          ? stayOut(null)
          : setState({ kind: 'failed', message: messageOf(cause), isAway: isAway(cause) && !wasLocked() }),
    );
  }, [api, enter, stayOut]);
  /** Blank first, then everything else: nobody may read on while the server is asked. */
  const blank = useCallback(() => {
    void concealAll();
    void forgetKeptBoard();
    setState({ kind: 'leaving' });
  }, [concealAll]);
  const exits = useMemo<SessionExits>(
    () => ({
      onConceal,
      signInAgain: () => stayOut(null),
      signOut: async () => {
        blank();
        tellTabs('leaving');
        // What did not reach the server is finished when somebody comes back, before anybody is in.
        await api.logout().catch(() => markLocked(true));
        tellTabs('left');
        stayOut(null);
      },
      lock: async (why) => {
        const session = present.current;
        if (!session) return;
        blank();
        markLocked(true);
        tellTabs('leaving');
        const left = await leaveServer(api, session);
        if (left === 'pin' && why === 'person') return enter(session, true);
        if (left === 'pin') await api.logout().catch(() => {});
        tellTabs('left');
        stayOut(why === 'idle' ? 'idle' : 'locked');
      },
      lockAway: (why) => {
        blank();
        markLocked(true);
        tellTabs('leaving');
        tellTabs('left');
        // Nobody may be there to hear it; the mark stays until somebody is in again.
        void api.logout().catch(() => {});
        stayOut(why === 'idle' ? 'idle' : 'locked');
      },
    }),
    [api, blank, enter, stayOut, onConceal],
  );
  useEffect(() => void ask(), [ask]);
  useEffect(() => hearTabs((word) => (word === 'leaving' ? blank() : void ask())), [blank, ask]);
  useReloadFromCache();
  return { state, ask, enter, exits };
}

/** A page that the browser kept while somebody else was here must not come back as it was. */
function useReloadFromCache(): void {
  useEffect(() => {
    const listen = (event: PageTransitionEvent) => {
      if (event.persisted) location.reload();
    };
    window.addEventListener('pageshow', listen);
    return () => window.removeEventListener('pageshow', listen);
  }, []);
}
