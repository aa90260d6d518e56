import { Button } from '@mantine/core';
import { IconArrowsSplit2 } from '@tabler/icons-react';
import { useId } from 'react';
import type { ConflictChoice, ConflictFace } from '../model/conflict-face.ts';
import classes from './conflict-panel.module.css';

type Props = {
  face: ConflictFace;
  patientName: string;
  /** Null when this person may only look. */
  onChoose: ((choice: ConflictChoice) => void) | null;
};

const choices = [
  { choice: 'accept', label: 'Accept', variant: 'filled' },
  { choice: 'keep-mine', label: 'Keep mine', variant: 'default' },
  { choice: 'later', label: 'Later', variant: 'default' },
] as const;

/** What the EHR says, what the board says, what both last said, and the three things to do about it. */
export function ConflictPanel({ face, patientName, onChoose }: Props) {
  const id = useId();
  const offered = choices.filter(({ choice }) => choice !== 'later' || !face.isSetAside);
  return (
    <section className={classes.panel} aria-label={`EHR conflict: ${patientName}`} data-part="conflict">
      <p className={classes.title}>
        <IconArrowsSplit2 size={16} aria-hidden />
        {face.title}
      </p>
      <dl className={classes.sides}>
        {face.sides.map(({ name, says }) => (
          <div key={name} className={classes.side}>
            <dt>{name}</dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
      {face.remarks.map((remark) => (
        <p key={remark} className={classes.remark}>
          {remark}
        </p>
      ))}
      {onChoose && (
        <div className={classes.buttons}>
          {offered.map(({ choice, label, variant }) => (
            <Button
              key={choice}
              size="compact-sm"
              className={classes.button}
              variant={variant}
              onClick={() => onChoose(choice)}
              aria-describedby={`${id}-${choice}`}
            >
              {label}
            </Button>
          ))}
          {offered.map(({ choice }) => (
            <span key={choice} id={`${id}-${choice}`} hidden>
              {face.effects[choice]}
            </span>
          ))}
        </div>
      )}
    </section>
  );
}
