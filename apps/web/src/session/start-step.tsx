import { Anchor, Button, Stack } from '@mantine/core';
import { IconKey, IconLogin2 } from '@tabler/icons-react';
import type { SignInMethodsOffered } from '@workflow-bolt/contracts';
import type { ReactNode } from 'react';
import { hasPasskeys } from './browser-passkeys.ts';
import { EntryPanel } from './entry-panel.tsx';
import { PasswordForm } from './password-form.tsx';
import type { Journey } from './sign-in-journey.ts';
import classes from './sign-in-view.module.css';

type Props = {
  journey: Journey;
  offered: SignInMethodsOffered;
  demo: ReactNode;
  notice: string | null;
  onBack: (() => void) | null;
};

function OtherWays({ journey, offered }: Pick<Props, 'journey' | 'offered'>) {
  const hasKeys = offered.passkeys && hasPasskeys();
  if (!hasKeys && offered.providers.length === 0) return null;
  return (
    <>
      <div className={classes.divider}>or</div>
      <Stack gap="xs">
        {hasKeys && (
          <Button
            variant="default"
            leftSection={<IconKey size={18} />}
            disabled={journey.isBusy}
            onClick={() => void journey.passkey()}
          >
            Use a passkey
          </Button>
        )}
        {offered.providers.map(({ id, label }) => (
          <Button
            key={id}
            variant="default"
            leftSection={<IconLogin2 size={18} />}
            disabled={journey.isBusy}
            onClick={() => void journey.leaveFor(id)}
          >
            Continue with {label}
          </Button>
        ))}
      </Stack>
    </>
  );
}

const firstLead =
  'Nobody has an account here yet. The server printed a one-time code when it started: it makes you the owner.';

/** Nobody has an account: the printed code leads on, or a demo user where there are some. */
function FirstAccount({ journey, demo, notice }: Pick<Props, 'journey' | 'demo' | 'notice'>) {
  const enter = () => journey.go({ kind: 'code' });
  if (demo)
    return (
      <EntryPanel title="Clinic board" lead={notice} failure={journey.failure}>
        {demo}
        <Anchor component="button" type="button" size="sm" ta="start" onClick={enter}>
          I have a one-time code
        </Anchor>
      </EntryPanel>
    );
  return (
    <EntryPanel title="Set up this clinic" lead={firstLead} failure={journey.failure}>
      <Button onClick={enter}>Enter the code</Button>
    </EntryPanel>
  );
}

/** The first page: name and password, or any other way this server knows. */
export function StartStep({ journey, offered, demo, notice, onBack }: Props) {
  if (offered.needsFirstAccount) return <FirstAccount journey={journey} demo={demo} notice={notice} />;
  return (
    <EntryPanel title="Sign in" lead={notice} failure={journey.failure}>
      <PasswordForm isBusy={journey.isBusy} onSubmit={(...given) => void journey.password(...given)} />
      <OtherWays journey={journey} offered={offered} />
      <div className={classes.links}>
        <Anchor component="button" type="button" size="sm" onClick={() => journey.go({ kind: 'code' })}>
          I have a code from a manager
        </Anchor>
        <Anchor component="button" type="button" size="sm" onClick={() => journey.go({ kind: 'reset' })}>
          I cannot sign in
        </Anchor>
        {onBack && (
          <Anchor component="button" type="button" size="sm" onClick={onBack}>
            Back to the lock screen
          </Anchor>
        )}
      </div>
      {demo}
    </EntryPanel>
  );
}
