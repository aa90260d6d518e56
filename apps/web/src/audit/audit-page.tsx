import { NativeSelect, Tabs } from '@mantine/core';
import { AuditApi, type Session } from '@workflow-bolt/client';
import { useCallback, useMemo, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { FailureNote } from '../app/failure-note.tsx';
import { type PageLink, PageShell } from '../app/page-shell.tsx';
import type { SessionExits } from '../session/use-session.ts';
import { AccountsSection } from './accounts-section.tsx';
import { ActivitySection } from './activity-section.tsx';
import { EntriesSection } from './entries-section.tsx';
import { OpenedSection } from './opened-section.tsx';
import { RevealsSection } from './reveals-section.tsx';
import { useAsked } from './use-asked.ts';

type Clinic = { id: string; name: string };

/** The record of one clinic: patients are pseudonyms everywhere, and names are asked for with a reason. */
function ClinicRecord({ api, clinic }: { api: AuditApi; clinic: Clinic }) {
  const [tab, setTab] = useState<string | null>('entries');
  const [patient, setPatient] = useState('');
  const { value: people, failure } = useAsked(useCallback(() => api.people(clinic.id), [api, clinic.id]));
  const names = useMemo(() => new Map(people?.map(({ uid, name }) => [uid, name])), [people]);
  const openPatient = (key: string) => {
    setPatient(key);
    setTab('opened');
  };
  if (!people) return <FailureNote failure={failure} />;
  return (
    <Tabs value={tab} onChange={setTab} keepMounted={false}>
      <Tabs.List mb="md" aria-label="Parts of the record">
        <Tabs.Tab value="entries">Entries</Tabs.Tab>
        <Tabs.Tab value="opened">Who opened a record</Tabs.Tab>
        <Tabs.Tab value="activity">Activity</Tabs.Tab>
        <Tabs.Tab value="accounts">Accounts</Tabs.Tab>
        <Tabs.Tab value="reveals">Identities revealed</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="entries">
        <EntriesSection {...{ api, clinic, names }} onPatient={openPatient} />
      </Tabs.Panel>
      <Tabs.Panel value="opened">
        <OpenedSection key={patient} {...{ api, clinic, patient, names }} onPatient={setPatient} />
      </Tabs.Panel>
      <Tabs.Panel value="activity">
        <ActivitySection {...{ api, clinic, names }} />
      </Tabs.Panel>
      <Tabs.Panel value="accounts">
        <AccountsSection people={people} />
      </Tabs.Panel>
      <Tabs.Panel value="reveals">
        <RevealsSection api={api} clinic={clinic} />
      </Tabs.Panel>
    </Tabs>
  );
}

type Props = { session: Session; exits: SessionExits; links: readonly PageLink[] };

/** The record of accesses, for auditors. Every look at it is on record itself. */
export function AuditPage({ session: { clinics }, exits, links }: Props) {
  const { transport } = useApi();
  const api = useMemo(() => new AuditApi(transport), [transport]);
  const [clinicId, setClinicId] = useState(clinics[0]?.id ?? '');
  const clinic = clinics.find(({ id }) => id === clinicId);
  return (
    <PageShell title="Record of accesses" isWide links={links} onSignOut={() => void exits.signOut()}>
      {clinics.length > 1 && (
        <NativeSelect
          label="Clinic"
          data={clinics.map(({ id, name }) => ({ value: id, label: name }))}
          value={clinicId}
          onChange={({ currentTarget }) => setClinicId(currentTarget.value)}
        />
      )}
      {clinic ? (
        <ClinicRecord key={clinic.id} api={api} clinic={clinic} />
      ) : (
        <p role="alert">You have no clinic to look at. Ask a manager.</p>
      )}
    </PageShell>
  );
}
