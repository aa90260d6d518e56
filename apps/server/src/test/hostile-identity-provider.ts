import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Claims = Record<string, unknown>;
/** What this provider does differently from an honest one. */
export type Lie = {
  /** Replaces claims of the ID token; undefined removes one. */
  claims?: Claims;
  header?: Record<string, unknown>;
  signature?: 'honest' | 'other-key' | 'none' | 'shared-secret';
  /** Instead of a token: this status. */
  status?: number;
  metadata?: Record<string, unknown>;
};

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const makeKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A provider that speaks the protocol and may lie in any part of it. An honest one is `{}`. */
export class HostileIdentityProvider implements AsyncDisposable {
  readonly issuer: string;
  readonly #server: Server;
  readonly #keys = makeKeys();
  readonly #otherKeys = makeKeys();
  lie: Lie = {};
  nonce = '';
  /** Bodies that the token endpoint received. */
  readonly tokenRequests: URLSearchParams[] = [];

  private constructor(issuer: string, server: Server) {
    this.issuer = issuer;
    this.#server = server;
    server.on('request', async (req, res) => {
      let body = '';
      for await (const chunk of req) body += String(chunk);
      const { status, json } = this.#answer(req.url ?? '', body);
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    });
  }

  static async start(): Promise<HostileIdentityProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new HostileIdentityProvider(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(path: string, body: string): { status: number; json: unknown } {
    if (path.startsWith('/.well-known')) return { status: 200, json: this.#metadata() };
    if (path === '/jwks') {
      const jwk = this.#keys.publicKey.export({ format: 'jwk' });
      return { status: 200, json: { keys: [{ ...jwk, kid: 'k', alg: 'RS256', use: 'sig' }] } };
    }
    this.tokenRequests.push(new URLSearchParams(body));
    if (this.lie.status !== undefined) return { status: this.lie.status, json: { error: 'invalid_grant' } };
    const token = { access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token: this.#idToken() };
    return { status: 200, json: token };
  }

  #metadata(): Claims {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
      ...this.lie.metadata,
    };
  }

  #idToken(): string {
    const { claims, header, signature = 'honest' } = this.lie;
    const now = Math.floor(Date.now() / 1_000);
    const alg = { honest: 'RS256', 'other-key': 'RS256', none: 'none', 'shared-secret': 'HS256' }[signature];
    const head = base64url({ alg, kid: 'k', ...header });
    const payload = {
      iss: this.issuer,
      sub: 'nora',
      aud: 'bolt',
      nonce: this.nonce,
      iat: now,
      exp: now + 60,
    };
    const data = `${head}.${base64url({ ...payload, ...claims })}`;
    return `${data}.${this.#signature(data, signature)}`;
  }

  #signature(data: string, how: NonNullable<Lie['signature']>): string {
    if (how === 'none') return '';
    if (how === 'shared-secret') return createHmac('sha256', 'secret').update(data).digest('base64url');
    const key: KeyObject = how === 'honest' ? this.#keys.privateKey : this.#otherKeys.privateKey;
    return sign('sha256', Buffer.from(data), key).toString('base64url');
  }
}
