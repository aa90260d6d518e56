import { Alert, Loader, Text, Timeline } from '@mantine/core';
import classes from './history-view.module.css';

export type HistoryLine = {
  key: string;
  time: string;
  actor: string;
  /** `Medical assistant · UI`, or `EHR`. */
  detail: string;
  sentences: readonly string[];
  /** False for steps that were undone later. */
  isStanding: boolean;
};

type Props = { lines: readonly HistoryLine[] | null; failure: string | null };

/** Every step of a visit, newest first, with who and when. */
export function HistoryView({ lines, failure }: Props) {
  if (failure) return <Alert color="red">{failure}</Alert>;
  if (lines === null) return <Loader aria-label="Loading the history" />;
  if (lines.length === 0) return <Text c="dimmed">Nothing has happened on this visit yet.</Text>;
  return (
    <Timeline bulletSize={14} lineWidth={2} aria-label="History">
      {lines.map((line) => (
        <Timeline.Item key={line.key} className={classes.item} data-undone={!line.isStanding || undefined}>
          <p className={classes.words}>
            {line.sentences.join(' · ')}
            {!line.isStanding && <span className={classes.undone}> undone</span>}
          </p>
          <p className={classes.who}>
            <time>{line.time}</time> · {line.actor} · {line.detail}
          </p>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
