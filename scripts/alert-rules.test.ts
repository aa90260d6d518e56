/** The alert rules against the code: every metric, label and runbook that they name exists. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  breakerStates,
  dependencyNames,
  ehrLanes,
  problems,
  systemReasonCodes,
  systemStates,
} from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { serverMetrics, workerMetrics } from './generate-operations.ts';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'ops/alerts/ehr.rules.yaml'), 'utf8');

/** One rule a block; the file is written by hand in one form, and this reads that form and no other. */
type Rule = { alert: string; expr: string; severity: string; summary: string; runbook: string };
const fields = ['expr', 'severity', 'summary', 'runbook'] as const;

function rulesOf(yaml: string): Rule[] {
  return yaml
    .split(/^ {6}- alert: /m)
    .slice(1)
    .map((block) => {
      const found = fields.map((name) => [name, new RegExp(`^ +${name}: (.+)$`, 'm').exec(block)?.[1] ?? '']);
      return { alert: block.split('\n', 1)[0] ?? '', ...(Object.fromEntries(found) as Omit<Rule, 'alert'>) };
    });
}

const rules = rulesOf(text);
/** A histogram is counted under three names beside its own. */
const baseOf = (metric: string): string => metric.replace(/_(?:count|sum|bucket)$/, '');
const labels: Readonly<Record<string, readonly string[]>> = {
  bolt_system_state: systemStates,
  bolt_processes: ['beating', 'missing', 'server', 'worker'],
  bolt_ehr_breaker_state: [...breakerStates, ...ehrLanes],
  bolt_ehr_breaker_changes_total: [...breakerStates, ...ehrLanes],
  bolt_write_back_visits: ['waiting', 'failed', 'conflict'],
  bolt_system_reason: systemReasonCodes,
  bolt_http_request_seconds_count: Object.values(problems).map(({ status }) => String(status)),
  bolt_dependency_up: dependencyNames,
  bolt_dependency_last_success_timestamp_seconds: dependencyNames,
};

test('[H-19] every rule is whole, has one name, a severity and a runbook that exists', () => {
  expect(rules.length).toBeGreaterThanOrEqual(14);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { alert, expr, severity, summary, runbook } of rules) {
    expect([alert, expr !== '', summary !== ''], alert).toEqual([
      expect.stringMatching(/^Bolt[A-Z]/),
      true,
      true,
    ]);
    expect(['page', 'ticket'], alert).toContain(severity);
    expect(existsSync(join(root, runbook)), `${alert}: ${runbook}`).toBe(true);
  }
});

test('every metric that a rule names is one that a server or a worker has', async () => {
  const names = new Set([...(await serverMetrics()), ...(await workerMetrics())].map(({ name }) => name));
  const used = new Set(rules.flatMap(({ expr }) => (expr.match(/bolt_\w+/g) ?? []).map(baseOf)));
  expect([...used].filter((name) => !names.has(name))).toEqual([]);
  expect(used.size).toBeGreaterThan(6);
});

test('every label value that a rule names is one of the contract', () => {
  const selectors = rules.flatMap(({ expr }) => [...expr.matchAll(/(bolt_\w+)\{([^}]*)\}/g)]);
  const wrong = selectors.flatMap(([, metric = '', selector = '']) =>
    [...selector.matchAll(/=~?"([^"]*)"/g)]
      .flatMap(([, value = '']) => value.split('|'))
      .filter((value) => !labels[metric]?.includes(value))
      .map((value) => `${metric} has no ${value}`),
  );
  expect(wrong).toEqual([]);
  expect(selectors.length).toBeGreaterThan(8);
});

test('breaker open, age of the outbox, missing beats and each bad state have their rule', () => {
  const all = rules.map(({ expr }) => expr).join('\n');
  for (const part of [
    ...[
      'bolt_ehr_breaker_state{state="open"}',
      'bolt_write_back_oldest_seconds',
      'bolt_processes{state="missing"}',
    ],
    ...['state="down"', 'state="read-only"', 'state="degraded"'],
  ])
    expect(all).toContain(part);
});
