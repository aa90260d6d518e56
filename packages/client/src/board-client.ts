/**
 * One board for one screen: the live copy, the steps under way, and what needs a person.
 *
 * ```ts
 * const client = createBoardClient({ baseUrl: '', clinic: 'main', date: '2026-03-02' });
 * const stop = client.subscribe(() => draw(client.getSnapshot()));
 * await client.start();
 * const { settled } = client.submit({ type: 'moveVisit', visitId: 'v1', to: 'arrived' });
 * ```
 */
import type { Actor, BoardKey, Command, CommandOutcome } from '@workflow-bolt/contracts';
import { ApiClient } from './api/api-client.ts';
import { NetworkError } from './api/api-error.ts';
import { BoardStore } from './board/board-store.ts';
import { BoardReplica } from './board/replica.ts';
import { attentionOf, type BoardSnapshot, entityOf, type PresenceUser, pendingOf } from './board-snapshot.ts';
import { type BoardClientOptions, browserTabs, isBrowserPage } from './client-options.ts';
import { type Clock, systemClock } from './clock.ts';
import { revalidate } from './outbox/revalidate.ts';
import type { Settled } from './outbox/settle-lane.ts';
import { isPageVisible, watchPage } from './page-events.ts';
import { type DeskPorts, freshId, PersonDesk } from './person-desk.ts';
import { PresenceBeacon } from './presence-beacon.ts';
import { forgetActor, rememberActor, rememberedActor } from './remembered-actor.ts';
import { Steps, type Submission } from './steps.ts';
import { BoardConnection } from './stream/board-connection.ts';
import type { Phase } from './stream/connection-state.ts';
import type { DecodedFrame } from './stream/decode-frame.ts';
import { fetchTransport } from './stream/stream-transport.ts';
import { LeaderElection } from './tabs/leader-election.ts';
import { noTabs, type TabChannel, type TabMessage } from './tabs/tab-link.ts';

/** Does not touch the network before `start`. */
export function createBoardClient(options: BoardClientOptions): BoardClient {
  return new BoardClient(options);
}

/** Snapshot reasons that say: the server's history is not the one that answered us. */
const lostHistory: ReadonlySet<string> = new Set(['epoch', 'ahead', 'fork']);

export class BoardClient {
  readonly key: BoardKey;
  readonly api: ApiClient;
  readonly tabId = freshId();
  readonly #options: BoardClientOptions;
  readonly #clock: Clock;
  readonly #replica: BoardReplica;
  readonly #store: BoardStore;
  readonly #steps: Steps;
  readonly #connection: BoardConnection;
  readonly #presence: PresenceBeacon;
  readonly #tabs: TabChannel;
  readonly #election: LeaderElection | null;
  #desk: PersonDesk | null = null;
  #people: readonly PresenceUser[] = [];
  #ehr: BoardSnapshot['ehr'] = null;
  #epoch: string | null = null;
  #snapshot: BoardSnapshot | null = null;
  #opening: Promise<void> = Promise.resolve();
  #unwatch: () => void = () => {};
  /** Counts starts and stops, so that a slow start notices that it was overtaken. */
  #life = 0;
  #isStarted = false;
  #phase: Phase = 'idle';

  constructor(options: BoardClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.key = { clinic: options.clinic, date: options.date };
    this.api = options.api ?? new ApiClient({ baseUrl: options.baseUrl, fetch: options.fetch });
    this.#replica = new BoardReplica(options.view ?? 'staff');
    const tabs = options.tabs ?? browserTabs();
    const name = `workflow-bolt:${options.clinic}:${options.date}:${this.#replica.view}`;
    this.#tabs = tabs ? tabs.channel(name) : noTabs;
    this.#election = tabs ? this.#makeElection(tabs.locks, name) : null;
    this.#store = this.#makeStore();
    this.#connection = this.#makeConnection();
    this.#steps = this.#makeSteps();
    this.#presence = this.#makePresence();
    this.#tabs.listen((message) => this.#hear(message));
  }

  /** Shows what is stored, then connects. Resolves when the connection has been asked for, not when it is live. */
  async start(): Promise<void> {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#life += 1;
    const life = this.#life;
    await this.#identify();
    if (life !== this.#life) return;
    this.#unwatch = watchPage({ onWake: () => this.wake(), onHide: () => this.#onHide() });
    if (this.#election) this.#connection.follow();
    if (this.#election) this.#election.join();
    else this.#connection.lead();
    if (this.#tellsPresence) this.#presence.start();
  }

  /** Disconnects and saves what is shown. The client can be started again. */
  async stop(): Promise<void> {
    if (!this.#isStarted) return;
    this.#halt();
    this.#steps.refuseAll('stopped');
    await this.#closeDesk();
  }

  /** Ends everything, also the channel to other tabs; the client cannot be started again. */
  async close(): Promise<void> {
    await this.stop();
    this.#tabs.close();
  }

  subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener);

  getSnapshot = (): BoardSnapshot => {
    this.#snapshot ??= this.#makeSnapshot();
    return this.#snapshot;
  };

  /** Server time in epoch ms; the workstation's until the server was heard. */
  nowMs(): number {
    return this.#connection.serverNowMs() ?? this.#clock.wallMs();
  }

  /** Ms since the board was last proved to be current; null when it never was. */
  ageMs(): number | null {
    const { asOfMs } = this.#connection.status;
    return asOfMs === null ? null : Math.max(0, this.nowMs() - asOfMs);
  }

  /**
   * Takes a step: saved first, then shown, sent in order. `settled` answers the server's final outcome,
   * however long that takes, and rejects with `SubmitRefused` when the step was not taken on at all.
   * `expectedVersion` defaults to the version on screen of the visit or room; null sends none.
   */
  submit(command: Command, options: { expectedVersion?: number | null } = {}): Submission {
    return this.#steps.submit(command, options.expectedVersion);
  }

  /** Takes back the last step of a visit: unsent it never happened, otherwise it is undone on the board. */
  undo(visitId: string): Promise<CommandOutcome | 'cancelled'> {
    return this.#steps.undo(visitId);
  }

  /** Takes back that one step of a visit; refused by the server when another one followed it. */
  undoStep(visitId: string, step: Submission): Promise<CommandOutcome | 'cancelled'> {
    return this.#steps.undoStep(visitId, step);
  }

  /** Takes back a step that was not sent yet; false when it is already on its way. */
  cancel(commandId: string): Promise<boolean> {
    return this.#steps.cancel(commandId);
  }

  /** Sends an attention item again, upon the version now on screen. */
  retry(commandId: string): Promise<void> {
    return this.#steps.retry(commandId);
  }

  /** Lets an attention item go for good. */
  dismiss(commandId: string): Promise<void> {
    return this.#steps.dismiss(commandId);
  }

  /** The session is back, perhaps of another person (`actor`; asked when absent): connects and sends again. */
  async signedIn(actor?: Actor): Promise<void> {
    if (!this.#isStarted) return;
    await this.#identify(actor ?? null);
    this.#connection.signedIn();
    this.#tabs.post({ kind: 'signed-in' });
    this.#desk?.outbox.kick();
  }

  /** How many steps of this person a `clear` would lose. */
  async countUnsent(): Promise<number> {
    return (await this.#desk?.storage.countUnsent()) ?? 0;
  }

  /**
   * Signing out: forgets everything of this person on this device, in every tab. Steps that were not sent
   * are lost, so ask `countUnsent` first.
   */
  async clear(): Promise<void> {
    this.#tabs.post({ kind: 'clear' });
    await this.#forget();
  }

  /**
   * Locking the screen: nothing of any patient stays in memory or on this device, but for steps that could not be sent
   * yet, which wait for the same person. The client can be started again.
   */
  async conceal(): Promise<void> {
    const desk = this.#emptyScreen('stopped');
    await desk?.cache.drop();
    await desk?.close();
  }

  /** The page came back: looks at the connection at once. */
  wake(): void {
    this.#connection.wake();
    this.#desk?.outbox.kick();
    if (this.#isStarted && this.#tellsPresence) this.#presence.start();
  }

  /** Starts again after the board was gone or the page was too old. */
  reconnect(): void {
    this.#connection.restart();
  }

  /** Tells others that this person edits an entity; null when done. */
  setEditing(entityId: string | null): void {
    this.#presence.setEditing(entityId);
  }

  get #tellsPresence(): boolean {
    return this.#options.presence ?? isBrowserPage();
  }

  #halt(): void {
    this.#isStarted = false;
    this.#life += 1;
    this.#unwatch();
    this.#presence.leave();
    this.#election?.leave();
    this.#connection.stop();
  }

  #onHide(): void {
    this.#presence.leave();
    void this.#desk?.cache.save();
  }

  #touch(): void {
    this.#snapshot = null;
    this.#store.touch();
  }

  #onFrame(frame: DecodedFrame): void {
    if (frame.name === 'ev') this.#steps.noteFrame(frame.body);
    if (frame.name === 'pres') this.#people = frame.body.users;
    if (frame.name === 'hb') this.#ehr = frame.body.ehr ?? null;
    if (frame.name !== 'pres') this.#desk?.cache.touch();
    this.#touch();
  }

  #onPhase(phase: Phase): void {
    const becameLive = phase === 'live' && this.#phase !== 'live';
    this.#phase = phase;
    this.#touch();
    if (!becameLive) return;
    // Steps that were held go out now; and who could not be asked at the start can be asked now.
    if (this.#desk === null) void this.#identify();
    else this.#desk.outbox.kick();
  }

  #onSnapshot(reason: string): void {
    const epoch = this.#replica.position?.epoch ?? null;
    const isOther = this.#epoch !== null && epoch !== this.#epoch;
    this.#epoch = epoch;
    if (isOther || lostHistory.has(reason)) {
      this.#steps.forgetMarks();
      void this.#desk?.outbox.resubmit();
    }
    this.#desk?.cache.touch();
    this.#touch();
  }

  #onAgreed(): void {
    const { position, durableSeq } = this.#replica;
    if (position) void this.#desk?.outbox.noteDurable({ epoch: position.epoch, durableSeq });
  }

  #onOutbox(settled: readonly Settled[]): void {
    this.#steps.settle(settled);
    this.#tabs.post({ kind: 'outbox', settled: [...settled] });
    this.#touch();
  }

  #hear(message: TabMessage): void {
    if (message.kind === 'clear') void this.#forget();
    else if (message.kind === 'outbox') void this.#onOtherOutbox(message.settled);
    else this.#connection.hear(message);
  }

  async #onOtherOutbox(settled: readonly Settled[]): Promise<void> {
    this.#steps.settle(settled);
    await this.#desk?.outbox.refresh();
    this.#touch();
  }

  /** Finds out who is here and opens what this person stored; one at a time. */
  #identify(actor: Actor | null = this.#options.actor ?? null): Promise<void> {
    this.#opening = this.#opening.then(() => this.#openDesk(actor));
    return this.#opening;
  }

  async #openDesk(known: Actor | null): Promise<void> {
    const life = this.#life;
    const actor = known ?? (await this.#askActor());
    if (!this.#isStarted || actor === null || actor.id === this.#desk?.actor.id) return;
    await this.#closeDesk();
    const ports = this.#deskPorts();
    const desk = await PersonDesk.open(actor, ports);
    if (life !== this.#life) return desk.close();
    this.#desk = desk;
    const cached = await desk.loadBoard(ports);
    if (cached?.asOfMs) this.#connection.assumeAsOf(cached.asOfMs, cached.ageMs);
    this.#epoch ??= this.#replica.position?.epoch ?? null;
    desk.outbox.kick();
    this.#touch();
  }

  /** Null without a session; the stream will say `needs-auth`. Without network, whoever was here last. */
  async #askActor(): Promise<Actor | null> {
    try {
      const { user, station } = await this.api.session();
      const actor = { id: user.id, name: user.name, role: user.role, station };
      rememberActor(actor);
      return actor;
    } catch (error) {
      return error instanceof NetworkError ? rememberedActor() : null;
    }
  }

  async #closeDesk(): Promise<void> {
    const desk = this.#desk;
    this.#desk = null;
    await desk?.close();
  }

  async #forget(): Promise<void> {
    forgetActor();
    await this.#emptyScreen('signed-out')?.wipe();
  }

  /** Nothing stays in memory; answers the desk, whose storage is still to be dealt with. */
  #emptyScreen(reason: Parameters<Steps['refuseAll']>[0]): PersonDesk | null {
    this.#halt();
    const desk = this.#desk;
    this.#desk = null;
    this.#replica.clear();
    this.#people = [];
    this.#epoch = null;
    this.#connection.forgetAge();
    this.#steps.refuseAll(reason);
    this.#touch();
    return desk;
  }

  #deskPorts(): DeskPorts {
    const { storage, random, tabs = browserTabs() } = this.#options;
    return {
      key: this.key,
      api: this.api,
      clock: this.#clock,
      random: random ?? Math.random,
      replica: this.#replica,
      locks: tabs ? tabs.locks : null,
      storage,
      asOfMs: () => this.#connection.status.asOfMs,
      today: () => this.#steps.today(),
      revalidate: (item, actor) =>
        revalidate(item, this.#store.contents().serverEntities, {
          board: this.key,
          actor,
          now: this.nowMs(),
        }),
      onOutbox: (settled) => this.#onOutbox(settled),
    };
  }

  #makeStore(): BoardStore {
    return new BoardStore({
      replica: this.#replica,
      clock: this.#clock,
      notify: this.#options.notify ?? 'frame',
      pendingWrites: () => this.#steps.pendingWrites(),
      overlayContext: () => this.#desk && { board: this.key, actor: this.#desk.actor },
    });
  }

  #makeSteps(): Steps {
    return new Steps({
      key: this.key,
      clock: this.#clock,
      nowMs: () => this.nowMs(),
      replica: this.#replica,
      contents: () => this.#store.contents(),
      desk: () => this.#desk,
      phase: () => this.#connection.status.phase,
    });
  }

  #makeConnection(): BoardConnection {
    const fetchFn = this.#options.fetch ?? ((...args: Parameters<typeof fetch>) => globalThis.fetch(...args));
    return new BoardConnection({
      clock: this.#clock,
      random: this.#options.random ?? Math.random,
      transport: this.#options.transport ?? fetchTransport(fetchFn),
      replica: this.#replica,
      tabs: this.#tabs,
      urlOf: (request) => this.#streamUrl(request),
      ...(this.#election ? { takeOver: () => this.#election?.takeOver() } : {}),
      onFrame: (frame) => this.#onFrame(frame),
      onSnapshot: (reason) => this.#onSnapshot(reason),
      onAgreed: () => this.#onAgreed(),
      onStatus: ({ phase }) => this.#onPhase(phase),
      onPurge: () => void this.#desk?.cache.drop(),
    });
  }

  #streamUrl({ mode, cursor }: { mode: 'stream' | 'poll'; cursor: string | null }): string {
    return this.api.streamUrl(this.key, {
      view: this.#replica.view,
      tab: this.tabId,
      vis: isPageVisible() ? 'visible' : 'hidden',
      ...(cursor === null ? {} : { cursor }),
      ...(mode === 'poll' ? { mode } : {}),
    });
  }

  #makeElection(locks: ConstructorParameters<typeof LeaderElection>[0]['locks'], name: string) {
    return new LeaderElection({
      locks,
      name,
      onLead: () => this.#connection.lead(),
      onLost: () => this.#connection.follow(),
    });
  }

  #makePresence(): PresenceBeacon {
    return new PresenceBeacon({
      tab: this.tabId,
      clock: this.#clock,
      report: (report) => this.api.presence(this.key, report),
      ackSeq: () => this.#replica.position?.seq ?? 0,
      isVisible: isPageVisible,
    });
  }

  #makeSnapshot(): BoardSnapshot {
    const contents = this.#store.contents();
    const { status } = this.#connection;
    const { position } = this.#replica;
    const { lane } = this.#steps;
    return {
      ...contents,
      connection: { ...status, isLive: status.phase === 'live', isLeader: this.#connection.isLeader },
      ageMs: this.ageMs(),
      pending: pendingOf(lane, (item) => this.#steps.isConfirmed(item)),
      attention: attentionOf(lane, this.#desk?.actor.id),
      hold: this.#desk?.outbox.hold ?? null,
      storage: this.#desk?.storage.kind ?? 'memory',
      position: position && { epoch: position.epoch, seq: position.seq },
      actor: this.#desk?.actor ?? null,
      presence: this.#people,
      ehr: this.#ehr,
      day: entityOf(contents.entities, 'day', 'day'),
      sync: entityOf(contents.entities, 'sync', 'sync'),
    };
  }
}
