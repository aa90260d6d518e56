import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './global.css';
import '../print/print-mark.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import type { ApiClient } from '@workflow-bolt/client';
import { isWebPage } from '@workflow-bolt/contracts';
import { lazy, type ReactNode } from 'react';
import { SessionGate } from '../session/session-gate.tsx';
import { ApiContext } from './api-context.ts';
import type { ClientOptions } from './board-page.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { NoSuchPage } from './no-such-page.tsx';
import { Page, PageOf } from './page-of.tsx';
import { theme } from './theme.ts';
import { pageNonce } from './trusted-types.ts';

const WallPage = lazy(() =>
  import('../wall/wall-page.tsx').then(({ WallPage: Wall }) => ({ default: Wall })),
);

type ShellProps = {
  children: ReactNode;
  /** True where no stylesheet brings the theme's variables, as in tests. */
  withVariables?: boolean;
  env?: 'test' | 'default';
};

/** Theme and notices around everything. Style elements that the library makes carry the page's nonce. */
export function AppShell({ children, withVariables = false, env = 'default' }: ShellProps) {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={withVariables}
      withGlobalClasses={withVariables}
      env={env}
      getStyleNonce={pageNonce}
    >
      <ErrorBoundary>{children}</ErrorBoundary>
      <Notifications position="bottom-center" limit={3} containerWidth={420} />
    </MantineProvider>
  );
}

/** The whole application; `clientOptions` are for tests and stories. */
export function App({ api, clientOptions }: { api: ApiClient; clientOptions?: ClientOptions }) {
  if (!isWebPage(location.pathname)) return <NoSuchPage />;
  return (
    <ApiContext value={api}>
      {isWall() ? (
        <Page>
          <WallPage />
        </Page>
      ) : (
        <SessionGate>
          {(session, exits) => <PageOf session={session} exits={exits} options={clientOptions} />}
        </SessionGate>
      )}
    </ApiContext>
  );
}

/** A screen on a wall has no session to ask for. */
const isWall = (): boolean => location.pathname.replace(/\/$/, '') === '/wall';
