import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';

type Props = {
  title: string;
  label: string;
  patientName: string;
  initial: string;
  lengthMax: number;
  confirmLabel: string;
  suggestions?: readonly string[];
  /** An empty text is an answer too: it removes the note. */
  mayBeEmpty: boolean;
  onSubmit: (text: string | null) => void;
  onClose: () => void;
};

/** One piece of text about a visit or a room. */
export function TextDialog(props: Props) {
  const [text, setText] = useState(props.initial);
  const trimmed = text.trim();
  const canSubmit = props.mayBeEmpty || trimmed !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (canSubmit) props.onSubmit(trimmed === '' ? null : trimmed);
  };
  return (
    <Modal opened onClose={props.onClose} title={props.title} centered>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text fw={600}>{props.patientName}</Text>
          {props.suggestions && (
            <Group gap={6}>
              {props.suggestions.map((each) => (
                <Button key={each} size="compact-md" variant="default" onClick={() => setText(each)}>
                  {each}
                </Button>
              ))}
            </Group>
          )}
          <Textarea
            label={props.label}
            autosize
            minRows={2}
            maxRows={10}
            maxLength={props.lengthMax}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            data-autofocus
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={props.onClose}>
              Back
            </Button>
            <Button type="submit" disabled={!canSubmit}>
              {props.confirmLabel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
