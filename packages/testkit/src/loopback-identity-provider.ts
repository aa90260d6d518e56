import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Provider from 'oidc-provider';

export type IdentityProviderOptions = {
  /** Where people come back to; exact addresses. */
  returnAddresses: readonly string[];
  /** Subjects that the provider says have used a second factor. */
  mfaSubjects?: readonly string[];
};

const clientId = 'workflow-bolt';
const clientSecret = 'a-secret-of-this-test-only';

/**
 * A real provider of identities (the npm package oidc-provider) on loopback. Its page asks for a name and believes it:
 * the name is the subject. Dispose it to stop it.
 */
export class LoopbackIdentityProvider implements AsyncDisposable {
  readonly issuer: string;
  readonly clientId = clientId;
  readonly clientSecret = clientSecret;
  readonly #server: Server;

  private constructor(issuer: string, server: Server) {
    this.issuer = issuer;
    this.#server = server;
  }

  static async start(options: IdentityProviderOptions): Promise<LoopbackIdentityProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = await createProvider(issuer, options);
    const answer = provider.callback();
    const mfa = new Set(options.mfaSubjects ?? []);
    server.on('request', (req, res) => {
      if (req.url?.startsWith('/who/')) void askWho(provider, mfa, req, res);
      else void answer(req, res);
    });
    return new LoopbackIdentityProvider(issuer, server);
  }

  /** Walks through the provider's page as a browser would, and answers where it sends the browser back to. */
  async signIn(location: string, subject: string): Promise<string> {
    const jar = new Map<string, string>();
    let next = location;
    let form: URLSearchParams | null = null;
    for (let step = 0; step < 12; step += 1) {
      const url = new URL(next, this.issuer);
      if (url.origin !== this.issuer) return url.href;
      const response = await visit(url, jar, form);
      form = null;
      const to = response.headers.get('location');
      if (to !== null) next = to;
      else if (url.pathname.startsWith('/who/')) form = new URLSearchParams({ subject });
      else
        throw new Error(
          `the provider answered ${response.status} at ${url.pathname}: ${await response.text()}`,
        );
    }
    throw new Error('the provider sends the browser in circles');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

async function visit(url: URL, jar: Map<string, string>, form: URLSearchParams | null): Promise<Response> {
  const response = await fetch(url, {
    redirect: 'manual',
    headers: { cookie: [...jar].map((pair) => pair.join('=')).join('; ') },
    ...(form ? { method: 'POST', body: form } : {}),
  });
  for (const line of response.headers.getSetCookie()) {
    const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
    jar.set(name, value);
  }
  return response;
}

async function createProvider(issuer: string, options: IdentityProviderOptions): Promise<Provider> {
  const { default: ProviderClass } = await import('oidc-provider');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const made = new ProviderClass(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [...options.returnAddresses],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'test' }] },
    cookies: { keys: ['a-cookie-key-of-this-test'] },
    claims: { openid: ['sub', 'amr', 'acr'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/who/${interaction.uid}` },
    pkce: { required: () => true },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    // Everybody agrees to everything: consent is not what is being tested.
    loadExistingGrant: async (ctx) => {
      const { client, session } = ctx.oidc;
      if (!client || !session?.accountId) return undefined;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 60, IdToken: 60, AuthorizationCode: 60 },
  });
  // A fault of the provider itself would otherwise only be a page that nobody reads.
  made.on('server_error', (_ctx, error) => console.error(error));
  return made;
}

const page = (uid: string) => `<!doctype html><html lang="en"><title>Loopback identity provider</title>
<main><h1>Loopback identity provider</h1><form method="post" action="/who/${encodeURIComponent(uid)}">
<label>Name <input name="subject" autofocus></label> <button>Continue</button></form>
<form method="post" action="/who/${encodeURIComponent(uid)}"><button name="cancel" value="1">Cancel</button></form></main>`;

async function askWho(
  provider: Provider,
  mfa: ReadonlySet<string>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (req.method !== 'POST') {
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.end(page(decodeURIComponent((req.url ?? '').slice('/who/'.length))));
    return;
  }
  let body = '';
  for await (const chunk of req) body += String(chunk);
  const form = new URLSearchParams(body);
  const subject = form.get('subject') ?? '';
  const result = form.has('cancel')
    ? { error: 'access_denied', error_description: 'the person turned back' }
    : { login: { accountId: subject, remember: false, amr: mfa.has(subject) ? ['pwd', 'mfa'] : ['pwd'] } };
  await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
}
