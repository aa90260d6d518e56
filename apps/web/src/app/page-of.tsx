import { Center, Loader } from '@mantine/core';
import type { Session } from '@workflow-bolt/client';
import { lazy, type ReactNode, Suspense } from 'react';
import {
  mayAdminister,
  mayCompare,
  mayOpenEhrLink,
  mayOversee,
  mayRead,
  mayReadRecord,
  maySeeQueues,
} from '../session/may-administer.ts';
import type { SessionExits } from '../session/use-session.ts';
import { BoardPage, type ClientOptions } from './board-page.tsx';
import { NotYourPage } from './no-such-page.tsx';
import type { PageLink } from './page-shell.tsx';

const AccountPage = lazy(() =>
  import('../account/account-page.tsx').then(({ AccountPage: Page }) => ({ default: Page })),
);
const AdminPage = lazy(() =>
  import('../admin/admin-page.tsx').then(({ AdminPage: Page }) => ({ default: Page })),
);
const EhrLinkPage = lazy(() =>
  import('../ehr-link/ehr-link-page.tsx').then(({ EhrLinkPage: Page }) => ({ default: Page })),
);

const DriftPage = lazy(() =>
  import('../drift/drift-page.tsx').then(({ DriftPage: Page }) => ({ default: Page })),
);
const AuditPage = lazy(() =>
  import('../audit/audit-page.tsx').then(({ AuditPage: Page }) => ({ default: Page })),
);
const OversightPage = lazy(() =>
  import('../oversight/oversight-page.tsx').then(({ OversightPage: Page }) => ({ default: Page })),
);
const QueuesPage = lazy(() =>
  import('../queues/queues-page.tsx').then(({ QueuesPage: Page }) => ({ default: Page })),
);

/** The pages beside the board. */
const pageLabels = {
  account: 'Your account',
  admin: 'Administration',
  'ehr-link': 'EHR link',
  drift: 'Differences',
  jobs: 'Queues',
  audit: 'Record of accesses',
  oversight: 'Oversight',
} as const;
type PageName = keyof typeof pageLabels;

const ReportPage = lazy(() =>
  import('../history/report-page.tsx').then(({ ReportPage: Report }) => ({ default: Report })),
);

type Props = { session: Session; exits: SessionExits; options: ClientOptions | undefined };

/** The page that the address names. Pages are documents of their own: leaving the board forgets the board. */
export function PageOf({ session, exits, options }: Props) {
  const [, first = ''] = location.pathname.split('/');
  // Whoever runs the system, or watches over it, sees no patient, and has no board.
  const hasBoard = session.clinics.length > 0 && mayRead(session);
  const home = homeOf(session, hasBoard);
  const isAsked = first in pageLabels || first === 'report';
  const may: Record<PageName, boolean> = {
    admin: mayAdminister(session),
    'ehr-link': mayOpenEhrLink(session),
    drift: hasBoard && mayCompare(session),
    jobs: maySeeQueues(session),
    audit: mayReadRecord(session),
    oversight: mayOversee(session),
    account: true,
  };
  const linksOf = (page: PageName): PageLink[] => [
    ...(hasBoard ? [{ href: '/', label: 'Board' }] : []),
    ...(['admin', 'oversight', 'audit', 'ehr-link', 'drift', 'jobs', 'account'] as const)
      .filter((each) => each !== page && may[each])
      .map((each) => ({ href: `/${each}`, label: pageLabels[each] })),
  ];
  const page = isAsked ? first : home;
  if (page in may && !may[page as PageName]) return <NotYourPage />;
  switch (page) {
    case 'account':
      return <Page>{<AccountPage session={session} exits={exits} links={linksOf('account')} />}</Page>;
    case 'ehr-link':
      return (
        <Page>
          <EhrLinkPage session={session} exits={exits} links={linksOf('ehr-link')} options={options} />
        </Page>
      );
    case 'drift':
      return <Page>{<DriftPage session={session} exits={exits} links={linksOf('drift')} />}</Page>;
    case 'jobs':
      return <Page>{<QueuesPage session={session} exits={exits} links={linksOf('jobs')} />}</Page>;
    case 'oversight':
      return <Page>{<OversightPage session={session} exits={exits} links={linksOf('oversight')} />}</Page>;
    case 'audit':
      return <Page>{<AuditPage session={session} exits={exits} links={linksOf('audit')} />}</Page>;
    case 'admin':
      return <Page>{<AdminPage session={session} exits={exits} links={linksOf('admin')} />}</Page>;
    case 'report':
      if (!hasBoard) return <NotYourPage />;
      return <Page>{<ReportPage session={session} exits={exits} />}</Page>;
    default:
      return <BoardPage session={session} exits={exits} options={options} />;
  }
}

/** What a person's day begins with: who has no board begins with what they watch over. */
function homeOf(session: Session, hasBoard: boolean): PageName | 'board' {
  if (hasBoard) return 'board';
  if (mayAdminister(session)) return 'admin';
  return mayReadRecord(session) ? 'audit' : 'board';
}

/** Waits for the code of a page that is no part of the board's. */
export function Page({ children }: { children: ReactNode }) {
  return (
    <Suspense
      fallback={
        <Center h="100%">
          <Loader aria-label="Loading the page" />
        </Center>
      }
    >
      {children}
    </Suspense>
  );
}
