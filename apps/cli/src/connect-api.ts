/** The way to the API: its address, and a token from a file. A secret is never a flag and never printed. */
import { readFileSync, statSync } from 'node:fs';
import { ApiClient, type ApiTransport } from '@workflow-bolt/client';
import { CliFailure } from './cli-failure.ts';
import { exitCodes } from './exit-codes.ts';

export type ApiAddress = { apiUrl: string; tokenFile: string | null; timeoutMs: number };

const tokenShape = /^[A-Za-z0-9_-]{1,200}$/;
const usage = (code: string, message: string, hint: string): CliFailure =>
  new CliFailure(code, exitCodes.usage, message, hint);

/** The origin of an address. Throws CliFailure: a name and password in it would end up in logs. */
export function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (!url || !isHttp || url.username !== '' || url.password !== '') {
    const hint = 'Give an origin such as https://board.example.org, without a name or password in it.';
    throw usage('api-url', 'The address of the API cannot be used.', hint);
  }
  return url.origin;
}

/** The token in a file that only its owner can read. Throws CliFailure. */
export function readToken(path: string): string {
  const { mode, text } = readSecretFile(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw usage('token-file-open', `Others can read ${path}.`, `chmod 600 ${path}`);
  const token = text.replace(/\r?\n$/, '');
  if (!tokenShape.test(token))
    throw usage('token-file', `${path} does not hold a token.`, 'It holds the token and nothing else.');
  return token;
}

function readSecretFile(path: string): { mode: number; text: string } {
  try {
    return { mode: statSync(path).mode, text: readFileSync(path, 'utf8') };
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw usage('token-file', `${path} cannot be read (${why}).`, 'Check --token-file or BOLT_TOKEN_FILE.');
  }
}

/** Requests to the API in the name of the token, or in nobody's. Throws CliFailure. */
export function connectApi({ apiUrl, tokenFile, timeoutMs }: ApiAddress): ApiTransport {
  const token = tokenFile === null ? null : readToken(tokenFile);
  const withToken: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
    // A redirect would carry the token somewhere else.
    return fetch(input, { ...init, headers, redirect: 'error' });
  };
  return new ApiClient({ baseUrl: originOf(apiUrl), fetch: withToken, timeoutMs }).transport;
}
