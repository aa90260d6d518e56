import { Alert, Button, Loader, Paper, Select, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { IconBolt, IconChevronRight } from '@tabler/icons-react';
import type { Role } from '@workflow-bolt/contracts';
import { useState } from 'react';
import { roleLabel } from './role-label.ts';
import classes from './sign-in-view.module.css';

export type DemoUser = { id: string; name: string; role: Role };
export type Station = { id: string; label: string };

type Props = {
  users: readonly DemoUser[] | null;
  stations: readonly Station[];
  failure: string | null;
  isBusy: boolean;
  onSignIn: (userId: string, station: string | null) => void;
  onRetry: () => void;
};

function UserList({
  users,
  isBusy,
  onPick,
}: {
  users: readonly DemoUser[];
  isBusy: boolean;
  onPick: (id: string) => void;
}) {
  return (
    <ul className={classes.users} aria-label="Demo users">
      {users.map((user) => (
        <li key={user.id}>
          <UnstyledButton
            className={classes.user}
            disabled={isBusy}
            onClick={() => onPick(user.id)}
            aria-label={`Sign in as ${user.name}, ${roleLabel[user.role]}`}
          >
            <span className={classes.who}>
              <span className={classes.name}>{user.name}</span>
              <span className={classes.role}>{roleLabel[user.role]}</span>
            </span>
            <IconChevronRight size={20} aria-hidden />
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}

/** The development login: no password, and it says so. */
export function SignInView({ users, stations, failure, isBusy, onSignIn, onRetry }: Props) {
  const [station, setStation] = useState<string | null>(stations[0]?.id ?? null);
  return (
    <main className={classes.page}>
      <Paper className={classes.panel} shadow="sm" radius="lg" withBorder>
        <Stack gap="md">
          <div className={classes.brand}>
            <span className={classes.logo} aria-hidden>
              <IconBolt size={26} />
            </span>
            <Title order={1} size="h3">
              Clinic board
            </Title>
            <span className={classes.development}>Development</span>
          </div>
          <Text size="sm" c="dimmed">
            Development mode: choose a demo user. Nobody is asked for a password, and the patients are
            invented.
          </Text>
          <Select
            label="Station"
            description="Where you are working; it is kept with every step you take"
            data={stations.map(({ id, label }) => ({ value: id, label }))}
            value={station}
            onChange={setStation}
            allowDeselect={false}
          />
          {failure && (
            <Alert color="red" title="Sign-in did not work">
              {failure}
              <Button mt="xs" size="xs" variant="default" onClick={onRetry}>
                Try again
              </Button>
            </Alert>
          )}
          {users === null && !failure && <Loader aria-label="Loading demo users" />}
          {users && <UserList users={users} isBusy={isBusy} onPick={(id) => onSignIn(id, station)} />}
        </Stack>
      </Paper>
    </main>
  );
}
