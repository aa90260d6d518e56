/**
 * Sees that the programs npm cannot install are present, and installs the missing ones with the system's package
 * manager. Present already: a few milliseconds and no output.
 */
import { spawnSync } from 'node:child_process';
import { CHROMIUM_BINARY_VARIABLE, findChromium } from './chromium-binary.ts';
import {
  aptCandidateMajor,
  type Host,
  planInstall,
  REDIS_TOO_OLD_ADVICE,
  type Tool,
} from './install-plan.ts';
import { findExecutables, findRedisServer, REDIS_BINARY_VARIABLE } from './redis-binary.ts';

export { findChromium } from './chromium-binary.ts';
export type { Tool } from './install-plan.ts';
export { findRedisServer } from './redis-binary.ts';

/** The machine as `prepareTools` sees it; the tests put another in its place. */
export interface ToolMachine {
  readonly host: Host;
  /** 'ready' with a usable tool, 'old' when only an unusable version is there. */
  find(tool: Tool): 'ready' | 'old' | 'absent';
  /** Run a command to its end; its exit code and what it said. */
  run(command: readonly string[]): { code: number; output: string };
  say(line: string): void;
}

/** A tool is missing and could not be installed; the message says what a person has to run. */
export class ToolMissing extends Error {
  override readonly name = 'ToolMissing';
}

/** Install what is missing, or end the process with code 1 and a message that says what to run. */
export async function ensureTools(tools: readonly Tool[]): Promise<void> {
  try {
    assertChosenBinaries(tools);
    prepareTools(tools, thisMachine());
  } catch (error) {
    if (!(error instanceof ToolMissing)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

/** As `ensureTools`, on the given machine. Throws `ToolMissing`. */
export function prepareTools(tools: readonly Tool[], machine: ToolMachine): void {
  for (const tool of tools) if (machine.find(tool) !== 'ready') installTool(tool, machine);
}

function installTool(tool: Tool, machine: ToolMachine): void {
  if (tool === 'redis-server') assertDistributionIsRecent(machine);
  const plan = planInstall(tool, machine.host);
  if (plan.kind === 'impossible') throw new ToolMissing(`${tool} is missing. ${plan.advice}`);
  const line = plan.commands.map((command) => command.join(' ')).join(' && ');
  const wasAbsent = machine.find(tool) === 'absent';
  machine.say(`${tool} is missing; installing it: ${line}`);
  for (const command of plan.commands) runInstall(tool, command, machine);
  if (tool === 'redis-server' && wasAbsent) stopServiceOurInstallStarted(machine);
  if (machine.find(tool) === 'old') throw new ToolMissing(REDIS_TOO_OLD_ADVICE);
  if (machine.find(tool) === 'absent') throw new ToolMissing(notFoundAfterwards(tool, line));
}

function runInstall(tool: Tool, command: readonly string[], machine: ToolMachine): void {
  const { code, output } = machine.run(command);
  // A failed update (one broken source) does not prevent an install from the lists that are there.
  if (code === 0 || command.includes('update')) return;
  const tail = output.trimEnd().split('\n').slice(-5).join('\n');
  throw new ToolMissing(
    `${tool} could not be installed: \`${command.join(' ')}\` ended with ${code}.\n${tail}`,
  );
}

function assertDistributionIsRecent(machine: ToolMachine): void {
  const isAptSystem = machine.host.hasApt && machine.host.platform === 'linux';
  if (machine.find('redis-server') === 'old' && !isAptSystem) throw new ToolMissing(REDIS_TOO_OLD_ADVICE);
  if (!isAptSystem) return;
  const major = aptCandidateMajor(machine.run(['apt-cache', 'policy', 'redis-server']).output);
  if (major !== undefined && major < 7) throw new ToolMissing(REDIS_TOO_OLD_ADVICE);
}

/**
 * Debian starts a Redis on port 6379 when its package is installed. Nobody asked for that one: it was absent before,
 * so it is ours to stop. A Redis that was there before is never touched.
 */
function stopServiceOurInstallStarted(machine: ToolMachine): void {
  const { host } = machine;
  if (host.platform !== 'linux') return;
  if (machine.run(['service', 'redis-server', 'status']).code !== 0) return;
  const stop = [...(host.isRoot ? [] : ['sudo', '-n']), 'service', 'redis-server', 'stop'];
  const isStopped = machine.run(stop).code === 0;
  machine.say(
    isStopped
      ? `stopped the system's redis-server service, which this installation had started: ${stop.join(' ')}`
      : `the system's redis-server service runs since this installation; to stop it: ${stop.join(' ')}`,
  );
}

function notFoundAfterwards(tool: Tool, line: string): string {
  const more =
    tool === 'chromium'
      ? ' On Ubuntu, whose package is only a pointer to a snap, run: npx playwright-core install --with-deps chromium'
      : '';
  return `${tool} is still not found after: ${line}.${more}`;
}

/** A binary named by the user is used or refused, never replaced by an installation. */
function assertChosenBinaries(tools: readonly Tool[]): void {
  for (const tool of tools) {
    const variable = tool === 'chromium' ? CHROMIUM_BINARY_VARIABLE : REDIS_BINARY_VARIABLE;
    const chosen = process.env[variable];
    const isUsable =
      tool === 'chromium' ? findChromium() !== undefined : findRedisServer()?.isSupported === true;
    if (chosen && !isUsable)
      throw new ToolMissing(`${variable}=${chosen} is no usable ${tool}. Correct or unset it.`);
  }
}

function thisMachine(): ToolMachine {
  return {
    host: thisHost(),
    find: (tool) => {
      if (tool === 'chromium') return findChromium() ? 'ready' : 'absent';
      const redis = findRedisServer();
      if (!redis) return 'absent';
      return redis.isSupported ? 'ready' : 'old';
    },
    run: runToEnd,
    say: (line) => console.log(line),
  };
}

function thisHost(): Host {
  // Only the last resort asks sudo, and this is evaluated lazily: a machine that has its tools pays nothing.
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    get hasSudo() {
      return runToEnd(['sudo', '-n', 'true']).code === 0;
    },
    get hasApt() {
      return findExecutables('apt-get').length > 0;
    },
    get hasBrew() {
      return findExecutables('brew').length > 0;
    },
  };
}

function runToEnd(command: readonly string[]): { code: number; output: string } {
  const [name = '', ...args] = command;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stdout, stderr } = spawnSync(name, args, { encoding: 'utf8', env, maxBuffer: 64 << 20 });
  return { code: status ?? 127, output: `${stdout ?? ''}${stderr ?? ''}` };
}

if (process.argv[1] === import.meta.filename) await ensureTools(['redis-server', 'chromium']);
