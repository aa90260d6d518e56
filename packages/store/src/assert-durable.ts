/** Refuses a Redis on which an acknowledged click could be lost. */
import type { RedisPort } from './redis-port.ts';

const versionMin = 7;

/** Boot must stop; `reasons` are sentences to show. */
export class UnsafeRedisError extends Error {
  readonly reasons: readonly string[];
  constructor(reasons: readonly string[]) {
    super(`This Redis cannot keep a clinic's day:\n${reasons.map((r) => `- ${r}`).join('\n')}`);
    this.name = 'UnsafeRedisError';
    this.reasons = reasons;
  }
}

export type DurabilityReport = {
  /** What is wrong; empty unless unsafe servers are allowed. */
  reasons: string[];
  /** What this user could not see, such as a setting that a managed service hides. */
  unchecked: string[];
};

type Facts = { info: Map<string, string>; config: Map<string, string> | null };

function parseInfo(text: unknown): Map<string, string> {
  const lines = String(text).split(/\r?\n/);
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
    }),
  );
}

function parseConfig(flat: unknown): Map<string, string> | null {
  if (!Array.isArray(flat) || flat.length === 0) return null;
  const found = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) found.set(String(flat[i]), String(flat[i + 1]));
  return found;
}

/** One entry per primary. Managed services block CONFIG; INFO then says what it can. */
async function readFacts(port: RedisPort): Promise<Facts[]> {
  const infos = await port.sendToPrimaries('INFO');
  const names = ['maxmemory-policy', 'appendonly', 'appendfsync', 'min-replicas-to-write'];
  const configs = await Promise.all(
    names.map((name) => port.sendToPrimaries('CONFIG', 'GET', name).catch(() => null)),
  );
  return infos.map((info, node) => {
    const answered = configs.flatMap((answers) => [...(parseConfig(answers?.[node]) ?? [])]);
    return { info: parseInfo(info), config: answered.length > 0 ? new Map(answered) : null };
  });
}

function versionReasons({ info }: Facts): string[] {
  // Valkey reports 7.2.4 as its Redis version for compatibility, and its own beside it.
  const version = info.get('redis_version') ?? 'unknown';
  if (Number.parseInt(version, 10) >= versionMin) return [];
  return [`it is version ${version}: Redis 7.0 or newer is needed (Functions).`];
}

function evictionReasons({ info, config }: Facts): string[] {
  const policy = config?.get('maxmemory-policy') ?? info.get('maxmemory_policy');
  if (policy === undefined || policy === 'noeviction') return [];
  return [`maxmemory-policy is ${policy}: it may delete a board to make room. Set it to noeviction.`];
}

function persistenceReasons({ info, config }: Facts): string[] {
  const appendOnly = config?.get('appendonly') ?? (info.get('aof_enabled') === '1' ? 'yes' : 'no');
  if (appendOnly !== 'yes') {
    return [
      'appendonly is off: a restart loses what was not saved. Set appendonly yes and appendfsync always.',
    ];
  }
  if (info.get('aof_last_write_status') === 'err')
    return ['its append-only file cannot be written: see its log.'];
  return [];
}

function uncheckedOf({ info, config }: Facts): string[] {
  const unchecked: string[] = [];
  if (config?.get('appendfsync') === undefined) {
    unchecked.push(
      'appendfsync: CONFIG is not available here, so each commit may be up to a second from the disk.',
    );
  } else if (config.get('appendfsync') !== 'always') {
    unchecked.push(`appendfsync is ${config.get('appendfsync')}: a crash may lose acknowledged commits.`);
  }
  if (!config && !info.has('maxmemory_policy'))
    unchecked.push('maxmemory-policy: neither CONFIG nor INFO says.');
  return unchecked;
}

/**
 * Throws UnsafeRedisError, naming every reason, when a primary evicts, does not persist, or is older than 7.0.
 * `isUnsafeAllowed` (tests, demonstrations) reports the reasons instead. Throws what the client throws when
 * Redis does not answer.
 */
export async function assertDurable(
  port: RedisPort,
  { isUnsafeAllowed }: { isUnsafeAllowed: boolean },
): Promise<DurabilityReport> {
  const facts = await readFacts(port);
  const unique = (texts: string[]): string[] => [...new Set(texts)];
  const reasons = unique(
    facts.flatMap((f) => [...versionReasons(f), ...evictionReasons(f), ...persistenceReasons(f)]),
  );
  if (reasons.length > 0 && !isUnsafeAllowed) throw new UnsafeRedisError(reasons);
  return { reasons, unchecked: unique(facts.flatMap(uncheckedOf)) };
}
