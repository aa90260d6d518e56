import { Anchor, Button } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { CodeForm } from './code-form.tsx';
import { EntryPanel } from './entry-panel.tsx';
import type { Journey, JourneyStep, SecondFactorMethod } from './sign-in-journey.ts';
import classes from './sign-in-view.module.css';

type Step = Extract<JourneyStep, { kind: 'second-factor' }>;

const leads: Record<SecondFactorMethod, string> = {
  totp: 'Open your authenticator app and enter the six digits it shows for this clinic.',
  passkey: 'Confirm with your passkey: the fingerprint, face or PIN of this device, or your key.',
  'recovery-code': 'Enter one of the recovery codes you kept. Each works once.',
};
const otherWays: Record<SecondFactorMethod, string> = {
  totp: 'Use the authenticator app instead',
  passkey: 'Use a passkey instead',
  'recovery-code': 'Use a recovery code instead',
};

function Factor({ journey, method }: { journey: Journey; method: SecondFactorMethod }) {
  if (method === 'passkey')
    return (
      <Button
        autoFocus
        leftSection={<IconKey size={18} />}
        loading={journey.isBusy}
        onClick={() => void journey.passkey()}
      >
        Use your passkey
      </Button>
    );
  const isTotp = method === 'totp';
  return (
    <CodeForm
      key={method}
      label={isTotp ? 'Six-digit code' : 'Recovery code'}
      form={isTotp ? 'digits' : 'text'}
      submitLabel="Continue"
      isBusy={journey.isBusy}
      onSubmit={(code) => void (isTotp ? journey.totp(code) : journey.recoveryCode(code))}
    />
  );
}

/** The second proof; whoever cannot give one kind may choose another that the account has. */
export function SecondFactorStep({ journey, step }: { journey: Journey; step: Step }) {
  const others = step.methods.filter((method) => method !== step.method);
  return (
    <EntryPanel title="One more step" lead={leads[step.method]} failure={journey.failure}>
      <Factor journey={journey} method={step.method} />
      <div className={classes.links}>
        {others.map((method) => (
          <Anchor
            key={method}
            component="button"
            type="button"
            size="sm"
            onClick={() => journey.go({ ...step, method })}
          >
            {otherWays[method]}
          </Anchor>
        ))}
        <Anchor component="button" type="button" size="sm" onClick={() => journey.go({ kind: 'start' })}>
          Start again
        </Anchor>
      </div>
    </EntryPanel>
  );
}
