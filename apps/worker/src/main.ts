import { readFileSync } from 'node:fs';
import { ConfigError, readConfig, workerOptions } from '@workflow-bolt/contracts';
import { pino } from 'pino';
import { BoltWorker, parseClinics } from './worker.ts';

/** Longer than one call to the EHR usually takes, shorter than a container's patience. */
const graceMs = 8_000;

async function main(): Promise<void> {
  const config = readConfig(workerOptions, process.env);
  const clinics = parseClinics(config.clinicsFile, readFileSync(config.clinicsFile, 'utf8'));
  const log = pino({ level: config.logLevel, base: { role: 'worker' } });
  const worker = new BoltWorker({ config, clinics, log });
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    await worker.stop(graceMs);
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await worker.start();
}

main().catch((error: unknown) => {
  const isOurs = error instanceof ConfigError || error instanceof Error;
  console.error(`worker: ${isOurs ? error.message : String(error)}`);
  process.exit(1);
});
