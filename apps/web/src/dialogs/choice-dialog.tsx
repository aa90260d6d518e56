import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import classes from './choice-dialog.module.css';

export type Choice = { value: string; label: string; detail?: string; color?: string; isCurrent: boolean };

type Props = {
  title: string;
  patientName: string;
  choices: readonly Choice[];
  noneLabel: string | null;
  onPick: (value: string | null) => void;
  onClose: () => void;
};

/** One of a short list: providers, visit types, places to step out to. */
export function ChoiceDialog({ title, patientName, choices, noneLabel, onPick, onClose }: Props) {
  return (
    <Modal opened onClose={onClose} title={title} centered>
      <Stack gap="sm">
        <Text fw={600}>{patientName}</Text>
        <div className={classes.list}>
          {choices.map((choice) => (
            <button
              key={choice.value}
              type="button"
              className={classes.choice}
              aria-pressed={choice.isCurrent}
              onClick={() => onPick(choice.value)}
            >
              {choice.color && <span className={classes.dot} style={{ backgroundColor: choice.color }} />}
              <span className={classes.label}>{choice.label}</span>
              <span className={classes.detail}>{choice.isCurrent ? 'Now' : choice.detail}</span>
            </button>
          ))}
        </div>
        <Group justify="flex-end" gap="xs">
          {noneLabel && (
            <Button variant="default" onClick={() => onPick(null)}>
              {noneLabel}
            </Button>
          )}
          <Button variant="subtle" onClick={onClose}>
            Back
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
