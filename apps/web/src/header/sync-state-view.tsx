import { Button, Popover, Text, UnstyledButton } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCloudCheck,
  IconCloudDown,
  IconCloudOff,
  IconFileImport,
} from '@tabler/icons-react';
import state from './state-button.module.css';
import classes from './sync-state-view.module.css';

export type SyncFace = {
  tone: 'calm' | 'running' | 'amber' | 'red';
  /** `EHR 9:42 AM`, `EHR 12 of 40`. */
  text: string;
  /** Sentences of the detail card. */
  lines: readonly string[];
  /** The schedule cannot be read: a list can be imported by hand. */
  isAway: boolean;
};

const icons = { calm: IconCloudCheck, running: IconCloudDown, amber: IconAlertTriangle, red: IconCloudOff };

/** How far the EHR's schedule has come in; opens to say what was set aside and why, and to go on by hand. */
export function SyncStateView({ face, onImport }: { face: SyncFace; onImport: (() => void) | null }) {
  const Icon = icons[face.tone];
  return (
    <Popover width={320} position="bottom-start" shadow="md" withArrow>
      <Popover.Target>
        <UnstyledButton
          className={`${state.button} ${classes.button}`}
          data-tone={face.tone}
          aria-label={`EHR state: ${face.text}`}
        >
          <Icon size={17} aria-hidden />
          <span className={classes.text}>{face.text}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        {face.lines.map((line) => (
          <Text size="sm" key={line}>
            {line}
          </Text>
        ))}
        {face.isAway && onImport && (
          <Button
            className={classes.import}
            size="compact-md"
            variant="default"
            leftSection={<IconFileImport size={17} />}
            onClick={onImport}
          >
            Import a list by hand
          </Button>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
