/** The witness as a command: one folder, one name, the keys of the logs it looks after. */
import { parseArgs } from 'node:util';
import { formatKey, type NoteKey, parseKey } from '../signed-note.ts';
import { type ServedWitness, serveWitness } from './serve-witness.ts';
import { Witness } from './witness.ts';
import { WitnessFolder } from './witness-folder.ts';

export const witnessHelp = `Usage: node packages/audit-verifier/src/witness/main.ts FOLDER --name NAME --log KEY [options]

Remembers how far sealed records of accesses had grown, and signs only what goes on from there (C2SP tlog-witness). To
be run by somebody else than who runs the record, on another machine.

  FOLDER              what must not be forgotten: the witness's key, made on first use, and the last checkpoints
  --name NAME         name of the witness, such as witness.example.org/w1; never change it
  --log KEY           verifier key of a log, or a file that holds one a line; may be given several times
  --listen HOST:PORT  where to listen (default 127.0.0.1:8411); let a proxy encrypt
  --help              this text

Logs ask at POST /add-checkpoint. The last cosigned checkpoint of a log, for auditors: GET /checkpoint/<SHA-256 of its
origin>. One process for one folder.`;

export type WitnessWorld = { readText: (path: string) => Promise<string>; print: (line: string) => void };

const shape = {
  name: { type: 'string' },
  log: { type: 'string', multiple: true, default: [] as string[] },
  listen: { type: 'string', default: '127.0.0.1:8411' },
  help: { type: 'boolean', default: false },
} as const;

async function logKeys(given: readonly string[], { readText }: WitnessWorld): Promise<NoteKey[]> {
  const texts = await Promise.all(given.map((each) => (each.includes('+') ? each : readText(each))));
  const keys = texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(parseKey),
  );
  if (keys.length === 0 || keys.some(({ type }) => type !== 1))
    throw new Error('--log takes keys that sign logs (type 1)');
  return keys;
}

/** Starts it; null for --help. Throws with what is wrong about the call or the folder. */
export async function runWitness(
  argv: readonly string[],
  world: WitnessWorld,
): Promise<ServedWitness | null> {
  const { values, positionals } = parseArgs({ args: [...argv], options: shape, allowPositionals: true });
  if (values.help) {
    world.print(witnessHelp);
    return null;
  }
  const [path] = positionals;
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(values.listen) ?? [];
  if (!path || positionals.length > 1 || !host || !values.name || !/^[^\s+]+$/.test(values.name))
    throw new Error(witnessHelp);
  const logs = await logKeys(values.log, world);
  const folder = new WitnessFolder(path);
  await folder.claim();
  const cosigner = await folder.cosigner(values.name);
  const served = await serveWitness({
    witness: new Witness({ folder, cosigner, logs }),
    folder,
    host,
    port: Number(port),
  });
  world.print(`witness ${formatKey(cosigner.key)} ${served.url}`);
  return served;
}
