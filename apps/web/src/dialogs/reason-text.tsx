import { Textarea } from '@mantine/core';

type Props = { value: string; onChange: (reason: string) => void };

/** Why, in words of one's own. */
export function ReasonText({ value, onChange }: Props) {
  return (
    <Textarea
      label="Reason"
      required
      autosize
      minRows={2}
      maxLength={200}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data-autofocus
    />
  );
}
