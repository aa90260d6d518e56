import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Functions and multi-part append-only files came with 7.0; nothing older can hold a board. */
const REDIS_VERSION_MIN = [7, 0] as const;

/** Set this variable to the path of a redis-server or valkey-server to use instead of the one on PATH. */
export const REDIS_BINARY_VARIABLE = 'BOLT_REDIS_SERVER';

export interface RedisBinary {
  readonly path: string;
  /** As the binary prints it, such as '7.0.15'. */
  readonly version: string;
  readonly flavour: 'redis' | 'valkey';
  /** False when it is older than 7.0. */
  readonly isSupported: boolean;
}

const SERVER_NAMES = ['redis-server', 'valkey-server'] as const;
/** Package managers put servers here, and a login shell or launchd may not have them on PATH. */
const USUAL_DIRS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/usr/sbin', '/snap/bin'];

/** The first supported server found, else the first found at all, else undefined. */
export function findRedisServer(): RedisBinary | undefined {
  const chosen = process.env[REDIS_BINARY_VARIABLE];
  const paths = chosen ? [chosen] : SERVER_NAMES.flatMap((name) => findExecutables(name));
  const found = paths.flatMap((path) => describeRedisServer(path) ?? []);
  return found.find((binary) => binary.isSupported) ?? found[0];
}

/** Ask a binary who it is; undefined when it cannot run or is no Redis. */
function describeRedisServer(path: string): RedisBinary | undefined {
  try {
    const said = execFileSync(path, ['--version'], { encoding: 'utf8', timeout: 5000 });
    const match = /^(Redis|Valkey) server v=(\d+)\.(\d+)\.(\S+)/i.exec(said);
    if (!match) return undefined;
    const [, name = '', major = '', minor = '', patch = ''] = match;
    return {
      path,
      version: `${major}.${minor}.${patch}`,
      flavour: name.toLowerCase() === 'valkey' ? 'valkey' : 'redis',
      isSupported: Number(major) >= REDIS_VERSION_MIN[0],
    };
  } catch {
    return undefined;
  }
}

/** Every executable file of this name on PATH and in the usual directories, in order, without doubles. */
export function findExecutables(name: string): string[] {
  const fromPath = (process.env.PATH ?? '').split(delimiter).filter((dir) => dir !== '');
  const candidates = [...new Set([...fromPath, ...USUAL_DIRS])].map((dir) => join(dir, name));
  return candidates.filter(isExecutable);
}

/** The sentence to show when no usable server is present: what was found and what to run. */
function redisMissingMessage(found: RedisBinary | undefined): string {
  const why = found
    ? `${found.path} is version ${found.version}; 7.0 or newer is needed.`
    : 'redis-server was not found on PATH.';
  const install =
    process.platform === 'darwin' ? 'brew install redis' : 'sudo apt-get install -y redis-server redis-tools';
  return `${why} Install one with: ${install} - or set ${REDIS_BINARY_VARIABLE}=/path/to/redis-server.`;
}

let usable: RedisBinary | undefined;

/** The server to start, looked up once per process. Throws with the command to run when there is none. */
export function mustFindRedisServer(): RedisBinary {
  if (usable) return usable;
  const found = findRedisServer();
  if (!found?.isSupported) throw new Error(redisMissingMessage(found));
  usable = found;
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
