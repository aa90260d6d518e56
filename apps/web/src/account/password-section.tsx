import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { AccountApi } from '@workflow-bolt/client';
import { useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { PageSection } from '../app/page-shell.tsx';
import { useAction } from '../app/use-action.ts';
import { NewPasswordForm } from '../session/new-password-form.tsx';

/** Changing it ends every other session of the person. */
export function PasswordSection({ api, login }: { api: AccountApi; login: string | null }) {
  const { failure, isBusy, run, clear } = useAction();
  const [isOpen, setIsOpen] = useState(false);
  const [current, setCurrent] = useState('');
  const change = async (next: string) => {
    if (!(await run(() => api.changePassword(current, next)))) return;
    setIsOpen(false);
    setCurrent('');
    notifications.show({
      message: 'Your password is changed. Other devices are signed out.',
      color: 'green',
    });
  };
  const toggle = () => {
    clear();
    setIsOpen(!isOpen);
  };
  return (
    <PageSection
      title="Password"
      action={
        <Button variant="default" onClick={toggle} aria-expanded={isOpen}>
          {isOpen ? 'Leave it' : 'Change password'}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        You sign in as {login}. Nobody here will ever ask you for your password.
      </Text>
      <FailureNote failure={failure} />
      {isOpen && (
        <Stack gap="sm" mt="sm" maw={420}>
          <PasswordInput
            label="Present password"
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the present password' }}
          />
          <NewPasswordForm
            login={login}
            asksForNames={false}
            submitLabel="Change password"
            isBusy={isBusy}
            onSubmit={(next) => void change(next)}
          />
        </Stack>
      )}
    </PageSection>
  );
}
