import {
  type BoardKey,
  type Command,
  type Entity,
  type Role,
  readConfig,
  serverOptions,
  type User,
} from '@workflow-bolt/contracts';
import { type BoardHost, BoardRegistry, createRedisPort, fromUrl, openVault } from '@workflow-bolt/store';
import { systemActor } from '../boards/board-access.ts';
import { type Client, eventually } from './server-fixture.ts';

/** Everybody who can sign in, one of each, at home in the clinic `north` only. */
export const everyone: readonly Role[] = [
  'front-desk',
  'medical-assistant',
  'nurse',
  'provider',
  'billing',
  'manager',
  'admin',
  'auditor',
  'viewer',
  'service',
  'agent',
];
export const oneOfEach = (): User[] =>
  everyone.map((role) => ({ id: role, name: `The ${role}`, role, clinics: ['north'] }));

/** A process of the system itself beside the server, with the server's keys. */
export async function systemBoard(redisUrl: string, key: BoardKey): Promise<SystemBoard> {
  const port = createRedisPort(fromUrl(redisUrl), 'test-system');
  await port.connect();
  const config = readConfig(serverOptions, { REDIS_URL: redisUrl, BOLT_CLINICS_FILE: 'unused' });
  const registry = new BoardRegistry({ port, vault: openVault(config) });
  await registry.start();
  return new SystemBoard(await registry.get(key), async () => {
    await registry.stop();
    await port.close();
  });
}

export class SystemBoard {
  readonly host: BoardHost;
  readonly #close: () => Promise<void>;
  readonly #clientId = `system-${crypto.randomUUID()}`;
  #n = 0;

  constructor(host: BoardHost, close: () => Promise<void>) {
    this.host = host;
    this.#close = close;
  }

  async must(command: Command): Promise<void> {
    const envelope = { clientId: this.#clientId, n: ++this.#n, command, expectedVersion: null };
    const outcome = await this.host.submit(envelope, systemActor, 'tebra');
    if (outcome.outcome !== 'applied') throw new Error(`${command.type}: ${JSON.stringify(outcome)}`);
  }

  /** Every entity as it is. */
  entities(): Map<string, Entity> {
    return new Map([...this.host.state.entries()].map(([id, { d }]) => [id, d]));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

/** Words that must be found exactly where the matrix shows them. */
export const secrets = {
  fullName: 'Quillfeather',
  dob: '1981-02-03',
  phone: '555-0177',
  reason: 'rash-on-left-arm',
  note: 'afraid-of-needles',
  alert: 'latex-allergy',
  recordNumber: 'mrn-4711',
} as const;

/** An appointment of somebody with a value in every field. */
export const rowOf = (visitId: string, startAt: number): Command => ({
  type: 'applyScheduleRow',
  visitId,
  system: 'tebra',
  key: `key-${visitId}`,
  appointmentId: 'a-1',
  patientId: secrets.recordNumber,
  patientKey: 'pk-0815',
  fingerprint: 'f1',
  status: 'Scheduled',
  rawStatus: 'Scheduled',
  startAt,
  durationMin: 20,
  providerId: 'dr-okafor',
  visitTypeId: 'follow-up',
  locationName: 'Main',
  fullName: `Zuleika ${secrets.fullName}`,
  dob: secrets.dob,
  phone: secrets.phone,
  reason: secrets.reason,
});

/** Until the server has heard of a visit that the system put on its board. */
export const untilSeen = (client: Client, visitId: string): Promise<void> =>
  eventually(async () => {
    const { text } = await client.get(client.board());
    if (!text.includes(`"v:${visitId}"`)) throw new Error(`${visitId} is not on the board yet`);
  });
