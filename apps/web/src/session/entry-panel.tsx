import { Alert, Paper, Stack, Text, Title } from '@mantine/core';
import { IconBolt } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import classes from './sign-in-view.module.css';

type Props = {
  title: string;
  /** One or two sentences under the title. */
  lead?: ReactNode;
  failure?: string | null;
  isDevelopment?: boolean;
  children: ReactNode;
};

/** The frame of every page before the board: one question at a time, its title announced when it changes. */
export function EntryPanel({ title, lead, failure = null, isDevelopment = false, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(title);
  useEffect(() => {
    document.title = `${title} · Clinic board`;
    // The next step of a journey starts at its title; the first page keeps the browser's own start.
    if (shown.current !== title) heading.current?.focus();
    shown.current = title;
  }, [title]);
  return (
    <main className={classes.page}>
      <Paper className={classes.panel} shadow="sm" radius="lg" withBorder>
        <Stack gap="md">
          <div className={classes.brand}>
            <span className={classes.logo} aria-hidden>
              <IconBolt size={26} />
            </span>
            <Title order={1} size="h3" ref={heading} tabIndex={-1} className={classes.title}>
              {title}
            </Title>
            {isDevelopment && <span className={classes.development}>Development</span>}
          </div>
          {lead && (
            <Text size="sm" c="dimmed">
              {lead}
            </Text>
          )}
          {failure && (
            <Alert color="red" role="alert" classNames={{ message: classes.failure }}>
              {failure}
            </Alert>
          )}
          {children}
        </Stack>
      </Paper>
    </main>
  );
}
