/**
 * Looks whether a real account behaves as the product takes it to. It reads only.
 *
 *   npm run ehr:verify -- [--credentials FILE] [--practice NAME] [--zone ZONE] [--deleted-id ID] [--provoke-limit]
 *
 * Credentials come from the file (JSON, readable by its owner only) or from BOLT_EHR_CUSTOMER_KEY, BOLT_EHR_USER and
 * BOLT_EHR_PASSWORD. Ends with 0 when nothing differs, 1 when something does, 2 for a wrong command, 3 when the account
 * cannot be read. What could not be seen is said, and fails nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CannotRun, openLiveAccount, readCredentials } from './live-account.ts';
import { reportText, verifyAccount } from './verify-account.ts';

const EXIT = { held: 0, differs: 1, usage: 2, unusable: 3 } as const;

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
