/** The command line of the verifier: everything it needs comes from here, nothing from an environment. */
import { parseArgs } from 'node:util';
import { parseKey } from './signed-note.ts';
import type { VerifyOptions } from './verify-log.ts';

export const help = `Usage: node packages/audit-verifier/src/main.ts FOLDER --key KEY [options]

Checks a sealed record of accesses, an export of one, or a certificate of destruction, from its files and a public key. Reads only.

  FOLDER                    the log: the folder that holds "checkpoint" and "tile/"
  --key KEY                 verifier key of the log, name+hash+base64; or a file that holds it
  --witness KEY             this witness must have cosigned the newest checkpoint; may be given several times
  --witness-max-seconds N   instead: no entry may have waited longer for each witness, from its seal to its cosignature
  --since-checkpoint FILE   a checkpoint you kept: prove that the log only grew since
  --incremental             with --since-checkpoint: read only what is new
  --retain-from DATE        the log must reach back to this day (YYYY-MM-DD)
  --max-age-minutes N       the newest entry may be so old at most
  --max-backlog-minutes N   no entry may have waited longer to be sealed
  --max-silence-hours N     no longer silence between entries
  --skew-seconds N          clocks may differ so much (default 300)
  --prove LEAF              print the proof that this entry is in the log, as JSON
  --export                  FOLDER is an export: check its files, rows and proofs
  --certificate             FOLDER is a certificate of destruction, a JSON file: check who signed it, and what it says
  --json                    one JSON document instead of sentences
  --help                    this text

Exit codes: 0 sound; 10 entry altered; 11 root differs; 12 bad signature; 13 fork or rollback; 14 part missing;
15 number missing or twice; 16 time goes back; 17 witness missing or late; 18 time not covered; 19 entries gone
before they were sealed; 20 backlog too old; 2 the call is wrong.`;

export type CommandLine = {
  folder: string;
  isJson: boolean;
  isExport: boolean;
  isCertificate: boolean;
  prove: number | null;
  options: VerifyOptions;
};

/** A mistake in the call: told without a stack, exit code 2. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
}

type Files = { read: (path: string) => Uint8Array };
const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const shape = {
  key: text,
  witness: { type: 'string', multiple: true, default: [] as string[] },
  'witness-max-seconds': text,
  'since-checkpoint': text,
  incremental: flag,
  'retain-from': text,
  'max-age-minutes': text,
  'max-backlog-minutes': text,
  'max-silence-hours': text,
  'skew-seconds': { type: 'string', default: '300' },
  prove: text,
  export: flag,
  certificate: flag,
  json: flag,
  help: flag,
} as const;

function count(name: string, given: string | undefined, unitMs = 1): number | null {
  if (given === undefined) return null;
  if (!/^\d{1,12}$/.test(given)) throw new CallRefused(`--${name} takes a whole number`);
  return Number(given) * unitMs;
}

function instantOf(given: string | undefined): number | null {
  if (given === undefined) return null;
  const at = /^\d{4}-\d{2}-\d{2}$/.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(at)) throw new CallRefused('--retain-from takes a date, YYYY-MM-DD');
  return at;
}

function keyOf(name: string, given: string, files: Files) {
  const spelled = given.includes('+') ? given : Buffer.from(files.read(given)).toString('utf8');
  try {
    return parseKey(spelled);
  } catch (error) {
    throw new CallRefused(`--${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A key that signs logs is none that witnesses them: the same bytes under the other type would pass for it. */
function witnessKeyOf(given: string, files: Files) {
  const key = keyOf('witness', given, files);
  if (key.type !== 4) throw new CallRefused('--witness: not the key of a witness (type 4)');
  return key;
}

/** Reads the arguments; null for --help. Throws CallRefused. */
export function readCommandLine(argv: readonly string[], files: Files, now: number): CommandLine | null {
  const { values, positionals } = parse(argv);
  if (values.help) return null;
  const [folder] = positionals;
  if (!folder || positionals.length > 1) throw new CallRefused('name one folder');
  if (!values.key) throw new CallRefused('name the key of the log: --key');
  if (values.incremental && !values['since-checkpoint'])
    throw new CallRefused('--incremental needs --since-checkpoint');
  const options: VerifyOptions = {
    key: keyOf('key', values.key, files),
    witnesses: values.witness.map((each) => witnessKeyOf(each, files)),
    witnessMaxMs: count('witness-max-seconds', values['witness-max-seconds'], 1_000),
    since: values['since-checkpoint'] ? files.read(values['since-checkpoint']) : null,
    isIncremental: values.incremental,
    retainFrom: instantOf(values['retain-from']),
    ageMaxMs: count('max-age-minutes', values['max-age-minutes'], 60_000),
    backlogMaxMs: count('max-backlog-minutes', values['max-backlog-minutes'], 60_000),
    silenceMaxMs: count('max-silence-hours', values['max-silence-hours'], 3_600_000),
    skewMs: count('skew-seconds', values['skew-seconds'], 1_000) ?? 300_000,
    now,
  };
  return {
    folder,
    isJson: values.json,
    isExport: values.export,
    isCertificate: values.certificate,
    prove: count('prove', values.prove),
    options,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: shape, allowPositionals: true });
  } catch (error) {
    throw new CallRefused(error instanceof Error ? error.message : String(error));
  }
}
