import type { AccountApi } from '@workflow-bolt/client';
import { useCallback } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { PageSection } from '../app/page-shell.tsx';
import { useResource } from '../app/use-resource.ts';
import { ChangeRows } from './change-rows.tsx';

/** What others did to one's account: this is how its owner hears of it. */
export function ChangesSection({ api }: { api: AccountApi }) {
  const { value, failure } = useResource(useCallback(() => api.changes(), [api]));
  return (
    <PageSection title="Changes by others">
      <FailureNote failure={failure} />
      {value && <ChangeRows changes={value} />}
    </PageSection>
  );
}
