import { Button, Center, Loader } from '@mantine/core';
import type { Session } from '@workflow-bolt/client';
import type { ReactNode } from 'react';
import { IdleWatch } from '../lock/idle-watch.tsx';
import { OutsidePage } from '../lock/outside-page.tsx';
import { PinNeededNote } from '../lock/pin-needed-note.tsx';
import { OfflineOrElse } from '../offline/offline-or-else.tsx';
import { EntryPanel } from './entry-panel.tsx';
import { ProofProvider } from './proof-provider.tsx';
import { type SessionExits, type SessionState, useSession } from './use-session.ts';

type FailedProps = {
  state: Extract<SessionState, { kind: 'failed' }>;
  exits: SessionExits;
  onAgain: () => void;
};

/** Nobody could say who this is: what the browser kept for them, or why not. */
function FailedSession({ state, exits, onAgain }: FailedProps) {
  const failed = (
    <EntryPanel title="Clinic board" failure={state.message}>
      <Button variant="default" onClick={onAgain}>
        Try again
      </Button>
    </EntryPanel>
  );
  if (!state.isAway) return failed;
  return (
    <OfflineOrElse onAgain={onAgain} onLock={exits.lockAway}>
      {failed}
    </OfflineOrElse>
  );
}

type Props = { children: (session: Session, exits: SessionExits) => ReactNode };

/** Shows what is inside to whoever is signed in, and the ways in to everyone else. */
export function SessionGate({ children }: Props) {
  const { state, ask, enter, exits } = useSession();
  switch (state.kind) {
    case 'signed-in':
      return (
        <ProofProvider session={state.session}>
          {children(state.session, exits)}
          <IdleWatch session={state.session} exits={exits} />
          {state.needsPin && <PinNeededNote />}
        </ProofProvider>
      );
    case 'signed-out':
      return <OutsidePage reason={state.reason} onSignedIn={() => void ask()} onUnlocked={enter} />;
    case 'failed':
      return <FailedSession state={state} exits={exits} onAgain={() => void ask()} />;
    case 'leaving':
    case 'asking':
      return (
        <Center h="100%">
          <Loader aria-label={state.kind === 'asking' ? 'Looking for your session' : 'Locking'} />
        </Center>
      );
  }
}
