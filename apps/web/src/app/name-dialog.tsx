import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from './form-dialog.tsx';
import type { Action } from './use-action.ts';

type Props = {
  title: string;
  text: string;
  label: string;
  placeholder?: string;
  maxLength: number;
  submitLabel: string;
  action: Pick<Action, 'failure' | 'isBusy'>;
  onName: (name: string) => void;
  onClose: () => void;
};

/** Asks what something new is to be called. */
export function NameDialog({ label, placeholder, maxLength, onName, ...frame }: Props) {
  const [name, setName] = useState('');
  return (
    <FormDialog {...frame} isComplete={name.trim() !== ''} onSubmit={() => onName(name.trim())}>
      <TextInput
        label={label}
        maxLength={maxLength}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
        {...(placeholder === undefined ? {} : { placeholder })}
      />
    </FormDialog>
  );
}
