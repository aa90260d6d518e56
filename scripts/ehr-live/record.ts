/** `npm run ehr:record`: keeps the shapes of a real account's answers, with every value replaced. It reads only. */
import { parseArgs } from 'node:util';
import { CannotRun, openLiveAccount, readCredentials } from './live-account.ts';
import { recordAccount } from './record-account.ts';
import { Recorder } from './recorder.ts';
import { runReading } from './run-reading.ts';

const EXIT = { done: 0, unusable: 3 } as const;

const usage = `Usage: npm run ehr:record -- --out FOLDER [options]

Keeps the shapes of a real account's answers, with every value replaced by a synthetic one. It reads only.

  --out FOLDER         where to
  --credentials FILE   JSON with customerKey, user and password, readable by its owner only; without it
                       BOLT_EHR_CUSTOMER_KEY, BOLT_EHR_USER and BOLT_EHR_PASSWORD
  --practice NAME      this practice of the account only
  --help               this text

Ends with 0 when recorded, 2 for a wrong command, 3 when the account cannot be read.
`;

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

await runReading(usage, main);
