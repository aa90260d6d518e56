import type {
  ClinicSettings,
  Command,
  Problem,
  Role,
  ServerConfig,
  StepUpPurpose,
  User,
} from '@workflow-bolt/contracts';
import { clinicSettingsSchema, readConfig, serverOptions } from '@workflow-bolt/contracts';
import { localDate } from '@workflow-bolt/domain';
import type { DestinationStream } from 'pino';
import type { JobQueue } from '../schedule/job-queue.ts';
import { type BoltServer, createServer } from '../server.ts';
import { StreamReader } from './stream-reader.ts';

export const zone = 'America/Chicago';
export const today = (): string => localDate(zone, Date.now());

export const clinics: ClinicSettings[] = ['north', 'south'].map((id) =>
  clinicSettingsSchema.parse({
    id,
    name: `Clinic ${id}`,
    zone,
    rooms: [
      { id: 'exam-1', name: 'Exam 1', kind: 'exam', capacity: 1, position: 1 },
      { id: 'lobby', name: 'Lobby', kind: 'place', capacity: null, position: 9 },
    ],
    providers: [{ id: 'dr-okafor', name: 'Dr. Okafor', color: '#2f6fde' }],
    visitTypes: [{ id: 'follow-up', label: 'Follow-up', slotMin: 20, needsProvider: true }],
  }),
);

const roleNames: readonly Role[] = ['front-desk', 'medical-assistant', 'provider', 'manager', 'viewer'];
/** One user per role, at home in the clinic `north` only; `both` works in both. */
export const users: User[] = [
  ...roleNames.map((role) => ({ id: role, name: `The ${role}`, role, clinics: ['north'] })),
  { id: 'both', name: 'Both', role: 'front-desk', clinics: ['north', 'south'] },
];

export type FixtureOptions = {
  config?: Partial<ServerConfig>;
  heartbeatMs?: number;
  queue?: JobQueue;
  /** Instead of `users`. */
  developmentUsers?: User[];
  /** Instead of `clinics`. */
  clinics?: ClinicSettings[];
  logTo?: DestinationStream;
  /** Epoch ms, by which sessions end. */
  sessionClock?: () => number;
};

const configOf = (redisUrl: string, more: Partial<ServerConfig>): ServerConfig => ({
  ...readConfig(serverOptions, {
    REDIS_URL: redisUrl,
    BOLT_CLINICS_FILE: 'unused',
    PORT: '0',
    LOG_LEVEL: 'silent',
  }),
  allowVolatileRedis: true,
  ...more,
});

/** A server on a private Redis with its users. Dispose it to stop it. */
export async function startServer(redisUrl: string, options: FixtureOptions = {}): Promise<ServerFixture> {
  const { config = {}, ...rest } = options;
  const server = createServer({
    config: configOf(redisUrl, config),
    clinics,
    developmentUsers: users,
    ...rest,
  });
  await server.start();
  return new ServerFixture(server);
}

export class ServerFixture {
  readonly server: BoltServer;
  readonly url: string;

  constructor(server: BoltServer) {
    this.server = server;
    this.url = server.url;
  }

  async login(userId: string): Promise<Client> {
    const answer = await fetch(`${this.url}/api/v1/dev-login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userId, station: 'desk-1' }),
    });
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    const { csrf } = (await answer.json()) as { csrf: string };
    return new Client(this.url, { cookie, 'sec-fetch-site': 'same-origin', 'x-bolt-csrf': csrf });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
  }
}

export type Answered = { status: number; headers: Headers; json: Record<string, unknown>; text: string };

/** A signed-in person's requests, as the page's browser sends them. */
export class Client {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly clientId = `test-${crypto.randomUUID()}`;
  #n = 0;

  constructor(url: string, headers: Record<string, string>) {
    this.url = url;
    this.headers = headers;
  }

  board(clinic = 'north', date = today()): string {
    return `${this.url}/api/v1/boards/${clinic}/${date}`;
  }

  get(url: string, headers: Record<string, string> = {}): Promise<Answered> {
    return answered(fetch(url, { headers: { ...this.headers, ...headers } }));
  }

  post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    return answered(
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...this.headers, ...headers },
        body: isRaw ? (body as string) : JSON.stringify(body),
      }),
    );
  }

  /** Shows a factor again for one purpose, as a demo user may. */
  async prove(purpose: StepUpPurpose): Promise<void> {
    const answer = await this.post(`${this.url}/api/v1/step-up`, { purpose, method: 'development' });
    if (answer.status !== 204) throw new Error(`step-up answered ${answer.status} ${answer.text}`);
    this.headers.cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  }

  /** The next command of this client. */
  command(command: Command, more: Record<string, unknown> = {}): Promise<Answered> {
    return this.post(`${this.board()}/commands`, { clientId: this.clientId, n: ++this.#n, command, ...more });
  }

  walkIn(visitId: string, more: Partial<Record<string, unknown>> = {}): Promise<Answered> {
    return this.command({
      type: 'createVisit',
      visitId,
      kind: 'walk-in',
      fullName: `Person ${visitId}`,
      ...more,
    });
  }

  stream(query = '', headers: Record<string, string> = {}): Promise<StreamReader> {
    return StreamReader.open(`${this.board()}/stream${query}`, { ...this.headers, ...headers });
  }
}

async function answered(pending: Promise<Response>): Promise<Answered> {
  const response = await pending;
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
}

/** The parts of a problem that a test asserts. */
export const problemOf = ({ status, json }: Answered): Pick<Problem, 'status' | 'code'> => ({
  status,
  code: (json as Problem).code,
});

/** Polls until it holds; throws what the last try threw. */
export async function eventually(check: () => void | Promise<void>, timeoutMs = 8_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
