import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { AccountEnrolment, AccountsApi } from '@workflow-bolt/client';
import type { Account } from '@workflow-bolt/contracts';
import { useState } from 'react';
import type { ClinicChoice } from './access-fields.tsx';
import { ChangesDialog, RenameDialog, ServiceTokensDialog } from './account-dialogs.tsx';
import { ChangeAccessDialog } from './change-access-dialog.tsx';
import { ReasonedDialog } from './reasoned-dialog.tsx';

type Props = {
  api: AccountsApi;
  account: Account;
  clinics: readonly ClinicChoice[];
  onChanged: () => void;
  /** A one-time code was made. */
  onEnrolled: (made: AccountEnrolment) => void;
};
type Kind = 'access' | 'rename' | 'deactivate' | 'activate' | 'invite' | 'reset' | 'tokens' | 'changes';

function Items({ account, onPick }: { account: Account; onPick: (kind: Kind) => void }) {
  const changes = <Menu.Item onClick={() => onPick('changes')}>Who changed it, and why</Menu.Item>;
  if (account.state === 'deactivated')
    return (
      <>
        <Menu.Item onClick={() => onPick('activate')}>Activate again</Menu.Item>
        {changes}
      </>
    );
  return (
    <>
      <Menu.Item onClick={() => onPick('access')}>Change roles and clinics</Menu.Item>
      <Menu.Item onClick={() => onPick('rename')}>Rename</Menu.Item>
      {changes}
      {account.kind === 'service' && <Menu.Item onClick={() => onPick('tokens')}>Access tokens</Menu.Item>}
      {account.kind === 'human' && (
        <>
          <Menu.Item onClick={() => onPick('invite')}>New invitation code</Menu.Item>
          <Menu.Item onClick={() => onPick('reset')}>Reset sign-in</Menu.Item>
        </>
      )}
      <Menu.Divider />
      <Menu.Item color="red" onClick={() => onPick('deactivate')}>
        Deactivate
      </Menu.Item>
    </>
  );
}

/** Everything that can be done about one account. */
export function PersonActions(props: Props) {
  const { account } = props;
  const [kind, setKind] = useState<Kind | null>(null);
  return (
    <>
      <Menu position="bottom-end" width={230} shadow="md">
        <Menu.Target>
          <ActionIcon variant="default" size={40} aria-label={`Actions for ${account.name}`}>
            <IconDots size={20} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Items account={account} onPick={setKind} />
        </Menu.Dropdown>
      </Menu>
      {kind && <Dialog {...props} kind={kind} close={() => setKind(null)} />}
    </>
  );
}

function Dialog({
  api,
  account,
  clinics,
  kind,
  close,
  onChanged,
  onEnrolled,
}: Props & { kind: Kind; close: () => void }) {
  const done = () => {
    close();
    onChanged();
  };
  const enrolled = (made: AccountEnrolment) => {
    close();
    onEnrolled(made);
  };
  switch (kind) {
    case 'rename':
      return <RenameDialog {...{ api, account }} onDone={done} onClose={close} />;
    case 'tokens':
      return <ServiceTokensDialog {...{ api, account }} onClose={close} />;
    case 'changes':
      return <ChangesDialog {...{ api, account }} onClose={close} />;
    case 'access':
      return <ChangeAccessDialog {...{ api, account, clinics }} onDone={done} onClose={close} />;
    case 'deactivate':
      return (
        <ReasonedDialog
          title={`Deactivate ${account.name}?`}
          text="Every session and access token ends now, open screens within seconds. The account and its history stay."
          submitLabel="Deactivate"
          isDangerous
          onSubmit={async ({ reason }) => void (await api.deactivate(account, reason))}
          onDone={done}
          onClose={close}
        />
      );
    case 'activate':
      return (
        <ReasonedDialog
          title={`Activate ${account.name} again?`}
          text="They can sign in with what they used before."
          submitLabel="Activate"
          onSubmit={async ({ reason }) => void (await api.activate(account, reason))}
          onDone={done}
          onClose={close}
        />
      );
    case 'invite':
      return (
        <ReasonedDialog
          title={`New code for ${account.name}?`}
          text="Only for somebody who has not used the first one. The former code is void."
          submitLabel="Make a code"
          asks={[]}
          onSubmit={async () => enrolled(await api.invite(account))}
          onDone={close}
          onClose={close}
        />
      );
    case 'reset':
      return (
        <ReasonedDialog
          title={`Reset the sign-in of ${account.name}?`}
          text="Ask them to press “I cannot sign in” and to read you the eight digits. Make sure it is really them: everything they signed in with is erased."
          submitLabel="Reset"
          isDangerous
          asks={['number', 'reason']}
          onSubmit={async ({ number, reason }) => enrolled(await api.reset(account, number, reason))}
          onDone={close}
          onClose={close}
        />
      );
  }
}
