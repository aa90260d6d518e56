import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

type Props = {
  title: string;
  patientName: string;
  size?: 'md' | 'lg';
  /** Label of the choice of nothing, such as `No room yet`; null where something must be chosen. */
  noneLabel: string | null;
  onNone: () => void;
  onClose: () => void;
  /** What there is to choose from: a tap is the answer. */
  children: ReactNode;
};

/** The frame of a choice about a patient. */
export function PickDialog({ title, patientName, size = 'md', noneLabel, onNone, onClose, children }: Props) {
  return (
    <Modal opened onClose={onClose} title={title} centered size={size}>
      <Stack gap="sm">
        <Text fw={600}>{patientName}</Text>
        {children}
        <Group justify="flex-end" gap="xs">
          {noneLabel && (
            <Button variant="default" onClick={onNone}>
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
