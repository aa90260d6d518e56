/** Where Redis is: one server, a Sentinel set, or a cluster; from one URL. */
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

export type RedisMode = 'standalone' | 'sentinel' | 'cluster';
export type RedisTarget = {
  mode: RedisMode;
  nodes: { host: string; port: number }[];
  /** Unix socket of a standalone server; then `nodes` is empty. */
  path: string | null;
  /** Name of the primary that Sentinel watches. */
  sentinelName: string | null;
  username: string | null;
  password: string | null;
  sentinelUsername: string | null;
  sentinelPassword: string | null;
  db: number;
  tls: ConnectionOptions | null;
};

const shape =
  /^(redis|rediss|unix)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?]*)(\/[^?]*)?(?:\?(.*))?$/;

function parseNodes(text: string, defaultPort: number): { host: string; port: number }[] {
  return text
    .split(',')
    .filter(Boolean)
    .map((node) => {
      const match = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(node);
      if (!match) throw new TypeError('the Redis URL has an address that is not host:port');
      return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port: Number(match[2] ?? defaultPort) };
    });
}

function parseCredentials(text: string | undefined): { username: string | null; password: string | null } {
  if (!text) return { username: null, password: null };
  const colon = text.indexOf(':');
  const username = colon < 0 ? text : text.slice(0, colon);
  const password = colon < 0 ? null : decodeURIComponent(text.slice(colon + 1));
  return { username: decodeURIComponent(username) || null, password };
}

/** `ca`, `cert` and `key` name files; they are read once, here. */
function parseTls(query: URLSearchParams): ConnectionOptions {
  const file = (name: string): Buffer | undefined => {
    const path = query.get(name);
    return path === null ? undefined : readFileSync(path);
  };
  const files = { ca: file('ca'), cert: file('cert'), key: file('key') };
  const given = Object.fromEntries(Object.entries(files).filter(([, value]) => value !== undefined));
  const servername = query.get('servername');
  return { minVersion: 'TLSv1.2', ...given, ...(servername === null ? {} : { servername }) };
}

function noNodes(mode: RedisMode): Pick<RedisTarget, 'sentinelUsername' | 'sentinelPassword' | 'mode'> {
  return { mode, sentinelUsername: null, sentinelPassword: null };
}

/**
 * Reads a Redis URL:
 * `redis://[user:password@]host[:port][/db]`, `unix:///path/to.sock`,
 * `redis+sentinel://[user:password@]host[:port],…/<name>[?sentinelUsername=…&sentinelPassword=…]`,
 * `redis+cluster://[user:password@]host[:port],…`. `rediss` in place of `redis` speaks TLS, with optional
 * `ca`, `cert`, `key` (file names) and `servername` in the query. Throws TypeError; the message holds no secret.
 */
export function fromUrl(url: string): RedisTarget {
  const match = shape.exec(url);
  if (!match)
    throw new TypeError('the Redis URL is not of a known form (redis, rediss, unix, +sentinel, +cluster)');
  const [, scheme, kind, credentials, hosts = '', path = '', queryText] = match;
  const mode = (kind ?? 'standalone') as RedisMode;
  const query = new URLSearchParams(queryText ?? '');
  const common = { ...noNodes(mode), ...parseCredentials(credentials), sentinelName: null, db: 0, tls: null };
  if (scheme === 'unix') return { ...common, nodes: [], path };
  const nodes = parseNodes(hosts, mode === 'sentinel' ? 26379 : 6379);
  const name = path.slice(1);
  if (nodes.length === 0) throw new TypeError('the Redis URL names no host');
  if (mode === 'sentinel' && !name) throw new TypeError('the Sentinel URL names no primary: add /<name>');
  if (mode !== 'sentinel' && name && !/^\d{1,3}$/.test(name))
    throw new TypeError('the Redis database is not a number');
  return {
    ...common,
    nodes,
    path: null,
    tls: scheme === 'rediss' ? parseTls(query) : null,
    sentinelName: mode === 'sentinel' ? name : null,
    sentinelUsername: query.get('sentinelUsername'),
    sentinelPassword: query.get('sentinelPassword'),
    db: mode === 'standalone' && name ? Number(name) : 0,
  };
}
