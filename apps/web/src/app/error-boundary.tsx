import { Button, Code, Paper, Stack, Text, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import classes from './error-boundary.module.css';

type State = { message: string | null };

/** A part that broke says so in words and offers the way back; a blank page would look like an empty clinic. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(cause: unknown): State {
    return { message: cause instanceof Error ? cause.message : String(cause) };
  }

  override render(): ReactNode {
    if (this.state.message === null) return this.props.children;
    return (
      <main className={classes.page}>
        <Paper p="xl" withBorder radius="lg" role="alert">
          <Stack>
            <Title order={1} size="h3">
              This page has stopped working
            </Title>
            <Text>
              The board itself goes on, and steps that were not sent yet are kept on this device. Reload the
              page to continue.
            </Text>
            <Code block>{this.state.message}</Code>
            <Button onClick={() => location.reload()}>Reload</Button>
          </Stack>
        </Paper>
      </main>
    );
  }
}
