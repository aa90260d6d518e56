/** A passphrase from a file, from a terminal that does not show it, or from standard input. Never from a flag. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliFailure } from '../cli-failure.ts';
import { exitCodes } from '../exit-codes.ts';

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? '';

function fromFile(path: string): string {
  try {
    return firstLine(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    const hint = 'Without --passphrase-file it is asked for.';
    throw new CliFailure('passphrase-file', exitCodes.usage, `${path} cannot be read (${why}).`, hint, error);
  }
}

/** What is typed goes nowhere; the question goes to standard error, which is not the result. */
async function fromTerminal(): Promise<string> {
  process.stderr.write('Passphrase: ');
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: process.stdin.isTTY });
  try {
    for await (const line of terminal) return line;
    return '';
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

/** Null asks for it. Throws CliFailure when there is none. */
export async function readPassphrase(file: string | null): Promise<string> {
  const passphrase = file === null ? await fromTerminal() : fromFile(file);
  if (passphrase !== '') return passphrase;
  throw new CliFailure('passphrase', exitCodes.usage, 'No passphrase was given.', 'Type it, or give a file.');
}
