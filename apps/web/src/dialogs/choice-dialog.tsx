import classes from './choice-dialog.module.css';
import { PickDialog } from './pick-dialog.tsx';

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
    <PickDialog
      title={title}
      patientName={patientName}
      noneLabel={noneLabel}
      onNone={() => onPick(null)}
      onClose={onClose}
    >
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
    </PickDialog>
  );
}
