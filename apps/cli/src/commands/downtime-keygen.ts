import { Flags } from '@oclif/core';
import { BoltCommand, type Outcome } from '../bolt-command.ts';
import { CliFailure } from '../cli-failure.ts';
import { drawPassphrase, makeOfflineKey, passphraseMin } from '../downtime/offline-key.ts';
import { readPassphrase } from '../downtime/read-passphrase.ts';
import { exitCodes } from '../exit-codes.ts';

export class DowntimeKeygen extends BoltCommand {
  static override summary = 'Make the offline key of a clinic, which opens its downtime rosters.';
  static override description =
    'Writes the private half as a passphrase-protected PKCS#8 file that only you can read, and prints the public half for the settings of the clinic. The passphrase is drawn and printed once, unless a file gives one. Needs no server.';
  static override examples = ['<%= config.bin %> downtime keygen --out north-offline-key.pem'];
  static override flags = {
    out: Flags.string({
      description: 'The file for the private half; it must not be there.',
      required: true,
    }),
    'passphrase-file': Flags.string({
      description: 'A file with a passphrase of your own in its first line.',
    }),
  };

  protected async work(): Promise<Outcome> {
    const { flags } = await this.parse(DowntimeKeygen);
    const given = flags['passphrase-file'];
    const passphrase = given === undefined ? drawPassphrase() : await readPassphrase(given);
    if (passphrase.length < passphraseMin) throw tooShort();
    const { publicKey, kid } = await makeOfflineKey(flags.out, passphrase);
    const drawn = given === undefined ? passphrase : null;
    return {
      ...{
        schema: 'bolt.downtime.keygen/1',
        data: { keyFile: flags.out, kid, publicKey, passphrase: drawn },
      },
      ...{ text: told(flags.out, publicKey, drawn), warnings: [], exit: exitCodes.ok, failure: null },
    };
  }
}

const tooShort = (): CliFailure =>
  new CliFailure(
    ...(['passphrase-short', exitCodes.usage, 'The passphrase is too short.'] as const),
    `At least ${passphraseMin} characters, or none at all: then one is drawn.`,
  );

function told(file: string, publicKey: string, passphrase: string | null): string {
  const secret =
    passphrase === null
      ? []
      : [
          '',
          `Passphrase:  ${passphrase}`,
          'It is shown this once. Write it down, and seal it apart from the key.',
        ];
  return [
    `Private key: ${file} (move it to a stick that lies in the clinic; no server may have it)`,
    ...secret,
    '',
    'Into the settings of the clinic:',
    `  "downtime": { "publicKey": "${publicKey}" }`,
  ].join('\n');
}
