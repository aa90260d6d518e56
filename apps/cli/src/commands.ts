/** Every command, by its name. */
import { Status } from './commands/status.ts';

export const commands = { status: Status };
