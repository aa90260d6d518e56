/** Files made from the Redis function library: its source for the loader, typed calls, reference pages. */
import { buildLibrary } from '../packages/store/functions/build/build-library.ts';
import { renderCalls, renderLibrary } from '../packages/store/functions/build/render-calls.ts';
import { renderFunctionsPage, renderKeysPage } from '../packages/store/functions/build/render-reference.ts';
import { accountKeyRows } from '../packages/store/src/accounts/account-keys.ts';
import { auditKeyRows } from '../packages/store/src/audit/audit-keys.ts';
import { displayKeyRows } from '../packages/store/src/displays/display-store.ts';
import { downtimeKeyRows } from '../packages/store/src/downtime/roster-notes.ts';
import { driftKeyRows } from '../packages/store/src/drift/drift-store.ts';
import { ehrLinkKeyRows } from '../packages/store/src/ehr-link/ehr-link-keys.ts';
import { emergencyKeyRows } from '../packages/store/src/emergency/emergency-keys.ts';
import { identityKeyRows } from '../packages/store/src/federation/identity-store.ts';
import { boardKeyRows } from '../packages/store/src/keys.ts';
import { oneUseKeyRows } from '../packages/store/src/passkeys/one-use-store.ts';
import { passkeyKeyRows } from '../packages/store/src/passkeys/passkey-store.ts';
import { retentionKeyRows } from '../packages/store/src/retention/retention-keys.ts';
import { searchKeyRows } from '../packages/store/src/search/search-keys.ts';
import { sessionKeyRows } from '../packages/store/src/sessions/session-keys.ts';
import { writeBackKeyRows } from '../packages/store/src/write-back/write-back-keys.ts';

export function generateFunctions(): { path: string; content: string }[] {
  const library = buildLibrary();
  const code = 'packages/store/src/generated';
  const pages = 'docs/redis-implementation/generated';
  return [
    { path: `${code}/functions.generated.ts`, content: renderLibrary(library) },
    { path: `${code}/function-calls.generated.ts`, content: renderCalls(library) },
    { path: `${pages}/functions.md`, content: renderFunctionsPage(library) },
    {
      path: `${pages}/keys.md`,
      content: renderKeysPage([
        ...boardKeyRows,
        ...driftKeyRows,
        ...downtimeKeyRows,
        ...writeBackKeyRows,
        ...auditKeyRows,
        ...retentionKeyRows,
        ...searchKeyRows,
        ...sessionKeyRows,
        ...ehrLinkKeyRows,
        ...emergencyKeyRows,
        ...displayKeyRows,
        ...accountKeyRows,
        ...passkeyKeyRows,
        ...identityKeyRows,
        ...oneUseKeyRows,
      ]),
    },
  ];
}
