import { Button } from '@mantine/core';
import { createBoardClient } from '@workflow-bolt/client';
import type { Actor, Command } from '@workflow-bolt/contracts';
import { permissions, type SyncState, syncTotals } from '@workflow-bolt/domain';
import { BoardProvider, useBoard, useBoardClient } from '@workflow-bolt/react';
import { useMemo, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import type { ClientOptions } from '../app/board-page.tsx';
import { FailureNote } from '../app/failure-note.tsx';
import { Nothing, PageSection, Row, Rows, Tag } from '../app/page-shell.tsx';
import { ConflictPanel } from '../card/conflict-panel.tsx';
import { conflictFace } from '../model/conflict-face.ts';
import { findVisit, listVisits } from '../model/entities.ts';
import { type OpenVisit, writeBackTotal } from '../model/write-back-total.ts';
import classes from './ehr-link.module.css';

const counted: readonly (readonly [SyncState, string])[] = [
  ['in-sync', 'In step'],
  ['waiting', 'Waiting'],
  ['failed', 'Failed'],
  ['conflict', 'To decide'],
];
const tags = {
  conflict: { tone: 'red', word: 'To decide' },
  failed: { tone: 'amber', word: 'Failed' },
  waiting: { tone: 'plain', word: 'Waiting' },
} as const;

type Give = (command: Command) => void;

function VisitRow({ open, role, give }: { open: OpenVisit; role: Actor['role']; give: Give }) {
  const { visitId, name, mark } = open;
  const visit = useBoard(({ entities }) => findVisit(entities, visitId));
  const day = useBoard((snapshot) => snapshot.day);
  const conflict = visit?.conflict ?? null;
  const tag = mark.state === 'in-sync' || mark.state === 'off' ? null : tags[mark.state];
  const canResolve = permissions.resolveConflict.includes(role);
  return (
    <Row name={<bdi>{name}</bdi>} detail={mark.detail}>
      {tag && <Tag tone={tag.tone}>{tag.word}</Tag>}
      {mark.state === 'failed' && permissions.retryWrite.includes(role) && (
        <Button
          variant="default"
          onClick={() => give({ type: 'retryWrite', visitId })}
          aria-label={`Try again: ${name}`}
        >
          Try again
        </Button>
      )}
      {visit && conflict && day && (
        <ConflictPanel
          face={conflictFace({ ...visit, conflict }, day)}
          patientName={name}
          onChoose={canResolve ? (choice) => give({ type: 'resolveConflict', visitId, choice }) : null}
        />
      )}
    </Row>
  );
}

function Visits({ actor }: { actor: Actor }) {
  const client = useBoardClient();
  const entities = useBoard((snapshot) => snapshot.entities);
  const day = useBoard((snapshot) => snapshot.day);
  const isAway = useBoard(({ ehr }) => ehr !== null && !ehr.isOk);
  const [failure, setFailure] = useState<string | null>(null);
  if (!day) return <Nothing>The board is being loaded.</Nothing>;
  const total = writeBackTotal(entities, day, isAway);
  const totals = syncTotals(listVisits(entities), day);
  const give = async (command: Command) => {
    setFailure(null);
    const result = await client.submit(command).settled.catch((cause: unknown) => cause);
    if (result instanceof Error) setFailure(result.message);
  };
  return (
    <>
      <FailureNote failure={failure} />
      <dl className={classes.counts}>
        {counted.map(([state, label]) => (
          <div key={state} className={classes.count}>
            <dt>{label}</dt>
            <dd>{totals[state]}</dd>
          </div>
        ))}
      </dl>
      {!total || total.open.length === 0 ? (
        <Nothing>Nothing waits, failed or is to be decided.</Nothing>
      ) : (
        <Rows label="Not written back">
          {total.open.map((open) => (
            <VisitRow
              key={open.visitId}
              open={open}
              role={actor.role}
              give={(command) => void give(command)}
            />
          ))}
        </Rows>
      )}
    </>
  );
}

type Props = {
  clinic: { id: string; name: string; today: string };
  actor: Actor;
  options: ClientOptions | undefined;
};

/** The visits of today that the EHR does not have as the board has them, kept up to date. */
export function VisitsSection({ clinic, actor, options }: Props) {
  const api = useApi();
  const { id, today, name } = clinic;
  const client = useMemo(
    () =>
      createBoardClient({
        ...{ baseUrl: '', api, clinic: id, date: today, actor },
        ...{ storage: 'memory', tabs: false, presence: false, ...options },
      }),
    [api, id, today, actor, options],
  );
  return (
    <PageSection title={`Not written back today: ${name}`}>
      <BoardProvider client={client}>
        <Visits actor={actor} />
      </BoardProvider>
    </PageSection>
  );
}
