/** The worker as it is, in a day that passes faster. Its environment is the worker's own. */
import { readFileSync } from 'node:fs';
import { phiRedaction, readConfig, workerOptions } from '@workflow-bolt/contracts';
import { pino } from 'pino';
import { LinkMetrics } from '../../../apps/worker/src/ehr-link/link-metrics.ts';
import { BoltWorker, parseClinics } from '../../../apps/worker/src/worker.ts';
import { aloneMessage, callMsMax, shortGaps, shortSettings } from './pace.ts';

const config = readConfig(workerOptions, process.env);
const clinics = parseClinics(config.clinicsFile, readFileSync(config.clinicsFile, 'utf8'));
const log = pino({ level: config.logLevel, base: { role: 'worker' }, redact: phiRedaction });
// A stall of Redis or of this process makes it call alone for once, as EH-ALONE says: the judge must know.
const { guarded } = LinkMetrics.prototype;
LinkMetrics.prototype.guarded = function (event) {
  if (event.kind === 'away') log.warn({ lane: event.lane }, aloneMessage);
  guarded.call(this, event);
};
const link = { settings: shortSettings, callMsMax };
const worker = new BoltWorker({ config, clinics, log, gaps: shortGaps(), link });
await worker.start();
