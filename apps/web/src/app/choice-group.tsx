import { Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './choice-group.module.css';

type Props = {
  label: string;
  choices: readonly { value: string; label: string }[];
  chosen: readonly string[];
  error?: ReactNode;
  onChange: (chosen: string[]) => void;
};

/** Any number of a few things, all of them to be seen at once. */
export function ChoiceGroup({ label, choices, chosen, error = null, onChange }: Props) {
  return (
    <Checkbox.Group label={label} value={[...chosen]} onChange={onChange} error={error}>
      <div className={classes.choices}>
        {choices.map((choice) => (
          <Checkbox key={choice.value} value={choice.value} label={choice.label} />
        ))}
      </div>
    </Checkbox.Group>
  );
}
