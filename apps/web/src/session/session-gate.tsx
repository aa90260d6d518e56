import { Button, Center, Loader } from '@mantine/core';
import { ApiError, type Session } from '@workflow-bolt/client';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { EntryPanel } from './entry-panel.tsx';
import { SignInPage } from './sign-in-page.tsx';

export type SessionExits = { signOut: () => Promise<void>; signInAgain: () => void };

type State =
  | { kind: 'asking' }
  | { kind: 'signed-in'; session: Session }
  | { kind: 'signed-out' }
  | { kind: 'failed'; message: string };

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
const isSignedOut = (cause: unknown): boolean =>
  cause instanceof ApiError && cause.code === 'not_authenticated';

function useSession() {
  const api = useApi();
  const [state, setState] = useState<State>({ kind: 'asking' });
  const ask = useCallback(async () => {
    setState({ kind: 'asking' });
    await api.session().then(
      (session) => setState({ kind: 'signed-in', session }),
      (cause: unknown) =>
        setState(isSignedOut(cause) ? { kind: 'signed-out' } : { kind: 'failed', message: messageOf(cause) }),
    );
  }, [api]);
  const signOut = useCallback(async () => {
    // Out is out on this screen, even when the server cannot be told.
    await api.logout().catch(() => {});
    setState({ kind: 'signed-out' });
  }, [api]);
  const signInAgain = useCallback(() => setState({ kind: 'signed-out' }), []);
  useEffect(() => void ask(), [ask]);
  return { state, ask, exits: useMemo(() => ({ signOut, signInAgain }), [signOut, signInAgain]) };
}

/** Shows what is inside to whoever is signed in, and the sign-in to everyone else. */
export function SessionGate({
  children,
}: {
  children: (session: Session, exits: SessionExits) => ReactNode;
}) {
  const { state, ask, exits } = useSession();
  if (state.kind === 'signed-in') return children(state.session, exits);
  if (state.kind === 'signed-out') return <SignInPage onSignedIn={() => void ask()} />;
  if (state.kind === 'failed')
    return (
      <EntryPanel title="Clinic board" failure={state.message}>
        <Button variant="default" onClick={() => void ask()}>
          Try again
        </Button>
      </EntryPanel>
    );
  return (
    <Center h="100%">
      <Loader aria-label="Looking for your session" />
    </Center>
  );
}
