import { IconCloudOff, IconPlugConnected, IconRefresh, IconWifiOff } from '@tabler/icons-react';
import classes from './live-indicator.module.css';

/** What a person may believe about the board (I10): only `live` looks live. */
export type Liveness = 'live' | 'catching-up' | 'stale' | 'offline';

const looks = {
  live: { Icon: IconPlugConnected, word: 'Live' },
  'catching-up': { Icon: IconRefresh, word: 'Catching up' },
  stale: { Icon: IconCloudOff, word: 'Not live' },
  offline: { Icon: IconWifiOff, word: 'Offline' },
} as const;

/** The state of the connection and, unless live, how old the data is. */
export function LiveIndicator({ liveness, ageText }: { liveness: Liveness; ageText: string | null }) {
  const { Icon, word } = looks[liveness];
  return (
    <span className={classes.indicator} data-liveness={liveness} role="status" aria-label="Connection">
      {liveness === 'live' ? <span className={classes.pulse} aria-hidden /> : <Icon size={16} aria-hidden />}
      {word}
      {liveness !== 'live' && ageText && <span className={classes.age}> · data {ageText} old</span>}
    </span>
  );
}
