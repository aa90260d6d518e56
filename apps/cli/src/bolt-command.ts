/** What every command has: the flags for its way to the API, one form of output, and one mapping of ends. */
import { Command, Errors, Flags } from '@oclif/core';
import { type CliFailure, failureOf } from './cli-failure.ts';
import type { ApiAddress } from './connect-api.ts';
import { parseDuration } from './duration.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

export type Outcome = {
  /** `bolt.<command>/<version>`. */
  schema: string;
  data: unknown;
  /** The same for people, without a line break at its end. */
  text: string;
  warnings: readonly { code: string; message: string }[];
  exit: ExitCode;
  failure: CliFailure | null;
};

export abstract class BoltCommand extends Command {
  static override baseFlags = {
    json: Flags.boolean({ description: 'One JSON document on standard output.' }),
    'api-url': Flags.string({
      description: 'Where the API is.',
      env: 'BOLT_API_URL',
      default: 'http://127.0.0.1:8080',
    }),
    'token-file': Flags.string({
      description: 'A file with an API token that only you can read.',
      env: 'BOLT_TOKEN_FILE',
    }),
    timeout: Flags.string({ description: 'How long one answer may take: 250ms, 5s, 2m.', default: '5s' }),
  };

  /** The command's work. Throws what `failureOf` can name. */
  protected abstract work(address: ApiAddress): Promise<Outcome>;

  async run(): Promise<void> {
    const startedAt = Date.now();
    const { flags } = await this.parse(this.constructor as typeof BoltCommand);
    const apiUrl = flags['api-url'];
    const outcome = await this.#attempt(() => {
      const timeoutMs = parseDuration(flags.timeout);
      return this.work({ apiUrl, tokenFile: flags['token-file'] ?? null, timeoutMs });
    }, apiUrl);
    if (flags.json) this.#writeJson(outcome, startedAt);
    else this.#writeText(outcome);
    process.exitCode = outcome.exit;
  }

  async #attempt(work: () => Promise<Outcome>, apiUrl: string): Promise<Outcome> {
    const schema = `bolt.${this.id?.replaceAll(':', '.')}/1`;
    try {
      return await work();
    } catch (error) {
      if (error instanceof Errors.CLIError) throw error;
      const failure = failureOf(error, apiUrl);
      return { schema, data: null, text: '', warnings: [], exit: failure.exit, failure };
    }
  }

  /** Standard output is the result and nothing else. */
  #writeText({ text, warnings, failure }: Outcome): void {
    if (text !== '') process.stdout.write(`${text}\n`);
    for (const { message } of warnings) process.stderr.write(`! ${message}\n`);
    if (failure === null) return;
    process.stderr.write(`✘ ${failure.message}\n`);
    if (failure.hint !== null) process.stderr.write(`  ${failure.hint}\n`);
  }

  #writeJson({ schema, data, warnings, exit, failure }: Outcome, startedAt: number): void {
    const error = failure && {
      ...{ code: failure.code, message: failure.message, hint: failure.hint, exit: failure.exit },
    };
    const meta = { version: this.config.version, startedAt: new Date(startedAt).toISOString() };
    const told = { schema, ok: exit === exitCodes.ok, data, warnings, error };
    const document = { ...told, meta: { ...meta, ms: Date.now() - startedAt } };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  }
}
