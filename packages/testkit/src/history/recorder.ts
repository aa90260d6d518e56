import { formatHistory, type HistoryLine, type Operation, operationsOf } from './history.ts';

/** What is invoked; `opId` is the command's id, so that a retry is recognised as the same operation. */
export interface Invocation {
  readonly proc: string;
  readonly f: string;
  readonly key: string;
  readonly value?: unknown;
  readonly opId: string;
}

/** Ends one attempt; exactly one of the three is called. */
export interface Attempt {
  ok(value?: unknown): void;
  /** It certainly had no effect. */
  fail(value?: unknown): void;
  /** Nobody knows: timeout, reset, reply lost. */
  info(value?: unknown): void;
}

/** Records a history on one monotonic clock. One recorder per test process. */
export class HistoryRecorder {
  readonly lines: HistoryLine[] = [];
  readonly #startedAt = performance.now();

  /** Write the invoke and get the means to write its end. Call it just before the request is sent. */
  invoke(invocation: Invocation): Attempt {
    this.#write('invoke', invocation, invocation.value);
    let isEnded = false;
    const end = (type: 'ok' | 'fail' | 'info') => (value?: unknown) => {
      if (isEnded) throw new Error(`${invocation.opId}: ended twice`);
      isEnded = true;
      this.#write(type, invocation, value);
    };
    return { ok: end('ok'), fail: end('fail'), info: end('info') };
  }

  /**
   * Record a call: `ok` with its value, and on a rejection `fail` when `isCertain` says that nothing happened,
   * else `info`. Resolves with the value, or undefined when it was rejected.
   */
  async record<T>(
    invocation: Invocation,
    call: () => Promise<T>,
    isCertain: (error: unknown) => boolean = () => false,
  ): Promise<T | undefined> {
    const attempt = this.invoke(invocation);
    try {
      const value = await call();
      attempt.ok(value);
      return value;
    } catch (error) {
      if (isCertain(error)) attempt.fail(String(error));
      else attempt.info(String(error));
      return undefined;
    }
  }

  operations(): Operation[] {
    return operationsOf(this.lines);
  }

  /** One JSON line per entry, for an artefact beside a failed run. */
  toNdjson(): string {
    return formatHistory(this.lines);
  }

  #write(type: HistoryLine['type'], { proc, f, key, opId }: Invocation, value: unknown): void {
    const t_us = Math.round((performance.now() - this.#startedAt) * 1000);
    this.lines.push({ t_us, proc, type, f, key, value, opId });
  }
}
