import { Button, Modal, Stack } from '@mantine/core';
import type { AccountApi, OwnAccount, TotpSeed } from '@workflow-bolt/client';
import { useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { Nothing, PageSection, Row, Rows } from '../app/page-shell.tsx';
import { useAction } from '../app/use-action.ts';
import { day } from '../format/moment.ts';
import { CodeForm } from '../session/code-form.tsx';
import { TotpQr } from '../session/totp-qr.tsx';

type Props = { api: AccountApi; factors: OwnAccount['factors']; onChanged: () => void };

/** The authenticator app: add, replace, remove. */
export function AuthenticatorSection({ api, factors, onChanged }: Props) {
  const { failure, isBusy, run } = useAction();
  const [seed, setSeed] = useState<TotpSeed | null>(null);
  const confirm = async (code: string) => {
    if (!seed || !(await run(() => api.confirmTotp(seed.transaction, code)))) return;
    setSeed(null);
    onChanged();
  };
  const remove = async () => {
    if (await run(() => api.removeFactor('totp'))) onChanged();
  };
  const begin = () => run(async () => setSeed(await api.totpSeed()));
  return (
    <PageSection
      title="Authenticator app"
      action={
        <Button variant="default" disabled={isBusy} onClick={() => void begin()}>
          {factors.totp ? 'Use another app or phone' : 'Set up'}
        </Button>
      }
    >
      {!seed && <FailureNote failure={failure} />}
      {factors.totp ? (
        <Rows label="Authenticator apps">
          <Row name="Authenticator app" detail={`Added ${day(factors.totp.addedAt)}`}>
            <Button variant="subtle" color="red" disabled={isBusy} onClick={() => void remove()}>
              Remove
            </Button>
          </Row>
        </Rows>
      ) : (
        <Nothing>Not set up.</Nothing>
      )}
      {seed && (
        <Modal opened onClose={() => setSeed(null)} title="Set up an authenticator app" centered>
          <Stack>
            <TotpQr uri={seed.uri} secret={seed.secret} />
            <FailureNote failure={failure} />
            <CodeForm
              label="Six-digit code"
              description="The one that the app shows now"
              form="digits"
              submitLabel="Confirm"
              isBusy={isBusy}
              onSubmit={(code) => void confirm(code)}
            />
          </Stack>
        </Modal>
      )}
    </PageSection>
  );
}
