import { Button, NativeSelect, Tabs } from '@mantine/core';
import { AccountsApi, AuditApi, BreakGlassApi, OversightApi, type Session } from '@workflow-bolt/client';
import { type ReactNode, useMemo, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { FailureNote } from '../app/failure-note.tsx';
import { type PageLink, PageShell } from '../app/page-shell.tsx';
import { RevealsSection } from '../audit/reveals-section.tsx';
import { mayDo, mayRead } from '../session/may-administer.ts';
import type { SessionExits } from '../session/use-session.ts';
import { AccessSection } from './access-section.tsx';
import { useAskedNames, useDirectory } from './account-names.ts';
import { AlertsSection } from './alerts-section.tsx';
import { GlassSection } from './glass-section.tsx';

type Clinic = Session['clinics'][number];
type Part = { value: string; label: string; show: (clinic: Clinic) => ReactNode };

function useApis() {
  const { transport } = useApi();
  return useMemo(
    () => ({
      oversight: new OversightApi(transport),
      accounts: new AccountsApi(transport),
      audit: new AuditApi(transport),
      glass: new BreakGlassApi(transport),
    }),
    [transport],
  );
}

/** Who may not see accounts sees ids, and may ask for the names with a proof. */
function Alerts({
  session,
  apis,
  names,
}: {
  session: Session;
  apis: ReturnType<typeof useApis>;
  names: ReadonlyMap<string, string>;
}) {
  const asked = useAskedNames(apis.audit, session.clinics);
  const canAsk =
    !mayDo(session, 'account.read') && mayDo(session, 'audit.read') && session.clinics.length > 0;
  return (
    <>
      <FailureNote failure={asked.failure} />
      {canAsk && asked.names === null && (
        <Button variant="default" mb="md" loading={asked.isBusy} onClick={() => void asked.ask()}>
          Show names of accounts
        </Button>
      )}
      <AlertsSection
        api={apis.oversight}
        clinics={session.clinics}
        names={asked.names ?? names}
        canSettle={mayDo(session, 'alert.review')}
      />
    </>
  );
}

/** The parts that are about one clinic, as far as this person's roles have them. */
function usePartsOf(session: Session, apis: ReturnType<typeof useApis>) {
  const maySeeAccounts = mayDo(session, 'account.read');
  const directory = useDirectory(apis.accounts, maySeeAccounts);
  const all: readonly (Part & { may: boolean })[] = [
    {
      value: 'emergency',
      label: 'Emergency access',
      may: mayDo(session, 'break-glass.register'),
      show: (clinic) => (
        <GlassSection
          {...{ api: apis.glass, clinic, ownId: session.user.id, seesBoard: mayRead(session) }}
          canJudge={mayDo(session, 'break-glass.review')}
        />
      ),
    },
    {
      value: 'access',
      label: 'Review of access',
      may: maySeeAccounts,
      show: (clinic) => (
        <AccessSection {...{ api: apis.oversight, accountsApi: apis.accounts, session, clinic, directory }} />
      ),
    },
    {
      value: 'reveals',
      label: 'Identities revealed',
      may: mayDo(session, 'audit.summary'),
      show: (clinic) => <RevealsSection api={apis.audit} clinic={clinic} />,
    },
  ];
  return { directory, parts: session.clinics.length > 0 ? all.filter(({ may }) => may) : [] };
}

type Props = { session: Session; exits: SessionExits; links: readonly PageLink[] };

/** What somebody must look at: alerts, emergency accesses, the review of access, identities that were revealed. */
export function OversightPage({ session, exits, links }: Props) {
  const apis = useApis();
  const { clinics } = session;
  const { directory, parts } = usePartsOf(session, apis);
  const [clinicId, setClinicId] = useState(clinics[0]?.id ?? '');
  const clinic = clinics.find(({ id }) => id === clinicId);
  return (
    <PageShell title="Oversight" isWide links={links} onSignOut={() => void exits.signOut()}>
      <Tabs defaultValue="alerts" keepMounted={false}>
        <Tabs.List mb="md" aria-label="Parts of the oversight">
          <Tabs.Tab value="alerts">Alerts</Tabs.Tab>
          {parts.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="alerts">
          <Alerts session={session} apis={apis} names={directory.names} />
        </Tabs.Panel>
        {parts.map(({ value, show }) => (
          <Tabs.Panel key={value} value={value}>
            {clinics.length > 1 && (
              <NativeSelect
                label="Clinic"
                mb="md"
                data={clinics.map(({ id, name }) => ({ value: id, label: name }))}
                value={clinicId}
                onChange={({ currentTarget }) => setClinicId(currentTarget.value)}
              />
            )}
            {clinic && <div key={clinic.id}>{show(clinic)}</div>}
          </Tabs.Panel>
        ))}
      </Tabs>
    </PageShell>
  );
}
