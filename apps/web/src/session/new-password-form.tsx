import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';

/** What the first account of an installation is called; only its bootstrap code asks for it. */
export type OwnerNames = { login: string; name: string };

type Props = {
  /** For the password manager, where the account exists already. */
  login: string | null;
  asksForNames: boolean;
  submitLabel: string;
  isBusy: boolean;
  onSubmit: (password: string, names: OwnerNames | null) => void;
};

/** NIST SP 800-63B-4 with a second factor would allow 8; here 15 are asked for, without any other rule of form. */
export const passwordLengthMin = 15;

const hint = `At least ${passwordLengthMin} characters. A sentence is easier to remember than symbols.`;

function NameFields({ names, onChange }: { names: OwnerNames; onChange: (names: OwnerNames) => void }) {
  return (
    <>
      <TextInput
        label="Your full name"
        description="As colleagues know you; it stands beside every step you take"
        autoComplete="name"
        required
        withAsterisk={false}
        value={names.name}
        onChange={(event) => onChange({ ...names, name: event.currentTarget.value })}
      />
      <TextInput
        label="Name to sign in with"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        withAsterisk={false}
        value={names.login}
        onChange={(event) => onChange({ ...names, login: event.currentTarget.value })}
      />
    </>
  );
}

/** A new password, typed twice; the server has the last word on whether it is good enough. */
export function NewPasswordForm({ login, asksForNames, submitLabel, isBusy, onSubmit }: Props) {
  const [names, setNames] = useState<OwnerNames>({ login: '', name: '' });
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const isLong = [...password].length >= passwordLengthMin;
  const isSame = password === again;
  const isNamed = !asksForNames || (names.login.trim() !== '' && names.name.trim() !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isLong && isSame && isNamed) onSubmit(password, asksForNames ? names : null);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {asksForNames ? (
          <NameFields names={names} onChange={setNames} />
        ) : (
          <input type="text" name="username" autoComplete="username" value={login ?? ''} readOnly hidden />
        )}
        <PasswordInput
          label="New password"
          description={hint}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the new password' }}
        />
        <PasswordInput
          label="The same once more"
          autoComplete="new-password"
          value={again}
          onChange={(event) => setAgain(event.currentTarget.value)}
          error={again !== '' && !isSame ? 'The two are not the same.' : null}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the repeated password' }}
        />
        <Button type="submit" loading={isBusy} disabled={!isLong || !isSame || !isNamed} fullWidth>
          {submitLabel}
        </Button>
      </Stack>
    </form>
  );
}
