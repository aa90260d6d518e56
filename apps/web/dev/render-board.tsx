import { notifications } from '@mantine/notifications';
import { cleanup, configure, render } from '@testing-library/react';
import { ApiClient, type ClientStorage, memoryStorage } from '@workflow-bolt/client';
import { App, AppShell } from '../src/app/app.tsx';
import type { FakeServer } from './fake-server.ts';

/** What jsdom lacks and the component library asks for. */
function fillBrowser(): void {
  window.matchMedia = (query: string) =>
    ({
      matches: false,
      media: query,
      addEventListener: () => {},
      removeEventListener: () => {},
      addListener: () => {},
      removeListener: () => {},
    }) as unknown as MediaQueryList;
  window.ResizeObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  } as unknown as typeof ResizeObserver;
  Element.prototype.scrollIntoView = () => {};
  Object.assign(document, { fonts: new EventTarget() });
  globalThis.CSS ??= { escape: (text: string) => text } as typeof CSS;
}

// A busy machine is no failure.
configure({ asyncUtilTimeout: 10_000 });

/** jsdom has no IndexedDB; this storage says of itself that it lasts. */
function lastingStorage(): ClientStorage {
  return Object.assign(
    memoryStorage(() => crypto.randomUUID()),
    { kind: 'indexeddb' as const },
  );
}

/** The whole application against a server in memory, at an address such as `?view=wall`. */
export function renderBoard(server: FakeServer, search = '', options: { canSave?: boolean } = {}): void {
  fillBrowser();
  cleanup();
  notifications.clean();
  window.history.replaceState(null, '', `/${search}`);
  render(
    <AppShell withVariables env="test">
      <App
        api={new ApiClient({ baseUrl: '', fetch: server.fetch })}
        clientOptions={{
          fetch: server.fetch,
          storage: options.canSave ? lastingStorage() : 'memory',
          tabs: false,
          presence: false,
          notify: 'sync',
        }}
      />
    </AppShell>,
  );
}
