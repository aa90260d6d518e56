import { Button, Group } from '@mantine/core';
import type { AccountApi, LinkedIdentities } from '@workflow-bolt/client';
import { useCallback, useEffect, useRef } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { Nothing, PageSection, Row, Rows } from '../app/page-shell.tsx';
import { useAction } from '../app/use-action.ts';
import { useResource } from '../app/use-resource.ts';
import { day } from '../format/moment.ts';

const returnPath = '/account/return';

const labelOf = ({ providers }: LinkedIdentities, id: string): string =>
  providers.find((provider) => provider.id === id)?.label ?? id;

/** Accounts elsewhere that open this one. Shown where this server has providers. */
export function IdentitiesSection({ api }: { api: AccountApi }) {
  const { failure, isBusy, run } = useAction();
  const { value, failure: loadFailure, reload } = useResource(useCallback(() => api.identities(), [api]));
  const isBack = useRef(false);
  useEffect(() => {
    if (isBack.current || location.pathname !== returnPath) return;
    isBack.current = true;
    const { search } = location;
    // The answer is good once; it must not stay in the address bar or in the history.
    history.replaceState(null, '', '/account');
    void run(() => api.linkOnReturn(search)).then(reload);
  }, [api, run, reload]);
  const leave = (provider: string) =>
    run(async () => location.assign((await api.leaveToLink(provider)).location));
  const unlink = async (id: string) => {
    if (await run(() => api.unlink(id))) await reload();
  };
  if (value && value.providers.length === 0 && value.identities.length === 0 && !failure) return null;
  return (
    <PageSection
      title="Linked sign-ins"
      action={
        <Group gap="xs">
          {value?.providers.map(({ id, label }) => (
            <Button key={id} variant="default" disabled={isBusy} onClick={() => void leave(id)}>
              Link {label}
            </Button>
          ))}
        </Group>
      }
    >
      <FailureNote failure={loadFailure ?? failure} />
      {value && value.identities.length === 0 && <Nothing>None linked.</Nothing>}
      {value && value.identities.length > 0 && (
        <Rows label="Linked sign-ins">
          {value.identities.map((identity) => (
            <Row
              key={identity.id}
              name={labelOf(value, identity.provider)}
              detail={`Linked ${day(identity.linkedAt)}`}
            >
              <Button
                variant="subtle"
                color="red"
                disabled={isBusy}
                onClick={() => void unlink(identity.id)}
                aria-label={`Unlink ${labelOf(value, identity.provider)}`}
              >
                Unlink
              </Button>
            </Row>
          ))}
        </Rows>
      )}
    </PageSection>
  );
}
