import { Button, Group, Textarea } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../app/form-dialog.tsx';

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
  return (
    <FormDialog
      title={props.title}
      about={props.patientName}
      submitLabel={props.confirmLabel}
      isComplete={props.mayBeEmpty || trimmed !== ''}
      onSubmit={() => props.onSubmit(trimmed === '' ? null : trimmed)}
      onClose={props.onClose}
    >
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
    </FormDialog>
  );
}
