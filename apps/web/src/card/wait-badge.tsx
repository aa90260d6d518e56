import { IconAlertOctagonFilled, IconAlertTriangle, IconClock, IconInfoCircle } from '@tabler/icons-react';
import hidden from '../app/sr-only.module.css';
import classes from './wait-badge.module.css';

export type Tone = 'calm' | 'info' | 'amber' | 'red';

/** Each tone differs in icon and word as well as in colour. */
const looks = {
  calm: { Icon: IconClock, word: '' },
  info: { Icon: IconInfoCircle, word: 'over slot' },
  amber: { Icon: IconAlertTriangle, word: 'long' },
  red: { Icon: IconAlertOctagonFilled, word: 'too long' },
} as const;

type Props = {
  tone: Tone;
  /** `12 min`. */
  text: string;
  /** What is being measured, for people who cannot see the icon: `Lobby wait`. */
  measures: string;
  /** Replaces the word of the tone, such as `late`. */
  word?: string;
};

/** A running clock with its alarm level. */
export function WaitBadge({ tone, text, measures, word }: Props) {
  const { Icon, word: ownWord } = looks[tone];
  const said = word ?? ownWord;
  return (
    <span className={classes.badge} data-tone={tone} title={measures}>
      <Icon size={15} aria-hidden stroke={2} />
      <span className={hidden.srOnly}>{measures} </span>
      <span className={classes.time}>{text}</span>
      {said && <span className={classes.word}> {said}</span>}
    </span>
  );
}
