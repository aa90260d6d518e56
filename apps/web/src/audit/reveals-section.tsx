import type { AuditApi } from '@workflow-bolt/client';
import { useCallback } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { Nothing, PageSection, Row, Rows } from '../app/page-shell.tsx';
import { useResource } from '../app/use-resource.ts';
import { moment } from '../format/moment.ts';
import { revealReasonLabel } from './audit-words.ts';

type Props = { api: AuditApi; clinic: { id: string; name: string } };

/** Who had identities revealed, and why: for managers, who answer for it, with what was typed. */
export function RevealsSection({ api, clinic }: Props) {
  const { value, failure } = useResource(useCallback(() => api.reveals(clinic.id), [api, clinic.id]));
  return (
    <PageSection title={`Identities revealed in ${clinic.name}`}>
      <FailureNote failure={failure} />
      {value && value.length === 0 && <Nothing>None so far.</Nothing>}
      {value && value.length > 0 && (
        <Rows label="Identities revealed">
          {value.map(({ id, name, at, patients, reasonCode, reason }) => (
            <Row
              key={id}
              name={`${name}: ${patients.join(', ')}`}
              detail={`${moment(at)} · ${revealReasonLabel[reasonCode]}${reason === null ? '' : `: ${reason}`}`}
            />
          ))}
        </Rows>
      )}
    </PageSection>
  );
}
