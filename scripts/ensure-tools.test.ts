import { describe, expect, it } from 'vitest';
import {
  findChromium,
  findRedisServer,
  prepareTools,
  type Tool,
  type ToolMachine,
  ToolMissing,
} from './ensure-tools.ts';
import { aptCandidateMajor, type Host, planInstall } from './install-plan.ts';

const debian: Host = { platform: 'linux', isRoot: true, hasSudo: false, hasApt: true, hasBrew: false };
const APT_REDIS = 'apt-get install -y -q --no-install-recommends redis-server redis-tools';

interface Scene {
  host?: Host;
  before: 'ready' | 'old' | 'absent';
  after?: 'ready' | 'old' | 'absent';
  candidate?: string;
  serviceRuns?: boolean;
  installCode?: number;
}

function play(tool: Tool, scene: Scene): { ran: string[]; said: string[]; refusal: string | undefined } {
  const ran: string[] = [];
  const said: string[] = [];
  let state = scene.before;
  const machine: ToolMachine = {
    host: scene.host ?? debian,
    find: () => state,
    run: (command) => {
      const line = command.join(' ');
      ran.push(line);
      if (line.includes('policy'))
        return { code: 0, output: `  Candidate: ${scene.candidate ?? '5:7.0.15-1'}\n` };
      if (line.includes('status')) return { code: scene.serviceRuns ? 0 : 3, output: '' };
      if (line.includes(' install ')) {
        if (scene.installCode) return { code: scene.installCode, output: 'E: no space left' };
        state = scene.after ?? 'ready';
      }
      return { code: 0, output: '' };
    },
    say: (line) => said.push(line),
  };
  try {
    prepareTools([tool], machine);
    return { ran, said, refusal: undefined };
  } catch (error) {
    if (!(error instanceof ToolMissing)) throw error;
    return { ran, said, refusal: error.message };
  }
}

describe('prepareTools', () => {
  it('runs nothing and says nothing when the tool is there', () => {
    expect(play('redis-server', { before: 'ready' })).toEqual({ ran: [], said: [], refusal: undefined });
  });

  it('installs a missing tool with apt and says so in one line', () => {
    expect(play('redis-server', { before: 'absent' })).toEqual({
      ran: ['apt-cache policy redis-server', 'apt-get update -q', APT_REDIS, 'service redis-server status'],
      said: [`redis-server is missing; installing it: apt-get update -q && ${APT_REDIS}`],
      refusal: undefined,
    });
  });

  it('stops the service that its own installation started, and says so', () => {
    const { ran, said } = play('redis-server', { before: 'absent', serviceRuns: true });
    expect(ran.at(-1)).toBe('service redis-server stop');
    expect(said.at(-1)).toContain('stopped the system');
  });

  it('never touches a service that was there before an upgrade', () => {
    const { ran } = play('redis-server', { before: 'old', serviceRuns: true });
    expect(ran.filter((line) => line.startsWith('service'))).toEqual([]);
  });

  it('refuses before installing when the distribution carries a Redis older than 7.0', () => {
    const { ran, refusal } = play('redis-server', { before: 'absent', candidate: '5:6.0.16-1ubuntu1' });
    expect(ran).toEqual(['apt-cache policy redis-server']);
    expect(refusal).toContain('Redis 7.0 or newer is needed');
  });

  it('passes on what apt said when the installation fails', () => {
    const { refusal } = play('chromium', { before: 'absent', installCode: 100 });
    expect(refusal).toContain('ended with 100.\nE: no space left');
  });

  it('points to the way out when the package brought no browser', () => {
    const { refusal } = play('chromium', { before: 'absent', after: 'absent' });
    expect(refusal).toContain('playwright-core install --with-deps chromium');
  });
});

describe('planInstall', () => {
  const cases: [string, Partial<Host>, Tool, string][] = [
    ['root with apt', {}, 'chromium', 'apt-get install -y -q --no-install-recommends chromium'],
    ['sudo without password', { isRoot: false, hasSudo: true }, 'redis-server', `sudo -n ${APT_REDIS}`],
    ['neither', { isRoot: false }, 'redis-server', `Run: sudo ${APT_REDIS}`],
    ['macOS', { platform: 'darwin', hasBrew: true }, 'redis-server', 'brew install redis'],
    ['macOS without brew', { platform: 'darwin' }, 'chromium', 'Run: brew install --cask chromium'],
    ['no package manager we know', { hasApt: false }, 'chromium', "with this system's package manager"],
  ];
  it.each(cases)('%s', (_, change, tool, expected) => {
    const plan = planInstall(tool, { ...debian, ...change });
    const text = plan.kind === 'install' ? plan.commands.at(-1)?.join(' ') : plan.advice;
    expect(text).toContain(expected);
  });
});

describe('aptCandidateMajor', () => {
  it.each([
    ['  Installed: (none)\n  Candidate: 5:7.0.15-1~deb12u1\n', 7],
    ['  Candidate: 5:6.0.16-1ubuntu1\n', 6],
    ['  Candidate: (none)\n', undefined],
    ['', undefined],
  ])('%j is %s', (policy, major) => {
    expect(aptCandidateMajor(policy)).toBe(major);
  });
});

describe('on this machine', () => {
  it('finds a supported redis-server and a Chromium, without which this run could not have started', () => {
    expect(findRedisServer()).toMatchObject({
      isSupported: true,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect(findChromium()).toMatch(/chrom/i);
  });
});
