/** How the system stands, for Prometheus. Labels are words of the contract only. */
import { systemReasonCodes, systemStates } from '@workflow-bolt/contracts';
import { isBeating } from '@workflow-bolt/store';
import { Gauge, type Registry } from 'prom-client';
import type { DependencyHealth } from './dependency-health.ts';

type Health = () => Pick<DependencyHealth, 'system' | 'dependencies' | 'processes' | 'now'>;

function addState(health: Health, registers: Registry[]): void {
  new Gauge({
    name: 'bolt_system_state',
    help: '1 for the state in which the system is: live, degraded, read-only, down.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const state of systemStates) this.set({ state }, state === health().system.state ? 1 : 0);
    },
  });
  new Gauge({
    name: 'bolt_system_reason',
    help: '1 for each reason why the system is not live.',
    labelNames: ['reason'],
    registers,
    collect() {
      const { reasons } = health().system;
      for (const reason of systemReasonCodes) this.set({ reason }, reasons.includes(reason) ? 1 : 0);
    },
  });
}

function addDependencies(health: Health, registers: Registry[]): void {
  new Gauge({
    name: 'bolt_dependency_up',
    help: '1 while a dependency of this installation is up, 0 while it is not; absent when it has none such.',
    labelNames: ['dependency'],
    registers,
    collect() {
      this.reset();
      for (const { name, isOk, state } of health().dependencies())
        if (state !== 'unknown') this.set({ dependency: name }, isOk ? 1 : 0);
    },
  });
  new Gauge({
    name: 'bolt_dependency_last_success_timestamp_seconds',
    help: 'When a dependency last did what it is for.',
    labelNames: ['dependency'],
    registers,
    collect() {
      this.reset();
      for (const { name, lastGoodAt } of health().dependencies())
        if (lastGoodAt !== null) this.set({ dependency: name }, lastGoodAt / 1_000);
    },
  });
}

function addProcesses(health: Health, registers: Registry[]): void {
  new Gauge({
    name: 'bolt_processes',
    help: 'Processes by role that beat, and that fell silent without taking leave.',
    labelNames: ['role', 'state'],
    registers,
    collect() {
      const now = health().now();
      for (const role of ['server', 'worker'] as const) {
        const all = health().processes.filter((beat) => beat.role === role);
        const beating = all.filter((beat) => isBeating(beat, now)).length;
        this.set({ role, state: 'beating' }, beating);
        this.set({ role, state: 'missing' }, all.length - beating);
      }
    },
  });
}

/** Adds the gauges; each reads its source when it is asked. */
export function addSystemGauges(health: Health, registers: Registry[]): void {
  addState(health, registers);
  addDependencies(health, registers);
  addProcesses(health, registers);
}
