/** Every command, by its name; a colon parts the words of one. */
import { DowntimeKeygen } from './commands/downtime-keygen.ts';
import { DowntimeOpen } from './commands/downtime-open.ts';
import { Status } from './commands/status.ts';

export const commands = {
  status: Status,
  'downtime:keygen': DowntimeKeygen,
  'downtime:open': DowntimeOpen,
};
