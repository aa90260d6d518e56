import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { HashCost, HashEngine } from './hash-engine.ts';

export type HashJob = {
  id: number;
  work:
    | { kind: 'hash'; password: string; cost: HashCost }
    | { kind: 'verify'; verifier: string; password: string };
};
/** Null: it could not be computed. */
export type HashResult = { id: number; value: string | boolean | null };

/**
 * As nice as a process can be: on a machine with few cores a flood of sign-ins then takes what the board leaves over, a
 * sixtieth where both want a core. Sign-ins get slower, nobody's board does.
 */
const niceness = 19;

type Waiting = { resolve: (value: string | boolean) => void; reject: (error: Error) => void };

/**
 * Password hashes in a process of their own: they neither compete with the board for its share of the cores, nor with
 * its files and look-ups for its threads, nor can their memory end it. Begun with the first hash, and again after a
 * crash; the hashes under way then fail.
 */
export class HashProcess implements HashEngine {
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | null = null;
  #jobs = 0;

  async hash(password: string, cost: HashCost): Promise<string> {
    return String(await this.#ask({ kind: 'hash', password, cost }));
  }

  async verify(verifier: string, password: string): Promise<boolean> {
    return (await this.#ask({ kind: 'verify', verifier, password })) === true;
  }

  stop(): void {
    this.#child?.kill();
    this.#gone(this.#child);
  }

  #ask(work: HashJob['work']): Promise<string | boolean> {
    const child = this.#child ?? this.#begin();
    const id = ++this.#jobs;
    const { promise, resolve, reject } = Promise.withResolvers<string | boolean>();
    this.#waiting.set(id, { resolve, reject });
    child.send({ id, work } satisfies HashJob);
    return promise;
  }

  #begin(): ChildProcess {
    const child = fork(join(import.meta.dirname, 'hash-child.ts'), {
      execArgv: [],
      env: {},
      stdio: 'ignore',
    });
    child.on('message', (result: HashResult) => this.#settle(result));
    child.on('error', () => this.#gone(child));
    child.on('exit', () => this.#gone(child));
    child.unref();
    child.channel?.unref();
    if (child.pid !== undefined) beNice(child.pid);
    this.#child = child;
    return child;
  }

  #settle({ id, value }: HashResult): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (value === null) waiting?.reject(new Error('a password hash could not be computed'));
    else waiting?.resolve(value);
  }

  #gone(child: ChildProcess | null): void {
    if (child === null || this.#child !== child) return;
    this.#child = null;
    for (const { reject } of this.#waiting.values()) reject(new Error('the hash process ended'));
    this.#waiting.clear();
  }
}

/** A system that does not let it stay as it is: then hashes take their full share. */
function beNice(pid: number): void {
  try {
    setPriority(pid, niceness);
  } catch {}
}
