import { Center, Loader } from '@mantine/core';
import { ApiError, type Session } from '@workflow-bolt/client';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { type DemoUser, SignInView } from './sign-in-view.tsx';
import { stations } from './stations.ts';

export type SessionExits = { signOut: () => Promise<void>; signInAgain: () => void };

type State =
  | { kind: 'asking' }
  | { kind: 'signed-in'; session: Session }
  | { kind: 'signed-out'; users: readonly DemoUser[] | null; failure: string | null };

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
const isSignedOut = (cause: unknown): boolean =>
  cause instanceof ApiError && cause.code === 'not_authenticated';

function useSession() {
  const api = useApi();
  const [state, setState] = useState<State>({ kind: 'asking' });
  const [isBusy, setIsBusy] = useState(false);
  const fail = useCallback((cause: unknown) => {
    setState((former) => ({
      kind: 'signed-out',
      users: former.kind === 'signed-out' ? former.users : null,
      failure: messageOf(cause),
    }));
  }, []);
  const offer = useCallback(async () => {
    setState({ kind: 'signed-out', users: null, failure: null });
    const { users } = await api.developmentUsers();
    setState({ kind: 'signed-out', users, failure: null });
  }, [api]);
  const ask = useCallback(async () => {
    try {
      setState({ kind: 'signed-in', session: await api.session() });
    } catch (cause) {
      await (isSignedOut(cause) ? offer() : Promise.reject(cause)).catch(fail);
    }
  }, [api, offer, fail]);
  const signIn = async (userId: string, station: string | null) => {
    setIsBusy(true);
    await api
      .developmentLogin({ userId, station })
      .then((session) => setState({ kind: 'signed-in', session }))
      .catch(fail);
    setIsBusy(false);
  };
  const signOut = useCallback(async () => {
    // Out is out on this screen, even when the server cannot be told.
    await api.logout().catch(() => {});
    await offer().catch(fail);
  }, [api, offer, fail]);
  useEffect(() => void ask(), [ask]);
  const signInAgain = useCallback(() => void offer().catch(fail), [offer, fail]);
  return {
    state,
    isBusy,
    ask,
    signIn,
    exits: useMemo(() => ({ signOut, signInAgain }), [signOut, signInAgain]),
  };
}

/** Shows the board to whoever is signed in, and the sign-in to everyone else. */
export function SessionGate({
  children,
}: {
  children: (session: Session, exits: SessionExits) => ReactNode;
}) {
  const { state, isBusy, ask, signIn, exits } = useSession();
  if (state.kind === 'signed-in') return children(state.session, exits);
  if (state.kind === 'asking')
    return (
      <Center h="100%">
        <Loader aria-label="Looking for your session" />
      </Center>
    );
  return (
    <SignInView
      users={state.users}
      stations={stations}
      failure={state.failure}
      isBusy={isBusy}
      onSignIn={(userId, station) => void signIn(userId, station)}
      onRetry={() => void ask()}
    />
  );
}
