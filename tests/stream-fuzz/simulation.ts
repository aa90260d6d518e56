/**
 * One seed: a board's day with a hostile network and a server that loses things, against the real parser,
 * machine, apply rule and store, in virtual time. After every step the client's board must be a prefix of a
 * history that really was, and `live` must mean live.
 */
import { BoardReplica, BoardStore, ConnectionDriver, type RuleMutation } from '@workflow-bolt/client';
import type { View } from '@workflow-bolt/contracts';
import { HostileNetwork } from './hostile-network.ts';
import { Random } from './random.ts';
import { type LogEntry, textOf } from './reference-log.ts';
import { ReferenceServer } from './reference-server.ts';
import { VirtualTime } from './virtual-time.ts';

export class Violation extends Error {}

export type SimulationOptions = {
  seed: number;
  broken?: readonly RuleMutation[];
  /** Called with the name of everything that happened, once each time. */
  note?: (what: string) => void;
};

/** Two heartbeats and 5 s, and what a delayed hello may hide: 10 s for headers, 3 s for hello, and a tick. */
const liveLagMaxMs = 35_000 + 14_000;
/** Noticing a long sleep takes one tick. */
const wakeGraceMs = 1_500;
const healMs = 160_000;
const step = { cardsMax: 9, opsMin: 25, opsMax: 55 };

type Moment = { at: number; epoch: string; text: string };

export class Simulation {
  readonly #seed: number;
  readonly #random: Random;
  readonly #time = new VirtualTime();
  readonly #note: (what: string) => void;
  readonly #server: ReferenceServer;
  readonly #network: HostileNetwork;
  readonly #replica: BoardReplica;
  readonly #driver: ConnectionDriver;
  readonly #store: BoardStore;
  readonly #trace: string[] = [];
  readonly #truth: Moment[] = [];
  #isOmitting = false;
  #graceUntil = 0;
  #degradedSince: number | null = null;
  #checked = '';
  #text = '';

  constructor({ seed, broken = [], note }: SimulationOptions) {
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#note = (what) => {
      if (this.#trace.length > 400) this.#trace.splice(0, 300);
      this.#trace.push(`${Math.round(this.#time.nowMs)} ${what}`);
      note?.(what);
    };
    const view: View = this.#random.chance(0.6) ? 'staff' : 'wall';
    this.#server = new ReferenceServer(this.#time, this.#random, this.#note);
    this.#network = new HostileNetwork({
      time: this.#time,
      random: this.#random,
      server: this.#server,
      note: this.#note,
      expectNoChange: (deliver) => this.#expectNoChange(deliver),
      onOmission: () => {
        this.#isOmitting = true;
      },
    });
    this.#replica = new BoardReplica(view, broken);
    const clock = this.#time.clientClock();
    this.#store = new BoardStore({
      replica: this.#replica,
      clock,
      notify: 'sync',
      pendingWrites: () => [],
      overlayContext: () => null,
    });
    this.#driver = new ConnectionDriver({
      clock,
      random: () => this.#random.next(),
      transport: this.#network.transport,
      replica: this.#replica,
      urlOf: ({ mode, cursor }) =>
        `/stream?${new URLSearchParams({ view, mode, ...(cursor === null ? {} : { cursor }) })}`,
      onEvent: (event) => {
        if (event.type === 'state') this.#note(`phase ${event.state.phase}`);
        if (event.type === 'state' && event.state.mode === 'poll') this.#note('mode poll');
        if (event.type === 'snapshot') this.#isOmitting = false;
        if (event.type === 'frame' && event.verdict) this.#note(`verdict ${event.verdict.kind}`);
        this.#store.touch();
      },
    });
    this.#noteTruth();
  }

  /** Throws `Violation` with the seed and the last steps. */
  run(): void {
    try {
      this.#play();
      this.#heal();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      throw new Violation(
        `${error.message}\nseed ${this.#seed}; last steps:\n${this.#trace.slice(-40).join('\n')}`,
      );
    } finally {
      this.#driver.stop();
    }
  }

  #play(): void {
    for (let i = this.#random.int(0, 6); i > 0; i--) this.#commit();
    this.#driver.start();
    for (let i = this.#random.int(step.opsMin, step.opsMax); i > 0; i--) {
      this.#act();
      this.#noteTruth();
      this.#check();
      this.#pass(this.#random.chance(0.7) ? this.#random.int(10, 2_000) : this.#random.int(2_000, 45_000));
    }
  }

  #pass(ms: number): void {
    const until = this.#time.nowMs + ms;
    while (this.#time.step(until)) this.#check();
  }

  #act(): void {
    const act = this.#random.weighted(acts);
    this.#note(`act ${act}`);
    this.#perform(act);
  }

  #perform(act: keyof typeof acts): void {
    const random = this.#random;
    const { log } = this.#server;
    switch (act) {
      case 'commit':
        this.#commit();
        return;
      case 'burst':
        for (let i = random.int(3, 14); i > 0; i--) this.#commit();
        return;
      case 'trim':
        log.trim(log.seq - random.int(0, 3));
        return;
      case 'lose tail, announced':
        this.#loseTail(() => this.#newHistory());
        return;
      case 'lose tail, unannounced':
        this.#loseTail((lost) => this.#restartServer(lost));
        return;
      case 'restore':
        log.rewind(log.firstSeq + random.int(0, Math.max(0, log.seq - log.firstSeq)));
        this.#newHistory();
        return;
      case 'new epoch':
        this.#newHistory();
        return;
      case 'cut':
        this.#network.cutAll('reset');
        return;
      case 'cut mid-frame':
        this.#network.cutAll('mid-frame');
        return;
      case 'cut silently':
        this.#network.cutAll('silent');
        return;
      case 'down':
        this.#network.cutAll(random.pick(['reset', 'silent']));
        this.#forAWhile(25_000, (isOn) => {
          this.#network.isDown = isOn;
        });
        return;
      case 'buffering':
        this.#forAWhile(90_000, (isOn) => {
          this.#network.isBuffering = isOn;
        });
        return;
      case 'deafen':
        for (const connection of this.#server.connections) connection.isDeaf ||= random.chance(0.7);
        return;
      case 'store away':
        this.#forAWhile(90_000, (isOn) => {
          this.#server.isDegraded = isOn;
          this.#degradedSince = isOn ? this.#time.nowMs : null;
        });
        return;
      case 'bye':
        this.#bye();
        return;
      case 'sign out':
        this.#network.cutAll('reset');
        this.#forAWhile(30_000, (isOn) => {
          this.#network.isSignedOut = isOn;
          if (!isOn) this.#time.schedule('client', 0, () => this.#driver.signedIn());
        });
        return;
      case 'sleep':
        this.#sleep();
        return;
      case 'wake':
        this.#time.schedule('client', 0, () => this.#driver.wake());
        return;
      case 'workstation clock':
        this.#time.wallSkewMs += random.pick([-86_400_000, 86_400_000]);
        return;
      case 'server clock':
        this.#server.clockSkewMs += random.pick([-90_000, -20_000, 40_000]);
        return;
    }
  }

  /** A condition that holds for up to `msMax`. */
  #forAWhile(msMax: number, set: (isOn: boolean) => void): void {
    set(true);
    this.#time.schedule('world', this.#random.int(500, msMax), () => set(false));
  }

  #commit(): void {
    if (this.#server.isDegraded) return;
    const kind = this.#random.chance(0.25) ? 'p' : 'r';
    const ids = new Set(
      Array.from({ length: this.#random.int(1, 3) }, () => `${kind}:${this.#random.int(1, step.cardsMax)}`),
    );
    this.#server.commit(
      [...ids].map((id) => {
        const isGone = this.#server.log.ids().includes(id) && this.#random.chance(0.2);
        return {
          id,
          d: isGone ? null : { word: this.#random.int(0, 999), isHidden: this.#random.chance(0.35) },
        };
      }),
    );
    this.#noteTruth();
  }

  #loseTail(then: (lost: readonly LogEntry[]) => void): void {
    const { log } = this.#server;
    const toSeq = Math.max(log.firstSeq, log.seq - this.#random.int(1, 3));
    const lost = log.entries.filter((entry) => entry.seq > toSeq);
    if (log.rewind(toSeq)) then(lost);
  }

  /** Every process noticed: the history is a new one, and the readers hear of it at once or when they return. */
  #newHistory(): void {
    this.#server.log.newEpoch();
    this.#noteTruth();
    if (this.#random.chance(0.6)) this.#server.resetAll('epoch');
    else this.#network.cutAll('reset');
  }

  /** No process lived to notice; those who come back show it by their cursors. A half-open reader only hears heartbeats. */
  #restartServer(lost: readonly LogEntry[]): void {
    for (const connection of this.#server.connections) {
      connection.pending = [];
      connection.isDeaf = true;
    }
    // A heartbeat that passes over hidden commits proves versions, not the chain in between, so in a filtered view
    // a fork that no process noticed shows only at the next reconnect: processes must notice (3.12), or die.
    if (this.#replica.view === 'wall' || this.#random.chance(0.6)) this.#network.cutAll('reset');
    if (this.#random.chance(0.5)) this.#repeatDifferently(lost);
    else for (let i = this.#random.int(0, 4); i > 0; i--) this.#commit();
  }

  /** The same cards change again, to something else: positions and versions agree, only the chain does not. */
  #repeatDifferently(lost: readonly LogEntry[]): void {
    for (const { changes } of lost)
      this.#server.commit(
        changes.map(({ id, d }) => ({ id, d: d && { ...d, word: this.#random.int(1_000, 1_999) } })),
      );
    this.#noteTruth();
  }

  #bye(): void {
    const code = this.#random.pick(['drain', 'rotate', 'slow', 'auth', 'replaced', 'revoked'] as const);
    this.#note(`bye ${code}`);
    for (const connection of [...this.#server.connections])
      this.#server.bye(connection, code, code === 'drain' ? this.#random.int(0, 8_000) : 0);
  }

  #sleep(): void {
    if (this.#time.nowMs < this.#graceUntil) return;
    const isNight = this.#random.chance(0.4);
    const ms = isNight ? 8 * 3_600_000 : this.#random.int(6_000, 120_000);
    this.#note(`slept ${isNight ? 'all night' : 'briefly'}`);
    if (isNight || this.#random.chance(0.5)) this.#network.cutAll('silent');
    this.#time.sleep(ms, this.#random.chance(0.5));
    this.#graceUntil = this.#time.nowMs + ms + wakeGraceMs;
  }

  #noteTruth(): void {
    const { log } = this.#server;
    const { text } = log.project(this.#replica.view);
    const last = this.#truth.at(-1);
    if (last?.epoch === log.epoch && last.text === text) return;
    this.#truth.push({ at: this.#time.nowMs, epoch: log.epoch, text });
    while ((this.#truth[1]?.at ?? Number.POSITIVE_INFINITY) < this.#time.nowMs - liveLagMaxMs)
      this.#truth.shift();
  }

  #check(): void {
    this.#checkPrefix();
    this.#checkLive();
  }

  /** The board is the fold of a prefix of a history that really was: never a hole, never a mixture. */
  #checkPrefix(): void {
    const { position, revision } = this.#replica;
    const key = `${revision} ${position?.epoch} ${position?.seq} ${position?.chain}`;
    if (key === this.#checked || position === null) return;
    this.#text = this.#replicaText();
    if (this.#isOmitting) return;
    const truth = this.#server.log.projectAt(position, this.#replica.view);
    if (truth === null) throw new Violation(`position ${position.seq} of ${position.epoch} never existed`);
    if (truth.text !== this.#text)
      throw new Violation(`at ${position.seq} the board is\n  ${this.#text}\nbut was\n  ${truth.text}`);
    this.#checked = key;
  }

  #replicaText(): string {
    return textOf([...this.#replica.entities].map(([id, { v, d }]) => ({ id, v, d })));
  }

  /** A live screen shows what was true no longer ago than the heartbeat rules allow (I10). */
  #checkLive(): void {
    // Nobody sees the screen of a sleeping machine.
    if (this.#driver.state.phase !== 'live' || this.#time.nowMs < this.#graceUntil) return;
    const since = this.#time.nowMs - liveLagMaxMs;
    if (this.#degradedSince !== null && this.#degradedSince < since)
      throw new Violation('live although the store has been away for long');
    if (this.#isOmitting) return;
    const epoch = this.#replica.position?.epoch;
    const isRecent = this.#truth.some((moment, index) => {
      const endedAt = this.#truth[index + 1]?.at ?? Number.POSITIVE_INFINITY;
      return endedAt >= since && moment.epoch === epoch && moment.text === this.#text;
    });
    if (!isRecent) throw new Violation(`live with a board that is older than ${liveLagMaxMs} ms`);
  }

  #expectNoChange(deliver: () => void): void {
    const before = `${this.#replica.revision} ${this.#replica.cursor()}`;
    deliver();
    const after = `${this.#replica.revision} ${this.#replica.cursor()}`;
    if (before !== after) throw new Violation(`a repeated frame changed the board: ${before} to ${after}`);
  }

  /** The faults end; within minutes the client must be live and equal to the log, and stay so. */
  #heal(): void {
    this.#note('heal');
    this.#network.isHostile = false;
    this.#network.isDown = false;
    this.#network.isBuffering = false;
    this.#network.isSignedOut = false;
    this.#server.isDegraded = false;
    this.#degradedSince = null;
    this.#server.dropDeaf();
    this.#time.schedule('client', 0, () => this.#driver.signedIn());
    this.#pass(Math.max(0, this.#graceUntil - this.#time.nowMs));
    for (let i = 0; i < 3; i++) {
      this.#pass(healMs / 4);
      this.#commit();
    }
    this.#pass(healMs / 4);
    this.#isOmitting = false;
    this.#checked = '';
    this.#check();
    const { phase, reason } = this.#driver.state;
    if (phase !== 'live') throw new Violation(`not live after the faults ended: ${phase} (${reason})`);
    const { log } = this.#server;
    const truth = log.project(this.#replica.view);
    if (this.#replica.position?.epoch !== log.epoch) throw new Violation('healed into another epoch');
    if (this.#replicaText() !== truth.text)
      throw new Violation('not equal to the log after the faults ended');
    const shown = [...this.#store.contents().entities].map(([id, { v, d }]) => ({ id, v, d }));
    if (textOf(shown) !== truth.text) throw new Violation('the store shows something else than its replica');
  }
}

const acts = {
  commit: 60,
  burst: 7,
  trim: 5,
  'lose tail, announced': 4,
  'lose tail, unannounced': 5,
  restore: 2,
  'new epoch': 1,
  cut: 6,
  'cut mid-frame': 3,
  'cut silently': 3,
  down: 4,
  buffering: 2,
  deafen: 3,
  'store away': 2,
  bye: 7,
  'sign out': 2,
  sleep: 2,
  wake: 3,
  'workstation clock': 1,
  'server clock': 1,
} as const;
export const actNames = Object.keys(acts);
