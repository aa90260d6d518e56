/** Every command, by its name; a colon parts the words of one. */
import { BreakerCommand } from './commands/breaker.ts';
import { DowntimeKeygen } from './commands/downtime-keygen.ts';
import { DowntimeOpen } from './commands/downtime-open.ts';
import { Keys } from './commands/keys.ts';
import { Status } from './commands/status.ts';

export const commands = {
  status: Status,
  breaker: BreakerCommand,
  keys: Keys,
  'downtime:keygen': DowntimeKeygen,
  'downtime:open': DowntimeOpen,
};
