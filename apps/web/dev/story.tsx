import { ApiClient } from '@workflow-bolt/client';
import { createRoot } from 'react-dom/client';
import { App, AppShell } from '../src/app/app.tsx';
import { addOddities, demoBoard } from './demo-board.ts';
// After the library's own stylesheet, whose variables it replaces.
import 'virtual:theme-variables.css';

const query = new URLSearchParams(location.search);
const { server } = demoBoard({
  appointments: Number(query.get('appointments') ?? 44),
  minute: Number(query.get('minute') ?? 9 * 60 + 40),
  signedIn: query.has('out') ? null : (query.get('as') ?? 'marcus'),
});
if (!query.has('plain')) addOddities(server);
Object.assign(window, { server });
const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <AppShell>
      <App
        api={new ApiClient({ baseUrl: '', fetch: server.fetch })}
        clientOptions={{ fetch: server.fetch, storage: 'memory', tabs: false, presence: false }}
      />
    </AppShell>,
  );
