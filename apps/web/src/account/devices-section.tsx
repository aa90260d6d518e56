import { Button } from '@mantine/core';
import type { ListedSession, SessionApi } from '@workflow-bolt/client';
import { useCallback } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { PageSection, Row, Rows, Tag } from '../app/page-shell.tsx';
import { useAction } from '../app/use-action.ts';
import { useResource } from '../app/use-resource.ts';
import { moment } from '../format/moment.ts';

const detailOf = ({ createdAt, lastActiveAt, station }: ListedSession): string =>
  [
    ...(station === null ? [] : [station]),
    `since ${moment(createdAt)}`,
    `last active ${moment(lastActiveAt)}`,
  ].join(' · ');

/** Where one is signed in, and how to end it there. */
export function DevicesSection({ api }: { api: SessionApi }) {
  const { failure, isBusy, run } = useAction();
  const { value, failure: loadFailure, reload } = useResource(useCallback(() => api.list(), [api]));
  const end = async (work: () => Promise<void>) => {
    if (await run(work)) await reload();
  };
  const others = value?.filter(({ isThisOne }) => !isThisOne) ?? [];
  return (
    <PageSection
      title="Devices"
      action={
        others.length > 0 && (
          <Button variant="default" disabled={isBusy} onClick={() => void end(() => api.revokeOthers())}>
            Sign out all others
          </Button>
        )
      }
    >
      <FailureNote failure={loadFailure ?? failure} />
      {value && (
        <Rows label="Devices">
          {value.map((session) => (
            <Row key={session.id} name={session.device} detail={detailOf(session)}>
              {session.isThisOne && <Tag tone="calm">This device</Tag>}
              {session.state === 'parked' && <Tag>Locked</Tag>}
              {!session.isThisOne && (
                <Button
                  variant="subtle"
                  color="red"
                  disabled={isBusy}
                  onClick={() => void end(() => api.revoke(session.id))}
                  aria-label={`Sign out ${session.device}`}
                >
                  Sign out
                </Button>
              )}
            </Row>
          ))}
        </Rows>
      )}
    </PageSection>
  );
}
