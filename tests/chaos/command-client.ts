/**
 * A workstation that gives one command at a time and keeps it until it is answered: every attempt under the same
 * (clientId, n), every attempt written into the history. Now and then it repeats what was answered already.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor, Command, CommandOutcome } from '@workflow-bolt/contracts';
import { targetOf } from '@workflow-bolt/domain';
import type { HistoryRecorder, Rng } from '@workflow-bolt/testkit';
import type { SessionHeaders } from '../system/staff-member.ts';

/** What a command was answered, the same for its first answer and every repetition of it. */
export type Given = { seq: number } | { code: string };
export type Sent = { command: Command; expectedVersion: number | null; actor: Actor };
export type CommandClientOptions = {
  name: string;
  boardUrl: string;
  session: SessionHeaders;
  actor: Actor;
  history: HistoryRecorder;
  rng: Rng;
};
type Answer =
  | { kind: 'final'; given: Given }
  | { kind: 'hold'; code: string }
  | { kind: 'wrong'; what: string };

const attemptTimeoutMs = 3_000;
const giveUpMs = 60_000;

export class CommandClient {
  readonly name: string;
  readonly clientId: string;
  /** Everything that was ever sent, by command id. */
  readonly sent = new Map<string, Sent>();
  /** Codes of the holds it met. */
  readonly holds = new Map<string, number>();
  /** Answers that may never come. */
  readonly problems: string[] = [];
  readonly #options: CommandClientOptions;
  #n = 0;

  constructor(options: CommandClientOptions) {
    this.name = options.name;
    this.clientId = `chaos-${randomUUID()}`;
    this.#options = options;
  }

  /** Gives a command and resolves with its answer, however often it takes. Throws after a minute, or at an answer that may never come. */
  async give(command: Command, expectedVersion: number | null = null): Promise<Given> {
    this.#n += 1;
    const n = this.#n;
    this.#note(n, command, expectedVersion);
    const deadline = performance.now() + giveUpMs;
    while (performance.now() < deadline) {
      const given = await this.attempt(n);
      if (given) {
        if (this.#options.rng.chance(0.05)) await this.attempt(n);
        return given;
      }
      const [problem] = this.problems;
      if (problem) throw new Error(`${this.name}: ${problem}`);
      await sleep(this.#options.rng.int(50, 150));
    }
    const held = [...this.holds].map(([code, count]) => `${code} ${count}`).join(', ');
    throw new Error(`${this.name}: no answer to command ${n} within ${giveUpMs} ms (so far ${held})`);
  }

  /** Sends a new command once and gives it up when it is not answered: null. */
  async giveOnce(command: Command): Promise<{ commandId: string; given: Given | null }> {
    this.#n += 1;
    const commandId = `${this.clientId}:${this.#n}`;
    this.#note(this.#n, command, null);
    return { commandId, given: await this.attempt(this.#n) };
  }

  /** One request; null when nobody knows what became of it. */
  async attempt(n: number): Promise<Given | null> {
    const opId = `${this.clientId}:${n}`;
    const { command, expectedVersion } = this.sent.get(opId) ?? {};
    if (!command) throw new Error(`${opId} was never given`);
    const { history } = this.#options;
    const key = targetOf(command) ?? 'board';
    const attempt = history.invoke({ proc: this.name, f: command.type, key, value: command, opId });
    const answer = await this.#post({ clientId: this.clientId, n, command, expectedVersion });
    if (answer.kind === 'final') attempt.ok(answer.given);
    else attempt.info(answer);
    if (answer.kind === 'hold') this.holds.set(answer.code, (this.holds.get(answer.code) ?? 0) + 1);
    if (answer.kind === 'wrong') this.problems.push(`${opId}: ${answer.what}`);
    return answer.kind === 'final' ? answer.given : null;
  }

  #note(n: number, command: Command, expectedVersion: number | null): void {
    const { actor } = this.#options;
    this.sent.set(`${this.clientId}:${n}`, { command, expectedVersion, actor });
  }

  async #post(envelope: object): Promise<Answer> {
    try {
      const response = await fetch(`${this.#options.boardUrl}/commands`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...this.#options.session },
        body: JSON.stringify(envelope),
        signal: AbortSignal.timeout(attemptTimeoutMs),
      });
      const answer = readAnswer(response.status, await response.json());
      const isWithoutTime = response.status === 503 && !(Number(response.headers.get('retry-after')) > 0);
      return isWithoutTime ? { kind: 'wrong', what: `503 without Retry-After (${answer.kind})` } : answer;
    } catch (error) {
      return { kind: 'hold', code: error instanceof Error ? error.name : 'network' };
    }
  }
}

function readAnswer(status: number, body: unknown): Answer {
  const { outcomes, code, outcome } = body as {
    outcomes?: CommandOutcome[];
    code?: string;
    outcome?: string;
  };
  const [first] = outcomes ?? [];
  if (first && 'seq' in first && first.seq !== null) return { kind: 'final', given: { seq: first.seq } };
  const isRefusal = outcome === 'rejected' || outcome === 'conflict' || outcome === 'duplicate';
  if (isRefusal && code) return { kind: 'final', given: { code } };
  if (outcome === 'hold' && code === 'sequence_gap')
    return { kind: 'wrong', what: `the server lost earlier commands: ${JSON.stringify(body)}` };
  if (status === 503 || status === 429 || outcome === 'hold')
    return { kind: 'hold', code: code ?? `${status}` };
  return { kind: 'wrong', what: `${status} ${JSON.stringify(body)}` };
}
