/** A clinic whose EHR is a FHIR server: Redis, the server, a worker told by nothing but its settings, and its board. */
import {
  type Actor,
  type Command,
  clinicSettingsSchema,
  readConfig,
  type Visit,
  type WriteBackMode,
  workerOptions,
} from '@workflow-bolt/contracts';
import { localDate } from '@workflow-bolt/domain';
import { BoardRegistry, createRedisPort, fromUrl, openVault } from '@workflow-bolt/store';
import { startRedis } from '@workflow-bolt/testkit';
import { pino } from 'pino';
import { readJobBoard } from '../../apps/worker/src/board-port.ts';
import { HostBoard } from '../../apps/worker/src/host-board.ts';
import { BoltWorker, type WorkerParts } from '../../apps/worker/src/worker.ts';
import { middayZone } from '../system/midday-zone.ts';
import { PRACTICE, seedClinic } from './fhir-clinic.ts';
import { startFhirServer } from './fhir-server.ts';

export const zone = middayZone();
export const clinic = 'fern-street';
export const dana: Actor = { id: 'dana', name: 'Dana', role: 'front-desk', station: 'desk-1' };

/** As instants are written there, such as `-06:00`. */
function offsetOf(timeZone: string): string {
  const part = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts()
    .find(({ type }) => type === 'timeZoneName');
  return part?.value.slice(3) || 'Z';
}

/** Starts it; `link` says when its breakers open. */
export async function startClinic(writeBack: WriteBackMode = 'off', link: WorkerParts['link'] = {}) {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis({ persist: 'aof-always' }));
  const server = await startFhirServer();
  stack.defer(() => server.stop());
  const date = localDate(zone, Date.now());
  await seedClinic(server, { date, offset: offsetOf(zone) });
  const settings = clinicSettingsSchema.parse({
    ...{ id: clinic, name: 'Fern Street', zone, rooms: [] },
    ehr: { system: 'fhir', practiceName: PRACTICE, pollSeconds: 900, writeBack },
  });
  const config = readConfig(workerOptions, {
    REDIS_URL: redis.url,
    BOLT_CLINICS_FILE: 'given-directly',
    BOLT_EHR_URL: server.base,
    BOLT_FHIR_GAP_MS: '0',
  });
  const vault = openVault(config);
  const port = createRedisPort(fromUrl(redis.url), 'test');
  const registry = new BoardRegistry({ port, vault });
  await registry.start();
  stack.defer(async () => {
    await registry.stop();
    await port.close();
  });
  const worker = new BoltWorker({ config, clinics: [settings], log: pino({ level: 'silent' }), link });
  stack.defer(() => worker.stop(1_000));
  await worker.start();
  const board = new HostBoard(registry, { clinic, date });
  const host = await registry.get({ clinic, date });
  let n = 0;
  /** As a person at a screen. */
  const submit = (command: Command, actor = dana) => {
    n += 1;
    return host.submit({ clientId: 'web-test-1', n, command }, actor, 'ui');
  };
  const visitOf = async (appointmentId: string): Promise<Visit> => {
    const { visits } = await readJobBoard(board);
    const found = visits.find(({ external }) => external?.appointmentId === appointmentId);
    if (!found) throw new Error(`no visit of ${appointmentId}`);
    return found;
  };
  return { stack, server, worker, board, registry, submit, visitOf, port, vault, key: { clinic, date } };
}
