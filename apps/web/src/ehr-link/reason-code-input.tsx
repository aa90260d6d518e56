import { TextInput } from '@mantine/core';

type Props = { placeholder: string; value: string; onChange: (value: string) => void };

/** Why something was taken in hand, as a code: free words would be on the record for ever. */
export function ReasonCodeInput({ placeholder, value, onChange }: Props) {
  return (
    <TextInput
      label="Reason"
      description="A code or a ticket’s number without blanks; it goes on record"
      placeholder={placeholder}
      maxLength={80}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data-autofocus
    />
  );
}
