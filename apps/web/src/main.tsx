import { ApiClient } from '@workflow-bolt/client';
import { createRoot } from 'react-dom/client';
import { App, AppShell } from './app/app.tsx';
import { installTrustedTypes } from './app/trusted-types.ts';
// After the library's own stylesheet, whose variables it replaces.
import 'virtual:theme-variables.css';

installTrustedTypes();
const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
createRoot(root).render(
  <AppShell>
    <App api={new ApiClient({ baseUrl: '' })} />
  </AppShell>,
);
