import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { SessionApi } from '@workflow-bolt/client';
import { pinLengthMax, pinLengthMin } from '@workflow-bolt/contracts';
import { type FormEvent, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { PageSection } from '../app/page-shell.tsx';
import { useAction } from '../app/use-action.ts';

const isPin = (text: string): boolean => /^\d+$/.test(text) && text.length >= pinLengthMin;

function PinFields({ isBusy, onSubmit }: { isBusy: boolean; onSubmit: (pin: string) => void }) {
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isPin(pin) && pin === again) onSubmit(pin);
  };
  const field = { inputMode: 'numeric', autoComplete: 'off', maxLength: pinLengthMax } as const;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" mt="sm" maw={420}>
        <PasswordInput
          {...field}
          label="New PIN"
          description={`${pinLengthMin} to ${pinLengthMax} digits; no birthday, no sequence`}
          value={pin}
          onChange={(event) => setPin(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the PIN' }}
        />
        <PasswordInput
          {...field}
          label="The same PIN once more"
          value={again}
          onChange={(event) => setAgain(event.currentTarget.value)}
          error={again !== '' && again !== pin ? 'The two are not the same.' : null}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the repeated PIN' }}
        />
        <Button type="submit" loading={isBusy} disabled={!isPin(pin) || pin !== again}>
          Keep this PIN
        </Button>
      </Stack>
    </form>
  );
}

/** Unlocks one's own waiting sessions at shared workstations; it signs nobody in. */
export function PinSection({ api }: { api: SessionApi }) {
  const { failure, isBusy, run, clear } = useAction();
  const [isOpen, setIsOpen] = useState(false);
  const choose = async (pin: string) => {
    if (!(await run(() => api.choosePin(pin)))) return;
    setIsOpen(false);
    notifications.show({ message: 'Your PIN is kept.', color: 'green' });
  };
  const toggle = () => {
    clear();
    setIsOpen(!isOpen);
  };
  return (
    <PageSection
      title="PIN for shared workstations"
      action={
        <Button variant="default" onClick={toggle} aria-expanded={isOpen}>
          {isOpen ? 'Leave it' : 'Choose a PIN'}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        On a workstation of the clinic you can lock the screen and go on with a PIN, for up to four hours. It
        opens nothing anywhere else.
      </Text>
      <FailureNote failure={failure} />
      {isOpen && <PinFields isBusy={isBusy} onSubmit={(pin) => void choose(pin)} />}
    </PageSection>
  );
}
