import { Button, Modal, Text } from '@mantine/core';
import type { AccountApi, OwnAccount } from '@workflow-bolt/client';
import { useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { PageSection } from '../app/page-shell.tsx';
import { useAction } from '../app/use-action.ts';
import { plural } from '../format/duration.ts';
import { RecoveryCodes } from '../session/recovery-codes.tsx';

type Props = { api: AccountApi; factors: OwnAccount['factors']; onChanged: () => void };

/** Codes on paper, for the day when telephone and key are lost. */
export function RecoverySection({ api, factors, onChanged }: Props) {
  const { failure, isBusy, run } = useAction();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const { recoveryCodesLeft: left } = factors;
  const make = () => run(async () => setCodes(await api.newRecoveryCodes()));
  const close = () => {
    setCodes(null);
    onChanged();
  };
  return (
    <PageSection
      title="Recovery codes"
      action={
        <Button variant="default" disabled={isBusy} onClick={() => void make()}>
          Make new codes
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {left === 0 ? 'You have none.' : `${plural(left, 'code')} left.`} New codes make the old ones void.
      </Text>
      <FailureNote failure={failure} />
      {codes && (
        <Modal
          opened
          onClose={close}
          title="Keep your recovery codes"
          centered
          closeOnClickOutside={false}
          closeOnEscape={false}
          withCloseButton={false}
        >
          <RecoveryCodes codes={codes} doneLabel="Done" onDone={close} />
        </Modal>
      )}
    </PageSection>
  );
}
