import { Popover, Text, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import state from './state-button.module.css';
import classes from './sync-state-view.module.css';
import type { SystemFace } from './system-words.ts';

/** Beside the connection: that something behind the board does not work, in one word; opens to say what. */
export function SystemStateView({ face }: { face: SystemFace }) {
  return (
    <Popover width={320} position="bottom-start" shadow="md" withArrow>
      <Popover.Target>
        <UnstyledButton
          className={`${state.button} ${classes.button}`}
          data-tone={face.tone}
          aria-label={`System: ${face.word}`}
        >
          <IconAlertTriangle size={17} aria-hidden />
          <span className={classes.word}>{face.word}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        {[...face.lines, face.meaning].map((line) => (
          <Text size="sm" key={line}>
            {line}
          </Text>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}
