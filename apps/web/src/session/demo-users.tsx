import { Loader, Select, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import type { Role } from '@workflow-bolt/contracts';
import { useState } from 'react';
import { roleLabel } from './role-label.ts';
import classes from './sign-in-view.module.css';

export type DemoUser = { id: string; name: string; role: Role };
export type Station = { id: string; label: string };

type ListProps = { users: readonly DemoUser[]; isBusy: boolean; onPick: (id: string) => void };

function UserList({ users, isBusy, onPick }: ListProps) {
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

type Props = {
  users: readonly DemoUser[] | null;
  stations: readonly Station[];
  isBusy: boolean;
  onSignIn: (userId: string, station: string | null) => void;
};

/** The development login: no password, and it says so. Only where the server offers it. */
export function DemoUsers({ users, stations, isBusy, onSignIn }: Props) {
  const [station, setStation] = useState<string | null>(stations[0]?.id ?? null);
  return (
    <Stack gap="md" component="section" aria-label="Development login" className={classes.demo}>
      <Text size="sm" c="dimmed">
        <span className={classes.development}>Development</span> Choose a demo user. Nobody is asked for a
        password, and the patients are invented.
      </Text>
      <Select
        label="Station"
        description="Where you are working; it is kept with every step you take"
        data={stations.map(({ id, label }) => ({ value: id, label }))}
        value={station}
        onChange={setStation}
        allowDeselect={false}
      />
      {users === null && <Loader aria-label="Loading demo users" />}
      {users && <UserList users={users} isBusy={isBusy} onPick={(id) => onSignIn(id, station)} />}
    </Stack>
  );
}
