import { EhrLinkApi, type Session } from '@workflow-bolt/client';
import { actionMatrix } from '@workflow-bolt/domain';
import { useMemo } from 'react';
import { useApi } from '../app/api-context.ts';
import { actorOf, type ClientOptions } from '../app/board-page.tsx';
import { type PageLink, PageShell } from '../app/page-shell.tsx';
import type { SessionExits } from '../session/use-session.ts';
import { BreakersSection } from './breakers-section.tsx';
import { DriftSection } from './drift-section.tsx';
import classes from './ehr-link.module.css';
import { VisitsSection } from './visits-section.tsx';
import { WriteBackSection } from './write-back-section.tsx';

type Props = {
  session: Session;
  exits: SessionExits;
  links: readonly PageLink[];
  options: ClientOptions | undefined;
};

/** How the link to the EHR stands and what can be done about it: breakers, write-back, open visits, differences. */
export function EhrLinkPage({ session, exits, links, options }: Props) {
  const { transport } = useApi();
  const api = useMemo(() => new EhrLinkApi(transport), [transport]);
  const actor = useMemo(() => actorOf(session), [session]);
  const { roles, clinics } = session;
  const may = (action: keyof typeof actionMatrix): boolean =>
    roles.some((role) => actionMatrix[action].who[role] !== undefined);
  return (
    <PageShell title="EHR link" isWide links={links} onSignOut={() => void exits.signOut()}>
      {may('config.read') && <BreakersSection api={api} canForce={may('config.write')} />}
      {clinics.map((clinic) => (
        <section key={clinic.id} className={classes.clinic} aria-label={clinic.name}>
          {may('write-back.read') && (
            <WriteBackSection api={api} clinic={clinic} canSwitch={may('write-back.set')} />
          )}
          {may('read') && <VisitsSection clinic={clinic} actor={actor} options={options} />}
          {may('drift.read') && <DriftSection api={api} clinic={clinic} />}
        </section>
      ))}
    </PageShell>
  );
}
