import type { CommandOutcome } from '@workflow-bolt/contracts';
import type { Settled } from './outbox/settle-lane.ts';

/** Why a step was not taken on at all. Nothing was saved or sent. */
export type RefusalReason =
  /** Nothing can be kept on this device and the server is away. */
  | 'cannot-save-offline'
  /** Not to be done blindly: the server is away and the step would be hard to take back. */
  | 'not-while-offline'
  | 'signed-out'
  | 'outbox-full'
  | 'nothing-to-undo'
  /** The person took the step back before it was sent. */
  | 'cancelled'
  | 'stopped';

const sentences: Record<RefusalReason, string> = {
  'cannot-save-offline':
    'This browser cannot save anything while the server is away. Write it down and try again.',
  'not-while-offline': 'This step cannot be prepared while the server is away. Try again when it is back.',
  'signed-out': 'Sign in first.',
  'outbox-full': 'Too many steps wait to be sent. Wait until the server is back.',
  'nothing-to-undo': 'There is nothing to undo on this visit.',
  cancelled: 'The step was taken back before it was sent.',
  stopped: 'The board was closed.',
};

export class SubmitRefused extends Error {
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason, cause?: unknown) {
    super(sentences[reason], { cause });
    this.name = 'SubmitRefused';
    this.reason = reason;
  }
}

type Waiting = { resolve: (outcome: CommandOutcome) => void; reject: (error: SubmitRefused) => void };

/** The promises of steps whose outcome is awaited in this tab. */
export class CommandResults {
  readonly #waiting = new Map<string, Waiting>();

  wait(commandId: string): Promise<CommandOutcome> {
    const promise = new Promise<CommandOutcome>((resolve, reject) => {
      this.#waiting.set(commandId, { resolve, reject });
    });
    // Whoever does not await the outcome sees it in the attention list; that is no unhandled error.
    promise.catch(() => {});
    return promise;
  }

  settle(settled: readonly Settled[]): void {
    for (const { id, outcome } of settled) {
      this.#waiting.get(id)?.resolve(outcome);
      this.#waiting.delete(id);
    }
  }

  refuse(commandId: string, error: SubmitRefused): void {
    this.#waiting.get(commandId)?.reject(error);
    this.#waiting.delete(commandId);
  }

  refuseAll(reason: RefusalReason): void {
    for (const id of [...this.#waiting.keys()]) this.refuse(id, new SubmitRefused(reason));
  }
}
