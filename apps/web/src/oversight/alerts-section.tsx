import { Button, Select } from '@mantine/core';
import type { AlertList, AlertState, OversightApi } from '@workflow-bolt/client';
import type { Alert } from '@workflow-bolt/contracts';
import { useCallback, useState } from 'react';
import { Nothing, Row, Rows, Tag } from '../app/page-shell.tsx';
import { useEvery } from '../ehr-link/use-every.ts';
import {
  alertDetail,
  alertText,
  byUrgency,
  type Names,
  outcomeLabel,
  severityLabel,
  severityTone,
} from './alert-words.ts';
import { LookedPart } from './looked-part.tsx';
import classes from './oversight.module.css';
import { SettleAlertDialog } from './settle-alert-dialog.tsx';
import { useLooked } from './use-looked.ts';

/** An alert that asks for a person within four hours is seen within half a minute. */
const refreshMs = 30_000;
const states = [
  { value: 'open', label: 'Open' },
  { value: 'reviewed', label: 'Settled' },
  { value: 'all', label: 'All' },
];
const nothingYet: Record<AlertState, string> = {
  open: 'No open alert.',
  reviewed:
    'None was settled lately. Settled alerts are shown for 90 days; the record of accesses keeps them.',
  all: 'No alert.',
};

type Clinic = { id: string; name: string };
type Props = { api: OversightApi; clinics: readonly Clinic[]; names: Names; canSettle: boolean };
type ListProps = Omit<Props, 'api'> & {
  list: AlertList;
  state: AlertState;
  onSettle: (alert: Alert) => void;
};

const whereOf = ({ clinic }: Alert, clinics: readonly Clinic[]): string =>
  clinic === null ? 'Whole installation' : (clinics.find(({ id }) => id === clinic)?.name ?? clinic);

function AlertTags({ alert, now }: { alert: Alert; now: number }) {
  const { severity, review, reviewDueAt } = alert;
  return (
    <>
      <Tag tone={severityTone[severity]}>{severityLabel[severity]}</Tag>
      {review && <Tag tone="calm">{outcomeLabel[review.outcome]}</Tag>}
      {!review && now > reviewDueAt && <Tag tone="red">Overdue</Tag>}
    </>
  );
}

function AlertRows({ list, clinics, names, canSettle, state, onSettle }: ListProps) {
  const shown = list.alerts.toSorted(byUrgency);
  if (shown.length === 0) return <Nothing>{nothingYet[state]}</Nothing>;
  return (
    <Rows label="Alerts">
      {shown.map((alert) => (
        <Row
          key={alert.id}
          name={alertText(alert)}
          detail={alertDetail(alert, whereOf(alert, clinics), names)}
        >
          <AlertTags alert={alert} now={list.now} />
          {canSettle && !alert.review && (
            <Button
              variant="default"
              onClick={() => onSettle(alert)}
              aria-label={`Settle: ${alertText(alert)}`}
            >
              Settle
            </Button>
          )}
        </Row>
      ))}
    </Rows>
  );
}

/** What the detection rules noticed about others, and what a person made of it. */
export function AlertsSection({ api, clinics, names, canSettle }: Props) {
  const [state, setState] = useState<AlertState>('open');
  const looked = useLooked(useCallback(() => api.alerts(state), [api, state]));
  useEvery(refreshMs, looked.look);
  const [settling, setSettling] = useState<Alert | null>(null);
  const done = () => {
    setSettling(null);
    void looked.look();
  };
  return (
    <LookedPart
      title="Alerts"
      loading="Loading alerts"
      looked={looked}
      filter={
        <Select
          className={classes.filter ?? ''}
          label="Which alerts"
          data={states}
          value={state}
          onChange={(value) => setState((value ?? 'open') as AlertState)}
          allowDeselect={false}
        />
      }
    >
      {(list) => (
        <>
          <AlertRows {...{ list, clinics, names, canSettle, state }} onSettle={setSettling} />
          {settling && (
            <SettleAlertDialog
              api={api}
              alert={settling}
              detail={alertDetail(settling, whereOf(settling, clinics), names)}
              onDone={done}
              onClose={() => setSettling(null)}
            />
          )}
        </>
      )}
    </LookedPart>
  );
}
