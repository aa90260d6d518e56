/** The steps people take: accepted or refused here, kept in the outbox, laid over the board until the stream shows them. */
import type { BoardKey, Command, CommandOutcome, Frame } from '@workflow-bolt/contracts';
import { localDate, steadyVersion, targetOf } from '@workflow-bolt/domain';
import type { BoardContents } from './board/board-store.ts';
import { overlayPending, type PendingWrite, predictChanges } from './board/overlay.ts';
import type { BoardReplica } from './board/replica.ts';
import { entityOf } from './board-snapshot.ts';
import type { Clock } from './clock.ts';
import { CommandResults, type RefusalReason, SubmitRefused } from './command-results.ts';
import { mayQueueOffline } from './outbox/offline-policy.ts';
import { OutboxFull } from './outbox/outbox.ts';
import {
  emptyLane,
  type NewItem,
  type OutboxItem,
  type OutboxLane,
  queuedItems,
} from './outbox/outbox-lane.ts';
import type { Settled } from './outbox/settle-lane.ts';
import { freshId, type PersonDesk } from './person-desk.ts';
import type { Phase } from './stream/connection-state.ts';

export type Submission = { commandId: string; settled: Promise<CommandOutcome> };

export type StepsPorts = {
  key: BoardKey;
  clock: Clock;
  nowMs: () => number;
  replica: BoardReplica;
  contents: () => BoardContents;
  desk: () => PersonDesk | null;
  phase: () => Phase;
};

const noLane = emptyLane('');

export class Steps {
  readonly #ports: StepsPorts;
  readonly #results = new CommandResults();
  /** Marks of our commands that the stream has shown. */
  readonly #seen = new Set<string>();
  /** Steps on their way into the storage: the next one is already made upon them. */
  #saving: PendingWrite[] = [];

  constructor(ports: StepsPorts) {
    this.#ports = ports;
  }

  get lane(): OutboxLane {
    return this.#ports.desk()?.outbox.lane ?? noLane;
  }

  submit(command: Command, expectedVersion: number | null | undefined): Submission {
    const commandId = freshId();
    const settled = this.#results.wait(commandId);
    const refusal = this.#refusalOf(command);
    if (refusal) this.#results.refuse(commandId, new SubmitRefused(refusal));
    else this.#append(commandId, command, expectedVersion);
    return { commandId, settled };
  }

  async undo(visitId: string): Promise<CommandOutcome | 'cancelled'> {
    const unsent = queuedItems(this.lane)
      .filter((item) => !item.isSent && targetOf(item.command) === `v:${visitId}`)
      .at(-1);
    if (unsent && (await this.cancel(unsent.id))) return 'cancelled';
    const visit = entityOf(this.#ports.contents().serverEntities, `v:${visitId}`, 'visit');
    if (!visit?.undoable) throw new SubmitRefused('nothing-to-undo');
    const command = { type: 'undoLast', visitId, eventId: visit.undoable.eventId } as const;
    return this.submit(command, undefined).settled;
  }

  /**
   * Takes back that one step and no other: unsent it never happened; sent, it is undone only while it is still
   * the visit's last, and the server refuses otherwise.
   */
  async undoStep(visitId: string, { commandId, settled }: Submission): Promise<CommandOutcome | 'cancelled'> {
    if (await this.cancel(commandId)) return 'cancelled';
    const outcome = await settled;
    // A repeated answer names no events; then the last step is all there is to go by.
    if (outcome.outcome !== 'applied') return this.undo(visitId);
    const visit = entityOf(this.#ports.contents().serverEntities, `v:${visitId}`, 'visit');
    const last = outcome.eventIds.find((id) => id === visit?.undoable?.eventId);
    const eventId = last ?? outcome.eventIds[0];
    if (eventId === undefined) throw new SubmitRefused('nothing-to-undo');
    return this.submit({ type: 'undoLast', visitId, eventId }, undefined).settled;
  }

  async cancel(commandId: string): Promise<boolean> {
    const isTaken = (await this.#ports.desk()?.outbox.cancel(commandId)) ?? false;
    if (isTaken) this.#results.refuse(commandId, new SubmitRefused('cancelled'));
    return isTaken;
  }

  async retry(commandId: string): Promise<void> {
    const item = this.lane.items.find((it) => it.id === commandId);
    if (!item) return;
    const expectedVersion = item.expectedVersion === null ? null : this.#versionOf(item.command);
    const at = this.#ports.clock.wallMs();
    await this.#ports.desk()?.outbox.retry(commandId, { expectedVersion, at, madeOn: this.today() });
  }

  async dismiss(commandId: string): Promise<void> {
    await this.#ports.desk()?.outbox.dismiss(commandId);
    this.#results.refuse(commandId, new SubmitRefused('cancelled'));
  }

  settle(settled: readonly Settled[]): void {
    this.#results.settle(settled);
  }

  refuseAll(reason: RefusalReason): void {
    this.#results.refuseAll(reason);
    this.#seen.clear();
  }

  /** A frame shows commands; those of ours need no overlay any more. */
  noteFrame(frame: Frame<'ev'>): void {
    for (const { m } of frame.ch) if (m !== undefined && this.#isOurs(m)) this.#seen.add(m);
  }

  /** The history we were marked in is gone. */
  forgetMarks(): void {
    this.#seen.clear();
  }

  /** What to lay over the server's board. */
  pendingWrites(): readonly PendingWrite[] {
    return this.lane.items
      .filter((item) => item.state !== 'attention' && !this.isConfirmed(item))
      .map((item) => ({ commandId: markOf(item), command: item.command, now: item.shownAt }));
  }

  /** The stream shows what the step did: its mark arrived, or the position of its outcome was reached. */
  isConfirmed(item: OutboxItem): boolean {
    if (this.#seen.has(markOf(item))) return true;
    if (item.state !== 'applied') return false;
    const { position } = this.#ports.replica;
    return item.seq === null || position?.epoch !== item.epoch || position.seq >= item.seq;
  }

  /** The clinic's local day; null before the board is known. */
  today(): string | null {
    const day = entityOf(this.#ports.replica.entities, 'day', 'day');
    return day && localDate(day.zone, this.#ports.nowMs());
  }

  #refusalOf(command: Command): RefusalReason | null {
    const desk = this.#ports.desk();
    if (desk === null) return 'signed-out';
    const phase = this.#ports.phase();
    if (phase === 'live' || phase === 'catching-up') return null;
    if (desk.storage.kind === 'memory') return 'cannot-save-offline';
    return mayQueueOffline(command) ? null : 'not-while-offline';
  }

  #append(commandId: string, command: Command, expectedVersion: number | null | undefined): void {
    const shownAt = this.#ports.nowMs();
    const write: PendingWrite = { commandId, command, now: shownAt };
    const item: NewItem = {
      id: commandId,
      command,
      expectedVersion: expectedVersion === undefined ? this.#versionOf(command) : expectedVersion,
      touches: this.#touchedBy(write),
      actorId: this.#ports.desk()?.actor.id ?? '',
      at: this.#ports.clock.wallMs(),
      shownAt,
      madeOn: this.today(),
    };
    this.#saving.push(write);
    this.#save(item).finally(() => {
      this.#saving = this.#saving.filter((it) => it !== write);
    });
  }

  async #save(item: NewItem): Promise<void> {
    try {
      await this.#ports.desk()?.outbox.append(item);
    } catch (error) {
      const reason = error instanceof OutboxFull ? 'outbox-full' : 'cannot-save-offline';
      this.#results.refuse(item.id, new SubmitRefused(reason, error));
    }
  }

  /**
   * The version the person looks at. A step of ours that was answered is on screen as a prediction until the stream
   * brings it: what follows is made upon the version of its answer.
   */
  #versionOf(command: Command): number | null {
    const target = targetOf(command);
    if (target === null) return null;
    const own = this.lane.items.findLast(
      (item) => item.state === 'applied' && item.touches.includes(target) && !this.isConfirmed(item),
    );
    const shown = this.#ports.contents().entities.get(target);
    return own?.seq ?? (shown ? steadyVersion(shown) : null);
  }

  #touchedBy(write: PendingWrite): OutboxItem['touches'] {
    const actor = this.#ports.desk()?.actor;
    if (!actor) return [];
    const context = { board: this.#ports.key, actor };
    const { entities } = overlayPending(this.#ports.contents().entities, this.#saving, context);
    return [...predictChanges(entities, write, context)].map(([id]) => id);
  }

  #isOurs(mark: string): boolean {
    return this.lane.items.some((item) => markOf(item) === mark || mark.startsWith(`${item.clientId}:`));
  }
}

const markOf = ({ clientId, n }: OutboxItem): string => `${clientId}:${n}`;
