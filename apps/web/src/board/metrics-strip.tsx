import {
  IconArmchair,
  IconCalendarEvent,
  IconChecks,
  IconClockHour4,
  IconHourglassHigh,
  IconUsers,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { Tone } from '../card/wait-badge.tsx';
import classes from './metrics-strip.module.css';

export type MetricName = 'expected' | 'lobby' | 'waiting' | 'average' | 'longest' | 'seen';
export type Metric = { name: MetricName; label: string; value: string; detail?: string; tone?: Tone };

const icons: Record<MetricName, ComponentType<{ size?: number; 'aria-hidden'?: boolean }>> = {
  expected: IconCalendarEvent,
  lobby: IconArmchair,
  waiting: IconUsers,
  average: IconClockHour4,
  longest: IconHourglassHigh,
  seen: IconChecks,
};

/** The day in six numbers. */
export function MetricsStrip({ metrics }: { metrics: readonly Metric[] }) {
  return (
    <dl className={classes.strip} aria-label="Today in numbers">
      {metrics.map(({ name, label, value, detail, tone }) => {
        const Icon = icons[name];
        return (
          <div className={classes.metric} key={name} data-tone={tone}>
            <Icon size={20} aria-hidden />
            <dt className={classes.label}>{label}</dt>
            <dd className={classes.value}>
              {value}
              {detail && <span className={classes.detail}> {detail}</span>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
