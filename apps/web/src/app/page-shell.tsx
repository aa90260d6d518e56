import { Button } from '@mantine/core';
import { IconBolt, IconLogout } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import bar from './bar.module.css';
import classes from './page-shell.module.css';

export type PageLink = { href: string; label: string };

type ShellProps = {
  title: string;
  isWide?: boolean;
  /** The other pages that this person has. */
  links: readonly PageLink[];
  onSignOut: () => void;
  children: ReactNode;
};

/** The frame of every page beside the board: a way back, a way out, and one heading. */
export function PageShell({ title, isWide = false, links, onSignOut, children }: ShellProps) {
  useEffect(() => {
    document.title = `${title} · Clinic board`;
  }, [title]);
  return (
    <div className={classes.page}>
      <header className={`${bar.bar} ${classes.bar}`}>
        <span className={bar.logo} aria-hidden>
          <IconBolt size={20} />
        </span>
        <h1 className={classes.title}>{title}</h1>
        <nav className={classes.nav} aria-label="Pages">
          {links.map(({ href, label }) => (
            <Button key={href} component="a" href={href} variant="default">
              {label}
            </Button>
          ))}
          <Button variant="subtle" color="gray" leftSection={<IconLogout size={18} />} onClick={onSignOut}>
            Sign out
          </Button>
        </nav>
      </header>
      <main className={`${classes.main} ${isWide ? classes.wide : ''}`}>{children}</main>
    </div>
  );
}

type SectionProps = { title: string; action?: ReactNode; children: ReactNode };

/** One part of a page, under its own heading. */
export function PageSection({ title, action, children }: SectionProps) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.sectionHead}>
        <h2 className={classes.sectionTitle}>{title}</h2>
        {action}
      </div>
      {children}
    </section>
  );
}

type Tone = 'plain' | 'calm' | 'amber' | 'red';
export function Tag({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {children}
    </span>
  );
}

export function Rows({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={classes.rows} aria-label={label}>
      {children}
    </ul>
  );
}

type RowProps = { name: ReactNode; detail?: ReactNode; children?: ReactNode };
export function Row({ name, detail, children }: RowProps) {
  return (
    <li className={classes.row}>
      <span className={classes.what}>
        <span className={classes.name}>{name}</span>
        {detail && <span className={classes.detail}>{detail}</span>}
      </span>
      {children}
    </li>
  );
}

export function Nothing({ children }: { children: ReactNode }) {
  return <p className={classes.empty}>{children}</p>;
}
