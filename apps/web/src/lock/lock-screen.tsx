import { Anchor, Button, PasswordInput, Stack, UnstyledButton } from '@mantine/core';
import { IconChevronRight, IconLock } from '@tabler/icons-react';
import { ApiError, type Parked, type Session, type SessionApi } from '@workflow-bolt/client';
import { pinLengthMax, pinLengthMin } from '@workflow-bolt/contracts';
import { type FormEvent, useState } from 'react';
import { moment } from '../format/moment.ts';
import { EntryPanel } from '../session/entry-panel.tsx';
import classes from '../session/sign-in-view.module.css';
import type { Waiting } from './outside-page.tsx';

type Person = Parked['people'][number];
type Props = {
  api: SessionApi;
  waiting: Waiting;
  onUnlocked: (session: Session) => void;
  /** Somebody's session no longer waits: the list must be read again. */
  onGone: () => void;
  onSomeoneElse: () => void;
};

function PinForm({ isBusy, onSubmit }: { isBusy: boolean; onSubmit: (pin: string) => void }) {
  const [pin, setPin] = useState('');
  const isComplete = /^\d+$/.test(pin) && pin.length >= pinLengthMin;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isComplete) return;
    onSubmit(pin);
    setPin('');
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <PasswordInput
          label="PIN"
          inputMode="numeric"
          autoComplete="off"
          maxLength={pinLengthMax}
          autoFocus
          value={pin}
          onChange={(event) => setPin(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the PIN' }}
        />
        <Button type="submit" loading={isBusy} disabled={!isComplete}>
          Unlock
        </Button>
      </Stack>
    </form>
  );
}

function People({ people, onPick }: { people: readonly Person[]; onPick: (person: Person) => void }) {
  return (
    <ul className={classes.users} aria-label="Who is at work here">
      {people.map((person) => (
        <li key={person.userId}>
          <UnstyledButton className={classes.user} onClick={() => onPick(person)}>
            <span className={classes.who}>
              <span className={classes.name}>{person.name}</span>
              <span className={classes.role}>waits until {moment(person.until)}</span>
            </span>
            <IconChevronRight size={20} aria-hidden />
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}

function useUnlock({ api, waiting, onUnlocked, onGone }: Props, person: Person | null) {
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const unlock = async (pin: string) => {
    if (!person) return;
    setIsBusy(true);
    setFailure(null);
    await api.unlock(waiting.key, { userId: person.userId, pin }).then(onUnlocked, (cause: unknown) => {
      setFailure(cause instanceof Error ? cause.message : String(cause));
      if (cause instanceof ApiError && cause.problem?.isGone === true) onGone();
    });
    setIsBusy(false);
  };
  return { failure, isBusy, unlock, clear: () => setFailure(null) };
}

/** Names of colleagues and nothing else: whose session waits at this workstation, and the PIN of one of them. */
export function LockScreen(props: Props) {
  const { waiting, onSomeoneElse } = props;
  const { people, workstation } = waiting.parked;
  const [person, setPerson] = useState<Person | null>(people.length === 1 ? (people[0] ?? null) : null);
  const { failure, isBusy, unlock, clear } = useUnlock(props, person);
  const pick = (next: Person | null) => {
    clear();
    setPerson(next);
  };
  return (
    <EntryPanel
      title={person ? person.name : 'Who is here?'}
      lead={
        <>
          <IconLock size={15} aria-hidden /> {workstation.name} is locked.
        </>
      }
      failure={failure}
    >
      {person ? (
        <PinForm key={person.userId} isBusy={isBusy} onSubmit={(pin) => void unlock(pin)} />
      ) : (
        <People people={people} onPick={pick} />
      )}
      <div className={classes.links}>
        {person && people.length > 1 && (
          <Anchor component="button" type="button" size="sm" onClick={() => pick(null)}>
            Not me
          </Anchor>
        )}
        <Anchor component="button" type="button" size="sm" onClick={onSomeoneElse}>
          Someone else signs in
        </Anchor>
      </div>
    </EntryPanel>
  );
}
