#!/usr/bin/env node
/** `bolt`: the command line of an installation. */
import { Errors, flush, run } from '@oclif/core';
import { exitCodes } from './exit-codes.ts';

// A reader that has seen enough (`bolt … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** Wrong flags and unknown commands: what is wrong, and where to read on. */
function tellUsage(error: unknown): void {
  if (error instanceof Errors.ExitError) {
    process.exitCode = error.oclif.exit ?? exitCodes.ok;
    return;
  }
  const isUsage = error instanceof Errors.CLIError;
  process.exitCode = isUsage ? exitCodes.usage : exitCodes.bug;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`✘ ${isUsage ? usageWords(message) : `bolt failed: ${message}`}\n`);
}

/** A word that is no command is named as it was typed. */
function usageWords(message: string): string {
  const unknown = /^command (?<words>.+) not found$/.exec(message)?.groups?.words;
  if (unknown === undefined) return message;
  return `There is no command "${unknown.replaceAll(':', ' ')}".\n  bolt --help lists the commands.`;
}

/** `bolt help status` is what people type; the library knows `bolt status --help`. */
function wordsOf([first, ...more]: string[]): string[] {
  if (first === undefined) return ['--help'];
  return first === 'help' ? [...more, '--help'] : [first, ...more];
}

await run(wordsOf(process.argv.slice(2)), import.meta.url).catch(tellUsage);
await flush();
