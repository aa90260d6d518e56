/**
 * Says every 20 s that this screen is here and how far it has come (board-stream 3.10). It is lossy: a report
 * that fails is not repeated, and it never extends a session (I9).
 */

import type { PresenceReport } from './api/api-client.ts';
import type { Clock } from './clock.ts';

export type PresencePorts = {
  tab: string;
  clock: Clock;
  report: (report: PresenceReport) => Promise<void>;
  ackSeq: () => number;
  isVisible: () => boolean;
};
const everyMs = 20_000;

export class PresenceBeacon {
  readonly #ports: PresencePorts;
  #editing: string | null = null;
  #cancel: (() => void) | null = null;

  constructor(ports: PresencePorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#cancel?.();
    this.#send();
    this.#cancel = this.#ports.clock.after(everyMs, () => this.start());
  }

  /** The entity this person has open for editing; null when none. Told at once. */
  setEditing(id: string | null): void {
    if (id === this.#editing) return;
    this.#editing = id;
    if (this.#cancel !== null) this.start();
  }

  leave(): void {
    if (this.#cancel === null) return;
    this.#cancel();
    this.#cancel = null;
    this.#send({ leave: true });
  }

  #send(more: { leave?: true } = {}): void {
    const { tab, ackSeq, isVisible, report } = this.#ports;
    report({ tab, ackSeq: ackSeq(), visible: isVisible(), editing: this.#editing, ...more }).catch(() => {});
  }
}
