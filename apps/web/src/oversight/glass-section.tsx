import { Button } from '@mantine/core';
import type { BreakGlassApi } from '@workflow-bolt/client';
import type { GlassRecord } from '@workflow-bolt/contracts';
import { useCallback, useState } from 'react';
import { Nothing, Row, Rows, Tag } from '../app/page-shell.tsx';
import { glassOutcomeLabel, glassReasonLabel } from '../emergency/glass-words.ts';
import { moment } from '../format/moment.ts';
import { GlassDialog, JudgeGlassDialog } from './glass-dialog.tsx';
import { LookedPart } from './looked-part.tsx';
import { useLooked } from './use-looked.ts';

function StateTag({ record }: { record: GlassRecord }) {
  if (record.review) return <Tag tone="calm">{glassOutcomeLabel[record.review.outcome]}</Tag>;
  return record.isOverdue ? (
    <Tag tone="red">Overdue since {moment(record.reviewDueAt)}</Tag>
  ) : (
    <Tag tone="amber">Judge by {moment(record.reviewDueAt)}</Tag>
  );
}

type Clinic = { id: string; name: string };
type Props = {
  api: BreakGlassApi;
  clinic: Clinic;
  ownId: string;
  canJudge: boolean;
  seesBoard: boolean;
};

type RowProps = { record: GlassRecord; mayJudge: boolean; onOpen: (record: GlassRecord) => void };
function GlassRow({ record, mayJudge, onOpen }: RowProps) {
  const { name, openedAt, reasonCode, reason } = record;
  const said = reason === null ? '' : `: ${reason}`;
  const [word, label] = mayJudge
    ? ['Judge', `Judge the access of ${name}`]
    : ['What was done', `What was done: ${name}, ${moment(openedAt)}`];
  return (
    <Row name={name} detail={`${moment(openedAt)} · ${glassReasonLabel[reasonCode]}${said}`}>
      <StateTag record={record} />
      <Button variant="default" onClick={() => onOpen(record)} aria-label={label}>
        {word}
      </Button>
    </Row>
  );
}

/** Every emergency access of a clinic, those that wait for a judgement first, with what was done with each. */
export function GlassSection({ api, clinic, ownId, canJudge, seesBoard }: Props) {
  const looked = useLooked(useCallback(() => api.register(clinic.id), [api, clinic.id]));
  const [opened, setOpened] = useState<GlassRecord | null>(null);
  const mayJudge = ({ review, uid }: GlassRecord) => canJudge && !review && uid !== ownId;
  const close = () => setOpened(null);
  const done = () => {
    close();
    void looked.look();
  };
  const hrefOf = ({ date, visitId }: GlassRecord) =>
    seesBoard ? `/?${new URLSearchParams({ clinic: clinic.id, date, visit: visitId })}` : null;
  return (
    <LookedPart
      title={`Emergency accesses of ${clinic.name}`}
      loading="Loading emergency accesses"
      looked={looked}
    >
      {({ records }) => (
        <>
          {records.length === 0 && <Nothing>None so far.</Nothing>}
          {records.length > 0 && (
            <Rows label="Emergency accesses">
              {records.map((record) => (
                <GlassRow key={record.id} record={record} mayJudge={mayJudge(record)} onOpen={setOpened} />
              ))}
            </Rows>
          )}
          {opened && mayJudge(opened) && (
            <JudgeGlassDialog
              {...{ api, record: opened, boardHref: hrefOf(opened), onDone: done, onClose: close }}
            />
          )}
          {opened && !mayJudge(opened) && (
            <GlassDialog {...{ api, record: opened, boardHref: hrefOf(opened), onClose: close }} />
          )}
        </>
      )}
    </LookedPart>
  );
}
