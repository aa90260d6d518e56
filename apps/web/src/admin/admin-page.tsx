import { Tabs } from '@mantine/core';
import { AccountsApi, DisplayApi, type Session, SessionApi } from '@workflow-bolt/client';
import { useMemo } from 'react';
import { useApi } from '../app/api-context.ts';
import { type PageLink, PageShell } from '../app/page-shell.tsx';
import type { SessionExits } from '../session/use-session.ts';
import { DisplaysSection } from './displays-section.tsx';
import { PeopleSection } from './people-section.tsx';
import { WorkstationsSection } from './workstations-section.tsx';

type Props = { session: Session; exits: SessionExits; links: readonly PageLink[] };

/** Accounts, workstations and wall displays, for managers and administrators. */
export function AdminPage({ session, exits, links }: Props) {
  const api = useApi();
  const apis = useMemo(
    () => ({
      accounts: new AccountsApi(api.transport),
      sessions: new SessionApi(api),
      displays: new DisplayApi(api.transport),
    }),
    [api],
  );
  const { clinics } = session;
  return (
    <PageShell title="Administration" isWide links={links} onSignOut={() => void exits.signOut()}>
      <Tabs defaultValue="people" keepMounted={false}>
        {clinics.length > 0 && (
          <Tabs.List mb="md" aria-label="Parts of the administration">
            <Tabs.Tab value="people">People</Tabs.Tab>
            <Tabs.Tab value="workstations">Workstations</Tabs.Tab>
            <Tabs.Tab value="displays">Wall displays</Tabs.Tab>
          </Tabs.List>
        )}
        <Tabs.Panel value="people">
          <PeopleSection api={apis.accounts} session={session} />
        </Tabs.Panel>
        {clinics.map((clinic) => (
          <Tabs.Panel key={clinic.id} value="workstations">
            <WorkstationsSection api={apis.sessions} clinic={clinic} />
          </Tabs.Panel>
        ))}
        {clinics.map((clinic) => (
          <Tabs.Panel key={clinic.id} value="displays">
            <DisplaysSection api={apis.displays} clinic={clinic} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </PageShell>
  );
}
