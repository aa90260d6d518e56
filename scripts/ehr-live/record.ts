/**
 * Keeps the shapes of a real account's answers, with every value replaced by a synthetic one. It reads only.
 *
 *   npm run ehr:record -- --out recordings/2026-11 [--credentials FILE] [--practice NAME]
 *
 * Credentials come from the file (JSON, readable by its owner only) or from BOLT_EHR_CUSTOMER_KEY, BOLT_EHR_USER and
 * BOLT_EHR_PASSWORD. Ends with 0 when recorded, 2 for a wrong command, 3 when the account cannot be read.
 */
import { parseArgs } from 'node:util';
import { CannotRun, openLiveAccount, readCredentials } from './live-account.ts';
import { recordAccount } from './record-account.ts';
import { Recorder } from './recorder.ts';

const EXIT = { done: 0, usage: 2, unusable: 3 } as const;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { out: { type: 'string' }, credentials: { type: 'string' }, practice: { type: 'string' } },
  });
  if (values.out === undefined) throw new CannotRun('Say where to: --out FOLDER.');
  const recorder = new Recorder();
  const account = openLiveAccount({
    credentials: readCredentials(values.credentials, process.env),
    endpoint: process.env.BOLT_EHR_URL || undefined,
    onAnswer: (operation, answer) => recorder.take(operation, answer),
  });
  const problem = await recordAccount(account.port, {
    practiceName: values.practice ?? null,
    now: Date.now(),
  });
  recorder.write(values.out);
  const kept = recorder.answers.filter(({ file }) => file !== null).length;
  process.stdout.write(`${kept} of ${recorder.answers.length} answers kept in ${values.out}\n`);
  if (problem === null) return EXIT.done;
  process.stderr.write(`${problem}\n`);
  return EXIT.unusable;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage =
    error instanceof CannotRun || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  if (!isUsage) throw error;
  // What was typed may hold a secret, so an unknown option is not repeated.
  process.stderr.write(`${error instanceof CannotRun ? error.message : 'Unknown option.'}\n`);
  process.exitCode = EXIT.usage;
}
