import { chmodSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { type RosterHeader, type RosterOpening, rosterReasons } from '@workflow-bolt/contracts';
import { BoltCommand, type Outcome } from '../bolt-command.ts';
import { failureOf } from '../cli-failure.ts';
import type { ApiAddress } from '../connect-api.ts';
import { noteOpening, openingOf, tellOpening } from '../downtime/note-opening.ts';
import { openOfflineKey } from '../downtime/offline-key.ts';
import { openNewestRoster, rosterFiles } from '../downtime/open-roster.ts';
import { readPassphrase } from '../downtime/read-passphrase.ts';
import { rosterPage } from '../downtime/roster-page.ts';
import { ageWords, cellsOf, clockOf, countWords, rosterColumns } from '../downtime/roster-words.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../render-status.ts';

type Warnings = Outcome['warnings'];

export class DowntimeOpen extends BoltCommand {
  static override summary = 'Open a downtime roster, as a table here and as a page for the printer.';
  static override description =
    'Needs the file and the offline key, and nothing else: no server, no Redis, no network. Of a folder it opens the newest roster that the key opens. With --token-file the opening is told to the server, if it is there.';
  static override examples = [
    '<%= config.bin %> downtime open /media/rosters --key /media/stick/north-offline-key.pem',
    '<%= config.bin %> downtime open north.roster.jwe --key key.pem --why drill --page roster.html',
  ];
  static override args = {
    file: Args.string({ description: 'A roster, or a folder of them.', required: true }),
  };
  static override flags = {
    key: Flags.string({
      description: 'The file of the offline key.',
      env: 'BOLT_OFFLINE_KEY',
      required: true,
    }),
    'passphrase-file': Flags.string({
      description: 'A file with its passphrase; without one it is asked for.',
    }),
    page: Flags.string({
      description: 'Where the page goes; next to here, named for clinic and time, unless given.',
    }),
    why: Flags.string({ description: 'What it is opened for.', options: rosterReasons, default: 'downtime' }),
  };

  protected async work(address: ApiAddress): Promise<Outcome> {
    const { args, flags } = await this.parse(DowntimeOpen);
    const files = rosterFiles(args.file);
    const key = await openOfflineKey(flags.key, await readPassphrase(flags['passphrase-file'] ?? null));
    const openedAt = Date.now();
    const { opened, warnings: passedOver } = await openNewestRoster(files, key, openedAt);
    const { path, header, roster } = opened;
    const page = flags.page ?? pageName(header);
    writePage(page, rosterPage(roster, openedAt));
    const opening = openingOf(header, openedAt, rosterReasons.find((why) => why === flags.why) ?? 'downtime');
    const log = noteOpening(dirname(page), opening, header.clinic);
    const { isTold, warnings } = await tell(address, header.clinic, opening);
    const clock = clockOf(roster.zone);
    const rows = [rosterColumns, ...roster.rows.map((row) => cellsOf(row, clock))];
    const text = [
      `${roster.clinicName}, ${roster.date}: ${ageWords(openedAt - roster.at).toUpperCase()}`,
      `As it stood at ${clock(roster.at)}; opened at ${clock(openedAt)}. ${countWords(roster)}`,
      ...[
        '',
        ...table(rows),
        '',
        `To print: ${page}`,
        `Noted in: ${log}${isTold ? ', and in the record' : ''}`,
      ],
    ];
    return {
      ...{ schema: 'bolt.downtime.open/1', data: { file: path, roster, opening, page, log, isTold } },
      ...{ text: text.join('\n'), warnings: [...passedOver, ...warnings], exit: exitCodes.ok, failure: null },
    };
  }
}

const pageName = ({ clinic, at }: RosterHeader): string =>
  `roster-${clinic}-${new Date(at).toISOString().slice(0, 16).replaceAll(/[-:]/g, '')}.html`;

/** For this user only, also where a page of before had been left open to others. */
function writePage(path: string, html: string): void {
  writeFileSync(path, html, { mode: 0o600 });
  if (process.platform !== 'win32') chmodSync(path, 0o600);
}

/** Last, and without failing the command: whoever opens a roster has other worries than this. */
async function tell(
  address: ApiAddress,
  clinic: string,
  opening: RosterOpening,
): Promise<{ isTold: boolean; warnings: Warnings }> {
  if (address.tokenFile === null) return { isTold: false, warnings: [] };
  try {
    await tellOpening(address, clinic, opening);
    return { isTold: true, warnings: [] };
  } catch (error) {
    const { code, message } = failureOf(error, address.apiUrl);
    return { isTold: false, warnings: [{ code, message: `Not told to the server: ${message}` }] };
  }
}
