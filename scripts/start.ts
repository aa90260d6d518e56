/**
 * `npm start`: the whole system on this machine, from nothing. Starts a private Redis, the EHR simulator, the
 * API, a worker and (with --simulate) a played staff; stops exactly these on Ctrl-C, in reverse order.
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { startDemo } from './demo/start-demo.ts';
import { readStartOptions, StartRefused, startHelp } from './demo/start-options.ts';

try {
  const options = readStartOptions(process.argv.slice(2));
  if (options.isHelp) {
    console.log(startHelp);
  } else {
    const dataDir = resolve(options.dataDir);
    mkdirSync(dataDir, { recursive: true });
    await startDemo({ ...options, dataDir });
  }
} catch (error) {
  if (!(error instanceof StartRefused)) throw error;
  console.error(`\n${error.message}\n`);
  process.exitCode = 1;
}
