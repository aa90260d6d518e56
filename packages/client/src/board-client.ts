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
import { localDate, targetOf } from '@workflow-bolt/domain';
import { ApiClient } from './api/api-client.ts';
import { ApiError } from './api/api-error.ts';
import { BoardCache } from './board/board-cache.ts';
import { BoardStore } from './board/board-store.ts';
import { predictChanges } from './board/overlay.ts';
import { BoardReplica } from './board/replica.ts';
import { attentionOf, type BoardSnapshot, entityOf, type PresenceUser, pendingOf } from './board-snapshot.ts';
import { type BoardClientOptions, browserTabs, isBrowserPage } from './client-options.ts';
import { type Clock, systemClock } from './clock.ts';
import { CommandResults, type RefusalReason, SubmitRefused } from './command-results.ts';
import { mayQueueOffline } from './outbox/offline-policy.ts';
import { Outbox, OutboxFull } from './outbox/outbox.ts';
import { type NewItem, type OutboxItem, queuedItems } from './outbox/outbox-lane.ts';
import { type ClientStorage, memoryStorage, openStorage } from './outbox/outbox-storage.ts';
import { revalidate } from './outbox/revalidate.ts';
import { sendCommands } from './outbox/send-commands.ts';
import type { Settled } from './outbox/settle-lane.ts';
import { isPageVisible, watchPage } from './page-events.ts';
import { PresenceBeacon } from './presence-beacon.ts';
import { BoardConnection } from './stream/board-connection.ts';
import type { DecodedFrame } from './stream/decode-frame.ts';
import { fetchTransport } from './stream/stream-transport.ts';
import { exclusively, LeaderElection } from './tabs/leader-election.ts';
import { noTabs, type TabChannel, type TabMessage } from './tabs/tab-link.ts';

export type Submission = { commandId: string; settled: Promise<CommandOutcome> };

/** Does not touch the network before `start`. */
export function createBoardClient(options: BoardClientOptions): BoardClient {
  return new BoardClient(options);
}

const freshId = (): string => crypto.randomUUID();
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
  readonly #connection: BoardConnection;
  readonly #cache: BoardCache;
  readonly #results = new CommandResults();
  readonly #presence: PresenceBeacon;
  readonly #tabs: TabChannel;
  readonly #election: LeaderElection | null;
  #actor: Actor | null;
  #storage: ClientStorage | null = null;
  #outbox: Outbox | null = null;
  #seen = new Set<string>();
  #people: readonly PresenceUser[] = [];
  #ehr: BoardSnapshot['ehr'] = null;
  #epoch: string | null = null;
  #snapshot: BoardSnapshot | null = null;
  #opening: Promise<void> | null = null;
  #unwatch: () => void = () => {};
  #isStarted = false;

  constructor(options: BoardClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#actor = options.actor ?? null;
    this.key = { clinic: options.clinic, date: options.date };
    this.api = new ApiClient({ baseUrl: options.baseUrl, fetch: options.fetch });
    const view = options.view ?? 'staff';
    const tabs = options.tabs ?? browserTabs();
    const name = `workflow-bolt:${options.clinic}:${options.date}:${view}`;
    this.#tabs = tabs ? tabs.channel(name) : noTabs;
    this.#tabs.listen((message) => this.#hear(message));
    this.#election = tabs ? this.#makeElection(tabs.locks, name) : null;
    this.#replica = new BoardReplica(view);
    this.#store = this.#makeStore();
    this.#connection = this.#makeConnection(view);
    this.#presence = this.#makePresence();
    this.#cache = new BoardCache({
      clock: this.#clock,
      replica: this.#replica,
      asOfMs: () => this.#connection.status.asOfMs,
    });
  }

  /** Shows what is stored, then connects. Resolves when the connection has been asked for, not when it is live. */
  async start(): Promise<void> {
    if (this.#isStarted) return;
    this.#isStarted = true;
    await this.#identify();
    if (!this.#isStarted) return;
    this.#unwatch = watchPage({ onWake: () => this.wake(), onHide: () => this.#onHide() });
    if (this.#election) this.#connection.follow();
    if (this.#election) this.#election.join();
    else this.#connection.lead();
    if (this.#options.presence ?? isBrowserPage()) this.#presence.start();
  }

  /** Disconnects and saves what is shown. The client can be started again. */
  async stop(): Promise<void> {
    if (!this.#isStarted) return;
    this.#isStarted = false;
    this.#unwatch();
    this.#presence.leave();
    this.#election?.leave();
    this.#connection.stop();
    await this.#closeIdentity();
    this.#results.refuseAll('stopped');
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

  /** Server time in epoch ms, from the workstation's clock until the server was heard. */
  nowMs(): number {
    return this.#connection.serverNowMs() ?? this.#clock.wallMs();
  }

  /** Ms since the board was last proved to be current; null when it never was. */
  ageMs(): number | null {
    const { asOfMs } = this.#connection.status;
    return asOfMs === null ? null : Math.max(0, this.nowMs() - asOfMs);
  }

  /**
   * Takes a step: saved first, shown at once, sent in order. `settled` answers the server's final outcome,
   * however long that takes, and rejects with `SubmitRefused` when the step was not taken on at all.
   * `expectedVersion` defaults to the version on screen of the visit or room; null sends none.
   */
  submit(command: Command, { expectedVersion }: { expectedVersion?: number | null } = {}): Submission {
    const commandId = freshId();
    const settled = this.#results.wait(commandId);
    const refusal = this.#refusalOf(command);
    if (refusal) this.#results.refuse(commandId, new SubmitRefused(refusal));
    else this.#append(commandId, command, expectedVersion);
    return { commandId, settled };
  }

  /** Takes back the last step of a visit: unsent it never happened, otherwise it is undone on the board. */
  async undo(visitId: string): Promise<CommandOutcome | 'cancelled'> {
    const unsent = queuedItems(this.#lane())
      .filter((item) => !item.isSent && targetOf(item.command) === `v:${visitId}`)
      .at(-1);
    if (unsent && (await this.cancel(unsent.id))) return 'cancelled';
    const visit = entityOf(this.#store.contents().serverEntities, `v:${visitId}`, 'visit');
    if (!visit?.undoable) throw new SubmitRefused('nothing-to-undo');
    return this.submit({ type: 'undoLast', visitId, eventId: visit.undoable.eventId }).settled;
  }

  /** Takes back a step that was not sent yet; false when it is already on its way. */
  async cancel(commandId: string): Promise<boolean> {
    const isTaken = (await this.#outbox?.cancel(commandId)) ?? false;
    if (isTaken) this.#results.refuse(commandId, new SubmitRefused('cancelled'));
    return isTaken;
  }

  /** Sends an attention item again, upon the version now on screen. */
  async retry(commandId: string): Promise<void> {
    const item = this.#lane().items.find((it) => it.id === commandId);
    if (!item) return;
    const expectedVersion = item.expectedVersion === null ? null : this.#versionOf(item.command);
    await this.#outbox?.retry(commandId, {
      expectedVersion,
      at: this.#clock.wallMs(),
      madeOn: this.#today(),
    });
  }

  /** Lets an attention item go for good. */
  async dismiss(commandId: string): Promise<void> {
    await this.#outbox?.dismiss(commandId);
    this.#results.refuse(commandId, new SubmitRefused('cancelled'));
  }

  /** The session is back, perhaps of another person: connects again and goes on sending. */
  async signedIn(actor?: Actor): Promise<void> {
    const former = this.#actor?.id;
    this.#actor = actor ?? this.#options.actor ?? null;
    if (!this.#isStarted) return;
    if (this.#actor !== null && this.#actor.id !== former) await this.#closeIdentity();
    await this.#identify();
    this.#connection.signedIn();
    this.#tabs.post({ kind: 'signed-in' });
    this.#outbox?.kick();
  }

  /** How many steps of this person a `clear` would lose. */
  async countUnsent(): Promise<number> {
    return (await this.#storage?.countUnsent()) ?? 0;
  }

  /**
   * Signing out: forgets everything of this person on this device, in every tab. Steps that were not sent
   * are lost, so ask `countUnsent` first.
   */
  async clear(): Promise<void> {
    this.#tabs.post({ kind: 'clear' });
    await this.#forget();
  }

  /** The page came back: looks at the connection at once. */
  wake(): void {
    this.#connection.wake();
    this.#outbox?.kick();
    if (this.#isStarted && (this.#options.presence ?? isBrowserPage())) this.#presence.start();
  }

  /** Tells others that this person edits an entity; null when done. */
  setEditing(entityId: string | null): void {
    this.#presence.setEditing(entityId);
  }

  #lane() {
    return this.#outbox?.lane ?? { clientId: '', nextN: 1, items: [] };
  }

  #refusalOf(command: Command): RefusalReason | null {
    const { phase } = this.#connection.status;
    if (this.#actor === null || this.#outbox === null) return 'signed-out';
    if (phase === 'live' || phase === 'catching-up') return null;
    if (this.#storage?.kind === 'memory') return 'cannot-save-offline';
    return mayQueueOffline(command) ? null : 'not-while-offline';
  }

  #versionOf(command: Command): number | null {
    const target = targetOf(command);
    return target === null ? null : (this.#store.contents().entities.get(target)?.v ?? null);
  }

  #append(commandId: string, command: Command, expectedVersion?: number | null): void {
    const shownAt = this.nowMs();
    const item: NewItem = {
      id: commandId,
      command,
      expectedVersion: expectedVersion === undefined ? this.#versionOf(command) : expectedVersion,
      touches: this.#touchedBy({ commandId, command, now: shownAt }),
      actorId: this.#actor?.id ?? '',
      at: this.#clock.wallMs(),
      shownAt,
      madeOn: this.#today(),
    };
    this.#outbox?.append(item).catch((error: unknown) => {
      const reason = error instanceof OutboxFull ? 'outbox-full' : 'cannot-save-offline';
      this.#results.refuse(commandId, new SubmitRefused(reason, error));
    });
  }

  #touchedBy(write: { commandId: string; command: Command; now: number }): OutboxItem['touches'] {
    if (this.#actor === null) return [];
    const { entities } = this.#store.contents();
    const context = { board: this.key, actor: this.#actor };
    return [...predictChanges(entities, write, context)].map(([id]) => id);
  }

  #today(): string | null {
    const day = entityOf(this.#replica.entities, 'day', 'day');
    return day && localDate(day.zone, this.nowMs());
  }

  #onHide(): void {
    this.#presence.leave();
    void this.#cache.save();
  }

  #touch(): void {
    this.#snapshot = null;
    this.#store.touch();
  }

  #makeStore(): BoardStore {
    return new BoardStore({
      replica: this.#replica,
      clock: this.#clock,
      notify: this.#options.notify ?? 'frame',
      pendingWrites: () =>
        this.#lane()
          .items.filter((item) => item.state !== 'attention' && !this.#isConfirmed(item))
          .map((item) => ({
            commandId: `${item.clientId}:${item.n}`,
            command: item.command,
            now: item.shownAt,
          })),
      overlayContext: () => this.#actor && { board: this.key, actor: this.#actor },
    });
  }

  /** The stream shows what this step did: its mark arrived, or the position of its outcome was reached. */
  #isConfirmed(item: OutboxItem): boolean {
    if (this.#seen.has(`${item.clientId}:${item.n}`)) return true;
    if (item.state !== 'applied') return false;
    const { position } = this.#replica;
    return item.seq === null || position?.epoch !== item.epoch || position.seq >= item.seq;
  }

  #makeConnection(view: string): BoardConnection {
    const fetchFn = this.#options.fetch ?? ((...args: Parameters<typeof fetch>) => globalThis.fetch(...args));
    return new BoardConnection({
      clock: this.#clock,
      random: this.#options.random ?? Math.random,
      transport: this.#options.transport ?? fetchTransport(fetchFn),
      replica: this.#replica,
      tabs: this.#tabs,
      urlOf: ({ mode, cursor }) =>
        this.api.streamUrl(this.key, {
          view,
          tab: this.tabId,
          vis: isPageVisible() ? 'visible' : 'hidden',
          ...(cursor === null ? {} : { cursor }),
          ...(mode === 'poll' ? { mode } : {}),
        }),
      ...(this.#election ? { takeOver: () => this.#election?.takeOver() } : {}),
      onFrame: (frame) => this.#onFrame(frame),
      onSnapshot: (reason) => this.#onSnapshot(reason),
      onAgreed: () => this.#onAgreed(),
      onStatus: ({ phase }) => {
        if (phase === 'live' && this.#snapshot?.connection.phase !== 'live') this.#outbox?.kick();
        this.#touch();
      },
      onPurge: () => void this.#cache.drop(),
    });
  }

  #onFrame(frame: DecodedFrame): void {
    if (frame.name === 'ev')
      for (const { m } of frame.body.ch) if (m !== undefined && this.#isOurs(m)) this.#seen.add(m);
    if (frame.name === 'pres') this.#people = frame.body.users;
    if (frame.name === 'hb') this.#ehr = frame.body.ehr ?? null;
    if (frame.name !== 'pres') this.#cache.touch();
    this.#touch();
  }

  #isOurs(mark: string): boolean {
    return this.#lane().items.some((item) => mark.startsWith(`${item.clientId}:`));
  }

  #onSnapshot(reason: string): void {
    const epoch = this.#replica.position?.epoch ?? null;
    const isOther = this.#epoch !== null && epoch !== this.#epoch;
    this.#epoch = epoch;
    if (isOther || lostHistory.has(reason)) {
      this.#seen.clear();
      void this.#outbox?.resubmit();
    }
    this.#cache.touch();
    this.#touch();
  }

  #onAgreed(): void {
    const { position, durableSeq } = this.#replica;
    this.#epoch ??= position?.epoch ?? null;
    if (position) void this.#outbox?.noteDurable({ epoch: position.epoch, durableSeq });
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

  /** Finds out who is here and opens what this person stored. Safe to call again. */
  #identify(): Promise<void> {
    this.#opening ??= this.#openIdentity().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #openIdentity(): Promise<void> {
    this.#actor ??= await this.#askActor();
    if (this.#actor === null || this.#outbox !== null) return;
    const storage = await this.#openStorage(this.#actor.id);
    const boardKey = `${this.key.clinic}/${this.key.date}`;
    const cached = await this.#cache.load(storage, `${boardKey}/${this.#replica.view}`);
    if (cached?.asOfMs) this.#connection.assumeAsOf(cached.asOfMs, cached.ageMs);
    this.#epoch ??= this.#replica.position?.epoch ?? null;
    this.#storage = storage;
    this.#outbox = this.#makeOutbox(storage, `${this.#actor.id}@${boardKey}`);
    await this.#outbox.refresh();
    this.#outbox.kick();
    this.#touch();
  }

  async #askActor(): Promise<Actor | null> {
    try {
      const { user, station } = await this.api.session();
      return { id: user.id, name: user.name, role: user.role, station };
    } catch (error) {
      // Without a session the stream will say `needs-auth`; without network nothing can be predicted or kept.
      if (error instanceof ApiError || error instanceof Error) return null;
      throw error;
    }
  }

  #openStorage(userId: string): Promise<ClientStorage> {
    const { storage } = this.#options;
    if (storage === 'memory') return Promise.resolve(memoryStorage(freshId));
    return storage ? Promise.resolve(storage) : openStorage(userId, freshId);
  }

  #makeOutbox(storage: ClientStorage, laneKey: string): Outbox {
    const tabs = this.#options.tabs ?? browserTabs();
    return new Outbox({
      laneKey,
      storage,
      clock: this.#clock,
      random: this.#options.random ?? Math.random,
      freshId,
      send: (commands) => sendCommands(this.api, this.key, commands),
      exclusively: (work) => exclusively(tabs ? tabs.locks : null, `workflow-bolt:send:${laneKey}`, work),
      settleContext: () => ({
        epoch: this.#replica.position?.epoch ?? null,
        revalidate: (item) => this.#revalidate(item),
      }),
      guardContext: () =>
        this.#actor && { actorId: this.#actor.id, wallMs: this.#clock.wallMs(), today: this.#today() },
      onChange: (_lane, settled) => this.#onOutbox(settled),
    });
  }

  #revalidate(item: OutboxItem) {
    const { serverEntities } = this.#store.contents();
    return revalidate(item, serverEntities, { board: this.key, actor: this.#actor, now: this.nowMs() });
  }

  #onOutbox(settled: readonly Settled[]): void {
    this.#results.settle(settled);
    this.#tabs.post({ kind: 'outbox', settled: [...settled] });
    this.#touch();
  }

  #hear(message: TabMessage): void {
    if (message.kind === 'clear') void this.#forget();
    else if (message.kind === 'outbox') void this.#onOtherOutbox(message.settled);
    else this.#connection.hear(message);
  }

  async #onOtherOutbox(settled: readonly Settled[]): Promise<void> {
    this.#results.settle(settled);
    await this.#outbox?.refresh();
    this.#touch();
  }

  async #forget(): Promise<void> {
    this.#connection.stop();
    this.#election?.leave();
    this.#presence.leave();
    this.#isStarted = false;
    this.#replica.clear();
    this.#cache.detach();
    await this.#storage?.wipe();
    await this.#closeIdentity();
    this.#actor = null;
    this.#people = [];
    this.#results.refuseAll('signed-out');
    this.#touch();
  }

  async #closeIdentity(): Promise<void> {
    this.#outbox?.close();
    this.#outbox = null;
    await this.#cache.save();
    this.#cache.detach();
    if (this.#storage !== this.#options.storage) this.#storage?.close();
    this.#storage = null;
    this.#seen.clear();
  }

  #makeSnapshot(): BoardSnapshot {
    const contents = this.#store.contents();
    const { status } = this.#connection;
    const { position } = this.#replica;
    return {
      ...contents,
      connection: { ...status, isLive: status.phase === 'live', isLeader: this.#connection.isLeader },
      ageMs: this.ageMs(),
      pending: pendingOf(this.#lane(), (item) => this.#isConfirmed(item)),
      attention: attentionOf(this.#lane(), this.#actor?.id),
      hold: this.#outbox?.hold ?? null,
      storage: this.#storage?.kind ?? 'memory',
      position: position && { epoch: position.epoch, seq: position.seq },
      actor: this.#actor,
      presence: this.#people,
      ehr: this.#ehr,
      day: entityOf(contents.entities, 'day', 'day'),
      sync: entityOf(contents.entities, 'sync', 'sync'),
    };
  }
}
