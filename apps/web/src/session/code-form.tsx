import { Button, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';

type Props = {
  label: string;
  description?: string;
  /** `digits`: six of them, as an authenticator app shows; `text`: a code that we made. */
  form: 'digits' | 'text';
  submitLabel: string;
  isBusy: boolean;
  onSubmit: (code: string) => void;
};

const sixDigits = /^\d{6}$/;

/** One code. Digits are sent when the person says so, not while they type: a wrong one counts. */
export function CodeForm({ label, description, form, submitLabel, isBusy, onSubmit }: Props) {
  const [code, setCode] = useState('');
  const isComplete = form === 'digits' ? sixDigits.test(code) : code.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isComplete) return;
    onSubmit(form === 'digits' ? code : code.trim());
    setCode('');
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={label}
          description={description}
          inputMode={form === 'digits' ? 'numeric' : 'text'}
          autoComplete={form === 'digits' ? 'one-time-code' : 'off'}
          autoCapitalize={form === 'digits' ? 'none' : 'characters'}
          spellCheck={false}
          maxLength={form === 'digits' ? 6 : 64}
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" loading={isBusy} disabled={!isComplete} fullWidth>
          {submitLabel}
        </Button>
      </Stack>
    </form>
  );
}
