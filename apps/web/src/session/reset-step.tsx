import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core';
import type { ResetRequested, SignInApi } from '@workflow-bolt/client';
import { type FormEvent, useState } from 'react';
import { EntryPanel } from './entry-panel.tsx';
import type { Journey } from './sign-in-journey.ts';
import classes from './sign-in-view.module.css';

const lead =
  'It takes two people to let you in again: you and a manager who knows you. Nothing is sent by e-mail.';

function AskForm({ journey, onAsk }: { journey: Journey; onAsk: (login: string) => void }) {
  const [login, setLogin] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (login.trim() !== '') onAsk(login);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="Name you sign in with"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
        />
        <Button type="submit" loading={journey.isBusy} disabled={login.trim() === ''}>
          Get a number
        </Button>
      </Stack>
    </form>
  );
}

function NumberToRead({ asked }: { asked: ResetRequested }) {
  const until = new Date(asked.expiresAt).toLocaleTimeString([], { timeStyle: 'short' });
  return (
    <Stack gap="sm" role="status">
      <output className={classes.number} aria-label="Your number">
        {asked.number.slice(0, 4)} {asked.number.slice(4)}
      </output>
      <Text size="sm">
        Read it to a manager, in person or on the telephone, until {until}. The manager then gives you a code;
        enter it under “I have a code from a manager”.
      </Text>
    </Stack>
  );
}

/** Lost password, telephone or key. The answer is the same for names that nobody has. */
export function ResetStep({ journey, api }: { journey: Journey; api: SignInApi }) {
  const [asked, setAsked] = useState<ResetRequested | null>(null);
  const ask = (login: string) => journey.attempt(async () => setAsked(await api.askForReset(login)));
  return (
    <EntryPanel title="You cannot sign in" lead={lead} failure={journey.failure}>
      {asked ? (
        <NumberToRead asked={asked} />
      ) : (
        <AskForm journey={journey} onAsk={(login) => void ask(login)} />
      )}
      <div className={classes.links}>
        <Anchor component="button" type="button" size="sm" onClick={() => journey.go({ kind: 'code' })}>
          I have a code from a manager
        </Anchor>
        <Anchor component="button" type="button" size="sm" onClick={() => journey.go({ kind: 'start' })}>
          Back to sign-in
        </Anchor>
      </div>
    </EntryPanel>
  );
}
