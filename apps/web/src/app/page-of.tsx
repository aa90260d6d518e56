import { Center, Loader } from '@mantine/core';
import type { Session } from '@workflow-bolt/client';
import { lazy, type ReactNode, Suspense } from 'react';
import { mayAdminister } from '../session/may-administer.ts';
import type { SessionExits } from '../session/use-session.ts';
import { BoardPage, type ClientOptions } from './board-page.tsx';
import type { PageLink } from './page-shell.tsx';

const AccountPage = lazy(() =>
  import('../account/account-page.tsx').then(({ AccountPage: Page }) => ({ default: Page })),
);
const AdminPage = lazy(() =>
  import('../admin/admin-page.tsx').then(({ AdminPage: Page }) => ({ default: Page })),
);

type Props = { session: Session; exits: SessionExits; options: ClientOptions | undefined };

/** The page that the address names. Pages are documents of their own: leaving the board forgets the board. */
export function PageOf({ session, exits, options }: Props) {
  const [, first] = location.pathname.split('/');
  // Whoever runs the system sees no patient, and has no board.
  const hasBoard = session.clinics.length > 0 && !session.roles.every((role) => role === 'admin');
  const isAdmin = first === 'admin' || (!hasBoard && first !== 'account');
  const linksOf = (page: 'account' | 'admin'): PageLink[] => [
    ...(hasBoard ? [{ href: '/', label: 'Board' }] : []),
    ...(page === 'account' && mayAdminister(session) ? [{ href: '/admin', label: 'Administration' }] : []),
    ...(page === 'admin' ? [{ href: '/account', label: 'Your account' }] : []),
  ];
  if (first === 'account')
    return <Page>{<AccountPage session={session} exits={exits} links={linksOf('account')} />}</Page>;
  if (isAdmin && mayAdminister(session))
    return <Page>{<AdminPage session={session} exits={exits} links={linksOf('admin')} />}</Page>;
  return <BoardPage session={session} exits={exits} options={options} />;
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
