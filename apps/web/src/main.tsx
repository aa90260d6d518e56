// Before everything else: what it imports is already held to the policy.
import './app/page-policy.ts';
import { ApiClient } from '@workflow-bolt/client';
import { createRoot } from 'react-dom/client';
import { App, AppShell } from './app/app.tsx';
// After the library's own stylesheet, whose variables it replaces.
import 'virtual:theme-variables.css';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
createRoot(root).render(
  <AppShell>
    <App api={new ApiClient({ baseUrl: '' })} />
  </AppShell>,
);
