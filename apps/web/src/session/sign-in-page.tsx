import { Button, Center, Loader } from '@mantine/core';
import { SignInApi } from '@workflow-bolt/client';
import type { SignInMethodsOffered } from '@workflow-bolt/contracts';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { ChoosePasswordStep, CodeStep } from './code-steps.tsx';
import { type DemoUser, DemoUsers } from './demo-users.tsx';
import { EnrolStep } from './enrol-step.tsx';
import { EntryPanel } from './entry-panel.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { ResetStep } from './reset-step.tsx';
import { SecondFactorStep } from './second-factor-step.tsx';
import { type Journey, useSignInJourney } from './sign-in-journey.ts';
import { StartStep } from './start-step.tsx';
import { stations } from './stations.ts';

type Props = {
  onSignedIn: () => void;
  /** Why somebody is here who was inside a moment ago. */
  notice?: string | null;
  /** Back to those who wait at this workstation. */
  onBack?: (() => void) | null;
};
type Offer = { methods: SignInMethodsOffered; users: readonly DemoUser[] | null };

const returnPath = '/sign-in/return';
/** The address that the server prints with the code of the first account. */
const enrolPath = '/enrol';

/** What this server offers; `failure` when it cannot be asked. */
function useOffer() {
  const api = useApi();
  const [offer, setOffer] = useState<Offer | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const load = useCallback(async () => {
    setFailure(null);
    try {
      const methods = await new SignInApi(api.transport).methods();
      setOffer({ methods, users: null });
      if (methods.developmentLogin) setOffer({ methods, users: (await api.developmentUsers()).users });
    } catch (cause) {
      setFailure(cause instanceof Error ? cause.message : String(cause));
    }
  }, [api]);
  useEffect(() => void load(), [load]);
  return { offer, failure, load };
}

/** The provider sent the browser back: its answer is used once, and leaves the address bar at once. */
function useReturn({ comeBack }: Journey): void {
  const isDone = useRef(false);
  useEffect(() => {
    if (isDone.current || location.pathname !== returnPath) return;
    isDone.current = true;
    const { search } = location;
    history.replaceState(null, '', '/');
    void comeBack(search);
  }, [comeBack]);
}

/** Everything between a stranger and a session. */
export function SignInPage({ onSignedIn, notice = null, onBack = null }: Props) {
  const api = useApi();
  const signInApi = useMemo(() => new SignInApi(api.transport), [api]);
  const { offer, failure, load } = useOffer();
  const first = location.pathname === enrolPath ? ({ kind: 'code' } as const) : undefined;
  const journey = useSignInJourney(signInApi, { onSignedIn, first });
  useReturn(journey);
  if (failure !== null)
    return (
      <EntryPanel title="Sign in" lead={notice} failure={failure}>
        <Button variant="default" onClick={() => void load()}>
          Try again
        </Button>
      </EntryPanel>
    );
  if (offer === null)
    return (
      <Center h="100%">
        <Loader aria-label="Looking for ways to sign in" />
      </Center>
    );
  const signInAs = (userId: string, station: string | null) =>
    void journey.attempt(async () => {
      await api.developmentLogin({ userId, station });
      onSignedIn();
    });
  const demo = offer.methods.developmentLogin && (
    <DemoUsers users={offer.users} stations={stations} isBusy={journey.isBusy} onSignIn={signInAs} />
  );
  return <Step {...{ journey, offer, demo, onSignedIn, notice, onBack }} api={signInApi} />;
}

type StepProps = Props & { journey: Journey; api: SignInApi; offer: Offer; demo: ReactNode };

function Step({ journey, api, offer, demo, onSignedIn, notice = null, onBack = null }: StepProps) {
  const { step } = journey;
  switch (step.kind) {
    case 'start':
      return <StartStep {...{ journey, demo, notice, onBack }} offered={offer.methods} />;
    case 'code':
      return <CodeStep journey={journey} />;
    case 'reset':
      return <ResetStep journey={journey} api={api} />;
    case 'choose-password':
      return <ChoosePasswordStep journey={journey} step={step} />;
    case 'second-factor':
      return <SecondFactorStep journey={journey} step={step} />;
    case 'enrol':
      return <EnrolStep journey={journey} api={api} step={step} offersPasskeys={offer.methods.passkeys} />;
    case 'recovery-codes':
      return (
        <EntryPanel
          title="Keep your recovery codes"
          lead="Each lets you in once when your other proof is lost. They are shown now and never again."
        >
          <RecoveryCodes codes={step.codes} doneLabel="Go to the board" onDone={onSignedIn} />
        </EntryPanel>
      );
  }
}
