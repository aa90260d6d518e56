/** The worker as it is, in a day that passes faster. Its environment is the worker's own. */
import { readFileSync } from 'node:fs';
import { phiRedaction, readConfig, workerOptions } from '@workflow-bolt/contracts';
import { pino } from 'pino';
import { BoltWorker, parseClinics } from '../../../apps/worker/src/worker.ts';
import { callMsMax, shortGaps, shortSettings } from './pace.ts';

const config = readConfig(workerOptions, process.env);
const clinics = parseClinics(config.clinicsFile, readFileSync(config.clinicsFile, 'utf8'));
const log = pino({ level: config.logLevel, base: { role: 'worker' }, redact: phiRedaction });
const link = { settings: shortSettings, callMsMax };
const worker = new BoltWorker({ config, clinics, log, gaps: shortGaps(), link });
await worker.start();
