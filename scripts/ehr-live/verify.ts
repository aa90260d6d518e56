/** `npm run ehr:verify`: looks whether a real account behaves as the product takes it to. It reads only. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CannotRun, openLiveAccount, readCredentials } from './live-account.ts';
import { runReading } from './run-reading.ts';
import { reportText, verifyAccount } from './verify-account.ts';

const EXIT = { held: 0, differs: 1, unusable: 3 } as const;

const usage = `Usage: npm run ehr:verify -- [options]

Looks whether a real account behaves as the product takes it to. It reads only.

  --credentials FILE   JSON with customerKey, user and password, readable by its owner only; without it
                       BOLT_EHR_CUSTOMER_KEY, BOLT_EHR_USER and BOLT_EHR_PASSWORD
  --practice NAME      this practice of the account only
  --zone ZONE          time zone of the practice (default America/Chicago)
  --deleted-id ID      an appointment that was deleted, to see what is answered for it
  --provoke-limit      call too soon on purpose, to see the limit
  --help               this text

Ends with 0 when nothing differs, 1 when something does, 2 for a wrong command, 3 when the account cannot be read. What
could not be seen is said, and fails nothing.
`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      credentials: { type: 'string' },
      practice: { type: 'string' },
      zone: { type: 'string', default: 'America/Chicago' },
      'deleted-id': { type: 'string' },
      'provoke-limit': { type: 'boolean', default: false },
    },
  });
  if (!Intl.supportedValuesOf('timeZone').includes(values.zone)) throw new CannotRun('No such time zone.');
  return values;
}

async function main(): Promise<number> {
  const values = readArguments();
  const account = openLiveAccount({
    credentials: readCredentials(values.credentials, process.env),
    endpoint: process.env.BOLT_EHR_URL || undefined,
  });
  const verified = await verifyAccount(account, {
    practiceName: values.practice ?? null,
    zone: values.zone,
    now: Date.now(),
    wait: (ms) => sleep(ms),
    deletedId: values['deleted-id'] ?? null,
    mayProvoke: values['provoke-limit'],
  });
  if (!verified.ok) {
    process.stderr.write(`${verified.problem}\n`);
    return EXIT.unusable;
  }
  process.stdout.write(reportText(verified.reports));
  return verified.reports.some(({ finding }) => finding === 'differs') ? EXIT.differs : EXIT.held;
}

await runReading(usage, main);
