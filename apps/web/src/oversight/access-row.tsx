import { Button } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { AccountsApi } from '@workflow-bolt/client';
import type { AccessInForceRow, Account } from '@workflow-bolt/contracts';
import { useState } from 'react';
import { ChangeAccessDialog } from '../admin/change-access-dialog.tsx';
import { ReasonedDialog } from '../admin/reasoned-dialog.tsx';
import { Row, Tag } from '../app/page-shell.tsx';
import { accessDetail } from './access-words.ts';
import classes from './oversight.module.css';

type Clinic = { id: string; name: string };
type Props = {
  api: AccountsApi;
  row: AccessInForceRow;
  /** The account with its version; null where somebody else must change it. */
  account: Account | null;
  isOwn: boolean;
  clinics: readonly Clinic[];
  isKept: boolean;
  onKeep: (isKept: boolean) => void;
  onChanged: () => void;
};
type Deciding = 'change' | 'remove' | null;

function DecisionDialog({
  api,
  account,
  clinics,
  deciding,
  onChanged,
  onClose,
}: Pick<Props, 'api' | 'clinics' | 'onChanged'> & {
  account: Account;
  deciding: Exclude<Deciding, null>;
  onClose: () => void;
}) {
  const done = () => {
    onClose();
    onChanged();
  };
  if (deciding === 'change')
    return <ChangeAccessDialog {...{ api, account, clinics }} onDone={done} onClose={onClose} />;
  return (
    <ReasonedDialog
      title={`Remove the access of ${account.name}?`}
      text="The account is deactivated: every session ends now, open screens within seconds. The account and its history stay."
      submitLabel="Remove"
      isDangerous
      onSubmit={async ({ reason }) => void (await api.deactivate(account, reason))}
      onDone={done}
      onClose={onClose}
    />
  );
}

/** One access that is in force, and what is decided about it: keep, change, remove. */
export function AccessRow({ api, row, account, isOwn, clinics, isKept, onKeep, onChanged }: Props) {
  const [deciding, setDeciding] = useState<Deciding>(null);
  return (
    <Row name={row.name} detail={accessDetail(row, clinics)}>
      {row.isDormant && <Tag tone="amber">Dormant</Tag>}
      <span className={classes.decisions}>
        <Button
          variant={isKept ? 'light' : 'default'}
          aria-pressed={isKept}
          aria-label={`Keep ${row.name}`}
          leftSection={isKept && <IconCheck size={16} />}
          onClick={() => onKeep(!isKept)}
        >
          Keep
        </Button>
        {account ? (
          <>
            <Button variant="default" aria-label={`Change ${row.name}`} onClick={() => setDeciding('change')}>
              Change
            </Button>
            <Button variant="default" aria-label={`Remove ${row.name}`} onClick={() => setDeciding('remove')}>
              Remove
            </Button>
          </>
        ) : (
          <Tag>{isOwn ? 'You' : 'For an administrator'}</Tag>
        )}
      </span>
      {account && deciding && (
        <DecisionDialog
          {...{ api, account, clinics, deciding, onChanged }}
          onClose={() => setDeciding(null)}
        />
      )}
    </Row>
  );
}
