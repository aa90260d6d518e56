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
  process.stderr.write(`✘ ${isUsage ? message : `bolt failed: ${message}`}\n`);
}

await run(process.argv.slice(2), import.meta.url).catch(tellUsage);
await flush();
