/** A real account for reading only: credentials from a file or the environment, never from the command line. */
import { readFileSync, statSync } from 'node:fs';
import {
  type CallGaps,
  createCallGaps,
  createTebraAdapter,
  type EhrPort,
  TEBRA_ENDPOINT,
  type TebraCredentials,
} from '@workflow-bolt/ehr';
import { z } from 'zod';

const credentialsSchema = z.strictObject({
  customerKey: z.string().min(1),
  user: z.string().min(1),
  password: z.string().min(1),
});

/** What makes a run impossible before anything was asked; its text names no value. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}

/** From a file that only its owner can read, else from the variables of the worker. Throws `CannotRun`. */
export function readCredentials(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): TebraCredentials {
  const given = file === undefined ? fromEnvironment(environment) : fromFile(file);
  const parsed = credentialsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map(({ path }) => path.join('.') || 'the whole');
  throw new CannotRun(`The credentials are incomplete or hold more than they should: ${names.join(', ')}.`);
}

function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): unknown {
  const {
    BOLT_EHR_CUSTOMER_KEY: customerKey,
    BOLT_EHR_USER: user,
    BOLT_EHR_PASSWORD: password,
  } = environment;
  return { customerKey, user, password };
}

const OTHERS = 0o077;

function fromFile(file: string): unknown {
  let text: string;
  try {
    if ((statSync(file).mode & OTHERS) !== 0)
      throw new CannotRun('Others can read the credentials: chmod 600.');
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof CannotRun) throw error;
    throw new CannotRun('The file with the credentials cannot be read.');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new CannotRun('The file with the credentials is no JSON.');
  }
}

export interface LiveAccount {
  readonly port: EhrPort;
  /** The same without gate and retries: for the one check that calls too soon on purpose. */
  readonly rapid: EhrPort;
  readonly endpoint: string;
  readonly gaps: CallGaps;
  /** Lets nothing but reads through. */
  readonly fetch: typeof globalThis.fetch;
  /** How the next requests are changed before they are sent; null for not at all. */
  rewrite: ((body: string) => string) | null;
}

export interface LiveOptions {
  readonly credentials: TebraCredentials;
  readonly endpoint?: string | undefined;
  readonly gaps?: CallGaps;
  /** Sees each answer's body and the operation it belongs to. */
  readonly onAnswer?: (
    operation: string,
    answer: { status: number; contentType: string; text: string },
  ) => void;
}

const READ = /\/(Get[A-Za-z]+)"?$/;

/**
 * The account behind a fetch that lets nothing but reads through: whatever the code above it does, no write leaves.
 * Throws `CannotRun` for an address that must not carry credentials.
 */
export function openLiveAccount(options: LiveOptions): LiveAccount {
  const endpoint = options.endpoint ?? TEBRA_ENDPOINT;
  const gaps = options.gaps ?? createCallGaps();
  const rewriting: { rewrite: LiveAccount['rewrite'] } = { rewrite: null };
  const fetch = readOnlyFetch(options, rewriting);
  const { credentials } = options;
  const retry = { attemptsMax: 1, backoffMs: [0], jitterShare: 0, throttleJitterMs: 0, waitMsMax: 0 };
  const openGate = { acquire: async () => {}, defer: () => {} };
  try {
    const port = createTebraAdapter({ endpoint, gaps, credentials, fetch });
    const rapid = createTebraAdapter({ endpoint, gaps, credentials, fetch, retry, gate: openGate });
    return Object.assign(rewriting, { port, rapid, endpoint, gaps, fetch });
  } catch (error) {
    throw new CannotRun(error instanceof TypeError ? error.message : 'The address cannot be used.');
  }
}

function readOnlyFetch(
  { onAnswer }: LiveOptions,
  rewriting: Pick<LiveAccount, 'rewrite'>,
): typeof globalThis.fetch {
  return async (input, init) => {
    const operation = READ.exec(new Headers(init?.headers).get('soapaction') ?? '')?.[1];
    if (operation === undefined && (init?.method ?? 'GET') !== 'GET')
      throw new CannotRun('Only reads are sent.');
    const { rewrite } = rewriting;
    const body = typeof init?.body === 'string' && rewrite ? rewrite(init.body) : init?.body;
    const answer = await globalThis.fetch(input, { ...init, ...(body == null ? {} : { body }) });
    if (operation === undefined || !onAnswer) return answer;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const contentType = answer.headers.get('content-type') ?? '';
    onAnswer(operation, { status: answer.status, contentType, text: new TextDecoder().decode(bytes) });
    return new Response(bytes, { status: answer.status, headers: { 'content-type': contentType } });
  };
}
