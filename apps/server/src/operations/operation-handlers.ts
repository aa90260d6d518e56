import { type Answer, type Handler, ok } from '../http/handler.ts';
import type { DependencyHealth } from './dependency-health.ts';
import type { ServerMetrics } from './server-metrics.ts';

export const getHealth: Handler = () => ok({ status: 'ok' });

/** Without Redis no work may come here; without a worker or the EHR the board goes on. */
const indispensable = ['redis', 'functions'];

export function getReady(health: DependencyHealth, isDraining: () => boolean): Handler {
  return (): Answer => {
    const dependencies = health.dependencies();
    const away = dependencies.filter(({ isOk }) => !isOk).map(({ name }) => name);
    const isReady = !isDraining() && !away.some((name) => indispensable.includes(name));
    const status = !isReady ? 'not-ready' : away.length > 0 ? 'degraded' : 'ready';
    return { status: isReady ? 200 : 503, json: { status, dependencies } };
  };
}

export function getMetrics(metrics: ServerMetrics): Handler {
  return async () => ({ status: 200, text: await metrics.text(), type: metrics.contentType });
}
