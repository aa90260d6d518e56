import { IconAlertTriangle, IconCloudUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './status-banner.module.css';

type Props = {
  tone: 'amber' | 'red' | 'info';
  title: string;
  detail?: string | null;
  /** Names of what is wrong, for assistive technology: the region is announced when it appears. */
  label: string;
  children?: ReactNode;
};

/** A full-width notice that stays while its cause lasts. */
export function StatusBanner({ tone, title, detail, label, children }: Props) {
  const Icon = tone === 'info' ? IconCloudUp : IconAlertTriangle;
  return (
    <div className={classes.banner} data-tone={tone} role={tone === 'info' ? 'status' : 'alert'} aria-label={label}>
      <Icon size={20} aria-hidden />
      <p className={classes.text}>
        <strong>{title}</strong>
        {detail && <span> {detail}</span>}
      </p>
      {children}
    </div>
  );
}
