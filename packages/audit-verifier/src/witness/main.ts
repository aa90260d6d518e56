import { readFile } from 'node:fs/promises';
import { runWitness } from './run-witness.ts';

const running = await runWitness(process.argv.slice(2), {
  readText: (path) => readFile(path, 'utf8'),
  print: (line) => process.stdout.write(`${line}\n`),
}).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
  return null;
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void running?.stop());
