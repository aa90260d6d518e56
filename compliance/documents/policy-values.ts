/** The values behind the policies, printed from the code that uses them. */
import { serverOptions } from '@workflow-bolt/contracts';
import { passwordLengthMax, passwordLengthMin, proofMs } from '@workflow-bolt/domain';
import { limitsFor } from '../../apps/server/src/session/session-policy.ts';
import {
  failuresInARowMax,
  throttleLimits,
  type Window,
} from '../../packages/store/src/accounts/sign-in-throttle.ts';
import { transactionLifeMs, triesMax } from '../../packages/store/src/accounts/sign-in-transactions.ts';
import { parkedMs, rotationGraceMs } from '../../packages/store/src/sessions/session-record.ts';
import { keyCacheMs } from '../../packages/store/src/vault/key-hierarchy.ts';
import { markdownTable } from '../../scripts/markdown-table.ts';

const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** A span in its largest whole unit: 900,000 ms are `15 min`. */
export function spanOf(ms: number): string {
  const [size, unit] = units.find(([each]) => ms >= each && ms % each === 0) ?? [1, 'ms'];
  return `${ms / size} ${unit}`;
}

const windowOf = ({ widthMs, most }: Window): string => `${most} in ${spanOf(widthMs)}`;

function sessionRows(): string[][] {
  const absoluteMs = Number(serverOptions.sessionHours.default) * 3_600_000;
  const limits = limitsFor([], absoluteMs);
  return [
    ['Without a user action', spanOf(limits.idleMs), 'NIST 800-63B-4 level 3; a clinic may be stricter'],
    ['In all', spanOf(limits.absoluteMs), '`BOLT_SESSION_HOURS`'],
    ['Locked and waiting for its person', spanOf(parkedMs), 'never past the end of the session'],
    ['A replaced token still works', spanOf(rotationGraceMs), 'for requests on their way; later it is theft'],
    ['A second proof counts', spanOf(proofMs), 'for one purpose'],
  ];
}

function passwordRows(): string[][] {
  const { passwordMemoryKib, passwordPasses } = serverOptions;
  return [
    [
      'Shortest, with a second factor',
      `${passwordLengthMin.besideSecondFactor} code points`,
      'NIST 800-63B-4, 3.1.1.2',
    ],
    ['Shortest, alone', `${passwordLengthMin.alone} code points`, ''],
    ['Longest', `${passwordLengthMax} code points`, 'a bound on the work'],
    ['Argon2id memory', `${passwordMemoryKib.default} KiB`, `\`${passwordMemoryKib.env}\``],
    ['Argon2id passes', passwordPasses.default, `\`${passwordPasses.env}\``],
  ];
}

function throttleRows(): string[][] {
  const { paceFrom, ...lanes } = throttleLimits;
  const words: Record<keyof typeof lanes, string> = {
    strangers: 'One account, all unknown browsers together',
    known: 'One account, one known browser or workstation',
    network: 'One network, unknown browsers',
    station: 'One enrolled workstation',
    everywhere: 'The installation, unknown browsers',
    codes: 'Second factors of one account',
    requests: 'One-time codes and reset requests of one network',
    starts: 'Challenges for passkeys and departures to a provider, one network',
  };
  return [
    ...Object.entries(lanes).map(([name, window]) => [words[name as keyof typeof words], windowOf(window)]),
    ['Attempts on one account from which each has to wait longer', `${paceFrom}`],
    ['Failures in a row in one lane, then the password is off in it', `${failuresInARowMax}`],
    ['Second factors within one sign-in', `${triesMax}, within ${spanOf(transactionLifeMs)}`],
  ];
}

/** The page's parts. */
export function policyValueParts(): string[] {
  return [
    'What the [policies](README.md) promise, as the code has it.',
    '## Sessions',
    markdownTable(['What', 'Value', 'Note'], sessionRows()),
    '## Passwords',
    markdownTable(['What', 'Value', 'Note'], passwordRows()),
    '## Attempts',
    markdownTable(['Lane', 'At most'], throttleRows()),
    '## Keys',
    markdownTable(['What', 'Value'], [['An open key stays in memory', spanOf(keyCacheMs)]]),
  ];
}
