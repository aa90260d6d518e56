import { Center, Loader } from '@mantine/core';
import { type Parked, type Session, SessionApi, WorkstationKey } from '@workflow-bolt/client';
import { useCallback, useMemo, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { useResource } from '../app/use-resource.ts';
import { markLocked } from '../session/session-link.ts';
import { SignInPage } from '../session/sign-in-page.tsx';
import type { OutsideReason } from '../session/use-session.ts';
import { LockScreen } from './lock-screen.tsx';

type Props = { reason: OutsideReason; onSignedIn: () => void; onUnlocked: (session: Session) => void };
export type Waiting = { key: WorkstationKey; parked: Parked };

/** Who can go on here with a PIN; nobody where this is no enrolled workstation, or it cannot prove that it is. */
async function whoWaits(api: SessionApi): Promise<{ waiting: Waiting | null }> {
  const key = await WorkstationKey.find();
  const parked = key && (await api.parked(key).catch(() => null));
  return { waiting: key && parked && parked.people.length > 0 ? { key, parked } : null };
}

/** The lock screen where somebody's session waits, otherwise the sign-in. */
export function OutsidePage({ reason, onSignedIn, onUnlocked }: Props) {
  const api = useApi();
  const sessionApi = useMemo(() => new SessionApi(api), [api]);
  const { value, reload } = useResource(useCallback(() => whoWaits(sessionApi), [sessionApi]));
  const [isSomeoneElse, setIsSomeoneElse] = useState(false);
  if (!value)
    return (
      <Center h="100%">
        <Loader aria-label="Looking who can go on here" />
      </Center>
    );
  if (value.waiting && !isSomeoneElse)
    return (
      <LockScreen
        api={sessionApi}
        waiting={value.waiting}
        onUnlocked={onUnlocked}
        onGone={() => void reload()}
        onSomeoneElse={() => setIsSomeoneElse(true)}
      />
    );
  const signedIn = () => {
    markLocked(false);
    onSignedIn();
  };
  return (
    <SignInPage
      notice={reason === 'idle' ? 'You were signed out because nobody was here.' : null}
      onSignedIn={signedIn}
      onBack={value.waiting ? () => setIsSomeoneElse(false) : null}
    />
  );
}
