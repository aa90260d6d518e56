/** A clinic that writes back: the EHR simulator and a worker for it, beside a server and its Redis. */
import type { ClinicSettings } from '@workflow-bolt/contracts';
import { DEMO_CREDENTIALS, type JournalEntry } from '@workflow-bolt/ehr-simulator';
import { awaitUntil } from '@workflow-bolt/testkit';
import type { BenchDay } from '../day/bench-day.ts';
import { BenchProcess } from './bench-process.ts';

export type WrittenClinicParts = {
  redisUrl: string;
  day: BenchDay;
  appointments: number;
  clinicsFile: string;
  /** Answers when the API server is up. */
  readyUrl: string;
};

/** The clinic's settings with writing on. */
export function writingSettings({ settings }: BenchDay, id: string): ClinicSettings {
  return { ...settings, id, ehr: settings.ehr && { ...settings.ehr, writeBack: 'on', pollSeconds: 900 } };
}

export class WrittenClinic implements AsyncDisposable {
  readonly #simulator: BenchProcess;
  readonly #worker: BenchProcess;

  private constructor(simulator: BenchProcess, worker: BenchProcess) {
    this.#simulator = simulator;
    this.#worker = worker;
  }

  static async start(parts: WrittenClinicParts): Promise<WrittenClinic> {
    const { redisUrl, day, appointments, clinicsFile, readyUrl } = parts;
    const { seed, zone, date } = day.day.options;
    const options = { seed, zone, date, appointments, profile: 'calm' };
    const simulator = await new BenchProcess({
      name: 'ehr-simulator',
      script: 'apps/ehr-simulator/src/main.ts',
      args: Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
      readyUrl: null,
      env: {},
    }).start();
    const worker = new BenchProcess({
      name: 'worker',
      script: 'apps/worker/src/main.ts',
      readyUrl,
      env: {
        REDIS_URL: redisUrl,
        BOLT_CLINICS_FILE: clinicsFile,
        BOLT_EHR_URL: String(simulator.readyLine()?.url),
        BOLT_EHR_CUSTOMER_KEY: DEMO_CREDENTIALS.customerKey,
        BOLT_EHR_USER: DEMO_CREDENTIALS.user,
        BOLT_EHR_PASSWORD: DEMO_CREDENTIALS.password,
      },
    });
    const clinic = new WrittenClinic(simulator, worker);
    try {
      await worker.start();
      return clinic;
    } catch (error) {
      await clinic[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Changes how the EHR behaves. */
  async configure(patch: unknown): Promise<void> {
    await this.#control('PATCH', '/config', patch);
  }

  /** From now on no call is answered for so long. */
  async hang(ms: number): Promise<void> {
    await this.#control('POST', '/faults', { op: '*', kind: 'slow', ms });
  }

  /** The EHR answers again; resolves when a write has gone through that began after that. */
  async recover(): Promise<void> {
    await this.#control('DELETE', '/faults');
    const from = Date.now();
    const isBack = async () =>
      (await this.journal('UpdateAppointment')).some(
        ({ at, httpStatus }) => Date.parse(at) >= from && httpStatus === 200,
      );
    await awaitUntil('the EHR takes writes again', isBack, 120_000);
  }

  /** Calls in order of arrival, of one operation. */
  async journal(operation: string): Promise<JournalEntry[]> {
    return (await this.#control('GET', `/journal?op=${operation}`)) as JournalEntry[];
  }

  /** Epoch ms at which each appointment first got the status from us, by its id. */
  async writtenAt(status: string): Promise<Map<number, number>> {
    const written = new Map<number, number>();
    for (const { at, effects } of await this.journal('UpdateAppointment')) {
      for (const effect of effects) {
        const isIt = effect.kind === 'applied' && effect.status === status;
        if (isIt && !written.has(effect.id)) written.set(effect.id, Date.parse(at));
      }
    }
    return written;
  }

  logTail(): string {
    return this.#worker.logTail();
  }

  async #control(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.#simulator.readyLine()?.controlUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker[Symbol.asyncDispose]();
    await this.#simulator[Symbol.asyncDispose]();
  }
}
