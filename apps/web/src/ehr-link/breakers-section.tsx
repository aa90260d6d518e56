import { Button } from '@mantine/core';
import type { EhrLinkApi, EhrLinkState } from '@workflow-bolt/client';
import type { Breaker } from '@workflow-bolt/contracts';
import { useCallback, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { Nothing, PageSection, Row, Rows, Tag } from '../app/page-shell.tsx';
import { useResource } from '../app/use-resource.ts';
import { moment } from '../format/moment.ts';
import { breakerChangeWords, breakerFace } from './breaker-words.ts';
import classes from './ehr-link.module.css';
import { ForceBreakerDialog, type ForceRequest } from './force-breaker-dialog.tsx';
import { useEvery } from './use-every.ts';

const historyShown = 12;
const refreshMs = 5_000;

type RowProps = { breaker: Breaker; canForce: boolean; onForce: (action: ForceRequest['action']) => void };

function BreakerRow({ breaker, canForce, onForce }: RowProps) {
  const { name, tone, state, lines, isForced } = breakerFace(breaker);
  const actions = isForced
    ? ([['reset', 'Give back']] as const)
    : ([
        ['open', 'Stop'],
        ['close', 'Keep on'],
      ] as const);
  return (
    <Row name={name} detail={lines.join(' ')}>
      <Tag tone={tone}>{state}</Tag>
      {canForce &&
        actions.map(([action, label]) => (
          <Button
            key={action}
            variant="default"
            onClick={() => onForce(action)}
            aria-label={`${label}: ${name.toLowerCase()}`}
          >
            {label}
          </Button>
        ))}
    </Row>
  );
}

function History({ history }: Pick<EhrLinkState['accounts'][number], 'history'>) {
  if (history.length === 0) return <Nothing>It has never turned.</Nothing>;
  return (
    <ol className={classes.history} aria-label="When it turned">
      {history.slice(0, historyShown).map((change) => (
        <li key={`${change.at} ${change.lane} ${change.to}`}>
          <time>{moment(change.at)}</time> {breakerChangeWords(change)}
        </li>
      ))}
    </ol>
  );
}

/** The circuit breakers of every EHR account: their state, how they turned, and a person's hand on them. */
export function BreakersSection({ api, canForce }: { api: EhrLinkApi; canForce: boolean }) {
  const { value, failure, reload } = useResource(useCallback(() => api.link(), [api]));
  const [request, setRequest] = useState<ForceRequest | null>(null);
  useEvery(refreshMs, reload);
  const done = () => {
    setRequest(null);
    void reload();
  };
  return (
    <PageSection title="Circuit breakers">
      <FailureNote failure={failure} />
      {value && value.accounts.length === 0 && <Nothing>No process has spoken to an EHR yet.</Nothing>}
      {value?.accounts.map(({ account, breakers, history }) => (
        <div key={account}>
          <Rows label={`Breakers of account ${account}`}>
            {breakers.map((breaker) => (
              <BreakerRow
                key={breaker.lane}
                breaker={breaker}
                canForce={canForce}
                onForce={(action) => setRequest({ account, lane: breaker.lane, action })}
              />
            ))}
          </Rows>
          <History history={history} />
        </div>
      ))}
      {request && (
        <ForceBreakerDialog api={api} request={request} onDone={done} onClose={() => setRequest(null)} />
      )}
    </PageSection>
  );
}
