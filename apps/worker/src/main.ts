import { readFileSync } from 'node:fs';
import {
  agreementRegisterSchema,
  ConfigError,
  type EhrSystem,
  phiRedaction,
  readConfig,
  type WorkerConfig,
  workerOptions,
} from '@workflow-bolt/contracts';
import { pino } from 'pino';
import { rosterAgreementProblem } from './downtime/roster-agreement.ts';
import { ehrAgreementProblem } from './ehr-agreement.ts';
import { ehrSystemOf } from './ehr-link/ehr-account.ts';
import { BoltWorker, parseClinics } from './worker.ts';

/** Longer than one call to the EHR usually takes, shorter than a container's patience. */
const graceMs = 8_000;

/** NODE_ENV=production means production too, as for the server. */
function readEnvironment(environment: NodeJS.ProcessEnv): WorkerConfig {
  const config = readConfig(workerOptions, environment);
  return environment.NODE_ENV === 'production' ? { ...config, mode: 'production' } : config;
}

/** Throws `ConfigError` while no agreement with the EHR's vendor, or with whoever is to store rosters, is in force. */
function refuseWithoutAgreement(config: WorkerConfig, system: EhrSystem): void {
  const file = config.agreementsFile;
  const register =
    file === null ? null : agreementRegisterSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const today = new Date().toISOString().slice(0, 10);
  const problem =
    ehrAgreementProblem(config, register, today, system) ?? rosterAgreementProblem(config, register, today);
  if (problem !== null) throw new ConfigError(problem);
}

async function main(): Promise<void> {
  const config = readEnvironment(process.env);
  const clinics = parseClinics(config.clinicsFile, readFileSync(config.clinicsFile, 'utf8'));
  refuseWithoutAgreement(config, ehrSystemOf(clinics));
  const log = pino({ level: config.logLevel, base: { role: 'worker' }, redact: phiRedaction });
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
