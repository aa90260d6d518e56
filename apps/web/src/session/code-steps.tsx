import { Anchor } from '@mantine/core';
import type { EnrolmentAnswer } from '@workflow-bolt/client';
import { CodeForm } from './code-form.tsx';
import { EntryPanel } from './entry-panel.tsx';
import { NewPasswordForm } from './new-password-form.tsx';
import type { Journey, JourneyStep } from './sign-in-journey.ts';
import classes from './sign-in-view.module.css';

function BackLink({ journey }: { journey: Journey }) {
  return (
    <div className={classes.links}>
      <Anchor component="button" type="button" size="sm" onClick={() => journey.go({ kind: 'start' })}>
        Back to sign-in
      </Anchor>
    </div>
  );
}

/** A one-time code: of an invitation, a reset, or the first start of the server. */
export function CodeStep({ journey }: { journey: Journey }) {
  return (
    <EntryPanel
      title="Enter your code"
      lead="The one-time code that a manager gave you, or that the server printed at its first start."
      failure={journey.failure}
    >
      <CodeForm
        label="One-time code"
        form="text"
        submitLabel="Continue"
        isBusy={journey.isBusy}
        onSubmit={(code) => void journey.openCode(code)}
      />
      <BackLink journey={journey} />
    </EntryPanel>
  );
}

function leadOf({ purpose, account }: EnrolmentAnswer): string {
  if (purpose === 'bootstrap') return 'You will be the owner: you invite everybody else.';
  const who = account?.name ?? '';
  return purpose === 'invitation'
    ? `Welcome, ${who}. Choose the password you will sign in with.`
    : `${who}, choose a new password. Everything you signed in with before is void.`;
}

type ChooseProps = { journey: Journey; step: Extract<JourneyStep, { kind: 'choose-password' }> };

/** What the code was for: a password of one's own. */
export function ChoosePasswordStep({ journey, step }: ChooseProps) {
  const { enrolment } = step;
  return (
    <EntryPanel title="Choose a password" lead={leadOf(enrolment)} failure={journey.failure}>
      <NewPasswordForm
        login={enrolment.account?.login ?? null}
        asksForNames={enrolment.account === null}
        submitLabel="Continue"
        isBusy={journey.isBusy}
        onSubmit={(...given) => void journey.choosePassword(...given)}
      />
      <BackLink journey={journey} />
    </EntryPanel>
  );
}
