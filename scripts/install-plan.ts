/** A program that the project needs and that npm does not install. */
export type Tool = 'redis-server' | 'chromium';

/** What the machine offers to install with. */
export interface Host {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  /** `sudo -n true` succeeds: no password will be asked. */
  readonly hasSudo: boolean;
  readonly hasApt: boolean;
  readonly hasBrew: boolean;
}

export type InstallPlan =
  | { readonly kind: 'install'; readonly commands: readonly (readonly string[])[] }
  /** Nothing can be installed from here; `advice` says what a person has to run. */
  | { readonly kind: 'impossible'; readonly advice: string };

const APT_PACKAGES: Record<Tool, readonly string[]> = {
  'redis-server': ['redis-server', 'redis-tools'],
  chromium: ['chromium'],
};
const BREW: Record<Tool, readonly string[]> = {
  'redis-server': ['brew', 'install', 'redis'],
  chromium: ['brew', 'install', '--cask', 'chromium'],
};

/** How to install a tool with the system's own package manager, or what to tell the reader when that cannot be. */
export function planInstall(tool: Tool, host: Host): InstallPlan {
  if (host.platform === 'darwin') return host.hasBrew ? install(BREW[tool]) : impossible(tool, BREW[tool]);
  const apt = ['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...APT_PACKAGES[tool]];
  if (!host.hasApt) return impossible(tool, undefined);
  if (host.isRoot) return install(['apt-get', 'update', '-q'], apt);
  if (host.hasSudo) return install(['sudo', '-n', 'apt-get', 'update', '-q'], ['sudo', '-n', ...apt]);
  return impossible(tool, ['sudo', ...apt]);
}

function install(...commands: readonly (readonly string[])[]): InstallPlan {
  return { kind: 'install', commands };
}

function impossible(tool: Tool, command: readonly string[] | undefined): InstallPlan {
  const advice = command
    ? `Run: ${command.join(' ')}`
    : `Install ${tool} with this system's package manager and see that it is on PATH.`;
  return { kind: 'impossible', advice };
}

/**
 * The major version apt would install, from the output of `apt-cache policy redis-server`; undefined when unknown.
 * Ubuntu 22.04 and Debian 11 still carry 6.0, which would be installed in vain.
 */
export function aptCandidateMajor(policy: string): number | undefined {
  const major = /Candidate:\s+(?:\d+:)?(\d+)\./.exec(policy)?.[1];
  return major === undefined ? undefined : Number(major);
}

/** What to do where the distribution's Redis is too old. */
export const REDIS_TOO_OLD_ADVICE = [
  'Redis 7.0 or newer is needed (functions, multi-part append-only files); this distribution carries an older one.',
  "Either add Redis's own apt repository (https://redis.io/docs/latest/operate/oss_and_stack/install/) and install",
  'redis from it, or set BOLT_REDIS_SERVER=/path/to/redis-server (or valkey-server) of version 7.0 or newer.',
].join('\n');
