import type { Beat, ProcessesResponse, SystemStateResponse } from '@workflow-bolt/contracts';
import { describeSystem } from '@workflow-bolt/domain';
import { isBeating } from '@workflow-bolt/store';
import { type Answer, type Handler, ok } from '../http/handler.ts';
import type { DependencyHealth } from './dependency-health.ts';
import type { ServerMetrics } from './server-metrics.ts';

export const getHealth: Handler = () => ok({ status: 'ok' });

/** Work may come here unless the system is down: read-only still shows boards, degraded does everything. */
export function getReady(health: DependencyHealth, isDraining: () => boolean): Handler {
  return (): Answer => {
    const { state } = health.system;
    const isReady = !isDraining() && state !== 'down';
    const status = !isReady ? 'not-ready' : state === 'live' ? 'ready' : 'degraded';
    return { status: isReady ? 200 : 503, json: { status, dependencies: health.dependencies() } };
  };
}

export function getSystemState(health: DependencyHealth): Handler {
  return () => {
    const answer: SystemStateResponse = {
      ...describeSystem(health.system),
      ...{ since: health.since, at: health.now(), dependencies: [...health.dependencies()] },
    };
    return ok(answer);
  };
}

export function getProcesses(health: DependencyHealth): Handler {
  return () => {
    const at = health.now();
    const answer: ProcessesResponse = {
      at,
      processes: health.processes.map((beat) => processOf(beat, at)),
    };
    return ok(answer);
  };
}

function processOf(beat: Beat, now: number): ProcessesResponse['processes'][number] {
  const { node, role, version, at, startedAt, load, lag } = beat;
  return {
    ...{ node, role, version, at, startedAt: startedAt ?? null },
    state: isBeating(beat, now) ? 'beating' : 'missing',
    ...{ cpu: load?.cpu ?? null, loopMs: load?.loopMs ?? null },
    ...{ streamsBehind: lag?.streams ?? null },
    ...{ jobsWaiting: lag?.jobs ?? null, oldestJobMs: lag?.jobsMs ?? null },
  };
}

export function getMetrics(metrics: ServerMetrics): Handler {
  return async () => ({ status: 200, text: await metrics.text(), type: metrics.contentType });
}
