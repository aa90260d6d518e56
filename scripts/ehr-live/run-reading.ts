/** The frame of the commands that read a real account: their `--help`, and how a wrong call is told. */
import { CannotRun } from './live-account.ts';

const usageExit = 2;

/** Runs a command and ends with the number it answers, or with 2 for a wrong call. `--help` prints the usage instead. */
export async function runReading(usage: string, main: () => Promise<number>): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(usage);
    return;
  }
  try {
    process.exitCode = await main();
  } catch (error) {
    const isUnknown = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
    if (!isUnknown && !(error instanceof CannotRun)) throw error;
    // What was typed may hold a secret, so an unknown option is not repeated.
    process.stderr.write(`${error instanceof CannotRun ? error.message : 'Unknown option.'}\n`);
    process.exitCode = usageExit;
  }
}
