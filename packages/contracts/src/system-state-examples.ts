/** Examples of the state of the system for the OpenAPI document. */
import type { DependencyState, ProcessesResponse, SystemStateResponse } from './system-state.ts';
import { systemReasons, systemStateWords } from './system-state.ts';

const json = 'application/json';
const at = 1_773_151_200_000;

export const dependencyExamples: DependencyState[] = [
  { name: 'redis', state: 'up', isOk: true, latencyMs: 0.4, lastGoodAt: at, detail: null },
  { name: 'functions', state: 'up', isOk: true, latencyMs: null, lastGoodAt: at, detail: null },
  { name: 'worker', state: 'up', isOk: true, latencyMs: null, lastGoodAt: at - 1_200, detail: null },
  {
    ...{ name: 'ehr-reads', state: 'away', isOk: false, latencyMs: null, lastGoodAt: at - 372_000 },
    detail: 'circuit open: failures',
  },
];

const degraded: SystemStateResponse = {
  ...{ state: 'degraded', ...systemStateWords.degraded },
  reasons: [{ code: 'ehr-away', text: systemReasons['ehr-away'].text }],
  ...{ since: at - 360_000, at, dependencies: dependencyExamples },
};

const processes: ProcessesResponse = {
  at,
  processes: [
    {
      ...{ node: 'server-4be1a2c9', role: 'server', version: '0.1.0', state: 'beating', at: at - 800 },
      ...{ startedAt: at - 7_200_000, cpu: 0.07, loopMs: 11.2, streamsBehind: 0 },
      ...{ jobsWaiting: null, oldestJobMs: null },
    },
    {
      ...{ node: 'worker-77c0d1e2', role: 'worker', version: '0.1.0', state: 'missing', at: at - 42_000 },
      ...{ startedAt: at - 7_200_000, cpu: 0.02, loopMs: 10.6, streamsBehind: null },
      ...{ jobsWaiting: 3, oldestJobMs: 8_400 },
    },
  ],
};

export const systemStateExamples = {
  getSystemState: { [`200 ${json}`]: { degraded } },
  getProcesses: { [`200 ${json}`]: { processes } },
};
