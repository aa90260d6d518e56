/**
 * A clinic under load: two API servers behind one address, a worker, six workstations and a few screens, with the
 * record of everything that was asked and shown. A test breaks parts of it; `checkDay` says whether anyone noticed more
 * than a delay.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor, SnapshotResponse, User } from '@workflow-bolt/contracts';
import { awaitUntil, createRng, HistoryRecorder, type Rng } from '@workflow-bolt/testkit';
import { Redis } from 'ioredis';
import { type ClinicSystem, type ClinicSystemOptions, startClinicSystem } from '../system/clinic-system.ts';
import { type SessionHeaders, StaffMember } from '../system/staff-member.ts';
import { BoardObserver } from './board-observer.ts';
import { BoardTruth } from './board-truth.ts';
import { DecisionReplay } from './check-answers.ts';
import { CommandClient } from './command-client.ts';
import { chooseCommand } from './command-mix.ts';
import { contentHash } from './content-hash.ts';
import { LoadBalancer } from './load-balancer.ts';

export type ChaosClinicOptions = ClinicSystemOptions & {
  seed: number;
  /** Workstations that give commands; default 6. */
  numClients?: number;
  /** Screens in the staff view, beside one on the wall; default 3. */
  numScreens?: number;
};
type Workstation = { client: CommandClient; user: User; rng: Rng };

const station = 'chaos-1';

export class ChaosClinic implements AsyncDisposable {
  readonly system: ClinicSystem;
  readonly balancer: LoadBalancer;
  readonly history = new HistoryRecorder();
  readonly rng: Rng;
  readonly observers: BoardObserver[] = [];
  readonly workstations: Workstation[] = [];
  readonly replay: DecisionReplay;
  readonly #sessions = new Map<string, SessionHeaders>();
  readonly #redis: Redis[] = [];
  readonly #idle = new Set<Workstation>();
  #numBusy = 0;
  #load: { stop: () => void; done: Promise<void> } | null = null;

  private constructor(system: ClinicSystem, balancer: LoadBalancer, seed: number) {
    this.system = system;
    this.balancer = balancer;
    this.rng = createRng(seed);
    this.replay = new DecisionReplay(this.board, (commandId) => this.sentBy(commandId));
  }

  /** Starts everything and waits until the schedule is on all screens. */
  static async open(options: ChaosClinicOptions): Promise<ChaosClinic> {
    const { seed, numClients = 6, numScreens = 3, ...rest } = options;
    const system = await startClinicSystem({ servers: 2, appointments: 24, seed, ...rest });
    const ports = system.servers.map(({ baseUrl }) => Number(new URL(baseUrl).port));
    const clinic = new ChaosClinic(system, await LoadBalancer.start(ports), seed);
    try {
      await clinic.#signEveryoneIn();
      await clinic.#openScreens(numScreens);
      clinic.#takePlaces(numClients);
      await clinic.#untilScheduled();
      return clinic;
    } catch (error) {
      await clinic[Symbol.asyncDispose]();
      throw error;
    }
  }

  get board(): { clinic: string; date: string } {
    return { clinic: this.system.clinic, date: this.system.date };
  }

  get boardUrl(): string {
    return `${this.balancer.url}/api/v1/boards/${this.system.clinic}/${this.system.date}`;
  }

  get screen(): BoardObserver {
    const [first] = this.observers;
    if (!first) throw new Error('nobody watches');
    return first;
  }

  headersOf(userId: string): SessionHeaders {
    const headers = this.#sessions.get(userId);
    if (!headers) throw new Error(`${userId} is not signed in`);
    return headers;
  }

  actorOf(user: User): Actor {
    return { id: user.id, name: user.name, role: user.role, station };
  }

  /** A connection of the test's own to a Redis of the system; closed with the clinic. */
  redis(url: string): Redis {
    const redis = new Redis(url);
    redis.on('error', () => {});
    this.#redis.push(redis);
    return redis;
  }

  truth(url = this.system.redisUrl): BoardTruth {
    return new BoardTruth(this.redis(url), this.board);
  }

  sentBy(commandId: string) {
    const clientId = commandId.slice(0, commandId.lastIndexOf(':'));
    return this.workstations.find(({ client }) => client.clientId === clientId)?.client.sent.get(commandId);
  }

  isOurs = (commandId: string): boolean => this.sentBy(commandId) !== undefined;

  operations() {
    return this.history.operations();
  }

  /** The board as one server tells it. */
  async snapshotOf(index: number): Promise<{ epoch: string; seq: number; hash: string }> {
    const { baseUrl } = this.system.servers[index] ?? { baseUrl: '' };
    const url = `${baseUrl}/api/v1/boards/${this.system.clinic}/${this.system.date}`;
    const answer = await fetch(url, { headers: this.headersOf('robin') });
    if (!answer.ok)
      throw new Error(`snapshot of server ${index + 1}: ${answer.status} ${await answer.text()}`);
    const { epoch, seq, entities } = (await answer.json()) as SnapshotResponse;
    return { epoch, seq, hash: contentHash(entities.map(({ id, v, d }) => [id, { v, d }])) };
  }

  /** Everyone works, each one command at a time with a breath in between, until `rest`. */
  work(pauseMs: readonly [number, number] = [15, 50]): void {
    let isOn = true;
    const stop = () => {
      isOn = false;
    };
    const work = async ({ client, user, rng }: Workstation): Promise<void> => {
      this.#numBusy += 1;
      while (isOn) {
        const { command, expectedVersion } = chooseCommand(this.contents(), user, rng);
        await client.give(command, expectedVersion);
        if (isOn) await sleep(rng.int(pauseMs[0], pauseMs[1]));
      }
      this.#numBusy -= 1;
    };
    const working = this.workstations.filter((one) => !this.#idle.has(one));
    this.#load = { stop, done: Promise.all(working.map(work)).then(() => {}) };
    // Whoever rests hears of a failure; until then it is nobody's unhandled rejection.
    this.#load.done.catch(() => {});
  }

  /** The last workstation no longer works with the others; what it sent is still known. */
  takeAway(): Workstation {
    const taken = this.workstations.at(-1);
    if (!taken) throw new Error('nobody works here');
    this.#idle.add(taken);
    return taken;
  }

  /** False once everyone has been answered. */
  get isWorking(): boolean {
    return this.#numBusy > 0;
  }

  /** Nobody begins anything new; resolves when everyone has been answered. */
  async rest(): Promise<void> {
    const load = this.#load;
    this.#load = null;
    load?.stop();
    await load?.done;
  }

  /** What the first screen shows. */
  contents() {
    return this.screen.client.getSnapshot().serverEntities;
  }

  /** Asks the EHR's schedule to be read; whether that succeeds just now does not matter. */
  async requestSync(): Promise<void> {
    const init = {
      method: 'POST',
      headers: { ...this.headersOf('robin'), 'content-type': 'application/json' },
    };
    await fetch(`${this.boardUrl}/sync`, { ...init, body: '{}', signal: AbortSignal.timeout(3_000) }).catch(
      () => {},
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#load?.stop();
    await Promise.all(this.observers.map(({ client }) => client.close()));
    for (const redis of this.#redis) redis.disconnect();
    await this.system[Symbol.asyncDispose]();
    await this.#load?.done.catch(() => {});
    await this.balancer[Symbol.asyncDispose]();
  }

  async #signEveryoneIn(): Promise<void> {
    for (const { id } of this.system.users) {
      // A store that was just started may refuse a moment longer; so may people sign in a moment later.
      const signIn = () => StaffMember.signIn(this.system, id, station);
      this.#sessions.set(id, (await awaitUntil(`${id} signs in`, signIn, 30_000)).headers);
    }
  }

  async #openScreens(numScreens: number): Promise<void> {
    const { clinic, date } = this.system;
    const where = { baseUrl: this.balancer.url, clinic, date };
    for (let i = 1; i <= numScreens; i += 1) {
      this.observers.push(
        await BoardObserver.open({ ...where, name: `screen-${i}`, session: this.headersOf('robin') }),
      );
    }
    const wall = { name: 'wall', session: this.headersOf('wanda'), isOnWall: true };
    this.observers.push(await BoardObserver.open({ ...where, ...wall }));
  }

  #takePlaces(numClients: number): void {
    const users = this.system.users.filter(({ role }) => role !== 'viewer');
    for (let i = 0; i < numClients; i += 1) {
      const user = users[i % users.length];
      if (!user) throw new Error('this clinic has no staff');
      const name = `${user.id}-${i + 1}`;
      const rng = this.rng.fork(name);
      const options = {
        name,
        boardUrl: this.boardUrl,
        session: this.headersOf(user.id),
        actor: this.actorOf(user),
      };
      const client = new CommandClient({ ...options, history: this.history, rng });
      this.workstations.push({ client, user, rng: rng.fork('choices') });
    }
  }

  async #untilScheduled(): Promise<void> {
    const booked = this.system.simulator.world.all().filter(({ type }) => type === 'P').length;
    await awaitUntil(
      'the schedule is on the first screen',
      () => [...this.contents().values()].filter(({ d }) => d.type === 'visit').length >= booked,
      30_000,
    );
    await awaitUntil('all screens are live', () => this.observers.every((one) => one.isLive()), 10_000);
  }
}
