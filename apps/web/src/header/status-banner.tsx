import { IconAlertTriangle, IconCloudUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './status-banner.module.css';

type Props = {
  /** Amber and red are announced at once; info politely. */
  tone: 'amber' | 'red' | 'info';
  title: string;
  detail?: string | null;
  children?: ReactNode;
};

/** A full-width notice that stays while its cause lasts. */
export function StatusBanner({ tone, title, detail, children }: Props) {
  const Icon = tone === 'info' ? IconCloudUp : IconAlertTriangle;
  return (
    <div className={classes.banner} data-tone={tone} role={tone === 'info' ? 'status' : 'alert'}>
      <Icon size={20} aria-hidden />
      <p className={classes.text}>
        <strong>{title}</strong>
        {detail && <span> {detail}</span>}
      </p>
      {children}
    </div>
  );
}
