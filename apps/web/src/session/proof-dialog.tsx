import { Alert, Anchor, Button, Loader, Modal, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import type { AccountApi } from '@workflow-bolt/client';
import type { Factors, StepUpPurpose } from '@workflow-bolt/contracts';
import { useCallback, useState } from 'react';
import { useResource } from '../app/use-resource.ts';
import { hasPasskeys, signWithPasskey } from './browser-passkeys.ts';
import { CodeForm } from './code-form.tsx';
import classes from './sign-in-view.module.css';

const purposes: Record<StepUpPurpose, string> = {
  export: 'to export data',
  'print-batch': 'to print a list',
  'break-glass': 'to open a record in an emergency',
  'user-admin': 'to change accounts',
  'factor-change': 'to change how you sign in',
  'audit-view': 'to read the record of accesses',
  'identity-reveal': 'to learn who patients are',
  'connector-config': 'to change a connection',
  'amendment-approval': 'to decide about an amendment',
  'token-admin': 'to manage access tokens',
  'workstation-admin': 'to manage workstations',
};

type Way = 'passkey' | 'totp' | 'recovery-code';
const wayLabels: Record<Way, string> = {
  passkey: 'Use a passkey instead',
  totp: 'Use the authenticator app instead',
  'recovery-code': 'Use a recovery code instead',
};

function waysOf({ passkeys, totp, recoveryCodesLeft }: Factors): Way[] {
  return [
    ...(passkeys > 0 && hasPasskeys() ? (['passkey'] as const) : []),
    ...(totp ? (['totp'] as const) : []),
    ...(recoveryCodesLeft > 0 ? (['recovery-code'] as const) : []),
  ];
}

type Props = {
  api: AccountApi;
  purpose: StepUpPurpose;
  isDevelopment: boolean;
  onProved: () => void;
  onClose: () => void;
};

/** Asks once more who it is, for one purpose. */
export function ProofDialog({ api, purpose, isDevelopment, onProved, onClose }: Props) {
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const attempt = async (work: () => Promise<void>) => {
    setIsBusy(true);
    setFailure(null);
    await work().then(onProved, (cause: unknown) =>
      setFailure(cause instanceof Error ? cause.message : String(cause)),
    );
    setIsBusy(false);
  };
  return (
    <Modal opened onClose={onClose} title="Is it you?" centered>
      <Stack gap="sm">
        <Text size="sm">Please confirm {purposes[purpose]}. It is good for five minutes.</Text>
        {failure && (
          <Alert color="red" role="alert">
            {failure}
          </Alert>
        )}
        {isDevelopment ? (
          <Button
            data-autofocus
            loading={isBusy}
            onClick={() => void attempt(() => api.stepUp(purpose, { method: 'development' }))}
          >
            Confirm as a demo user
          </Button>
        ) : (
          <Ways api={api} purpose={purpose} isBusy={isBusy} attempt={attempt} />
        )}
      </Stack>
    </Modal>
  );
}

type WaysProps = {
  api: AccountApi;
  purpose: StepUpPurpose;
  isBusy: boolean;
  attempt: (work: () => Promise<void>) => Promise<void>;
};

function Ways({ api, purpose, isBusy, attempt }: WaysProps) {
  const load = useCallback(async () => waysOf((await api.own()).factors), [api]);
  const { value: ways, failure } = useResource(load);
  const [chosen, setChosen] = useState<Way | null>(null);
  if (failure) return <Text role="alert">{failure}</Text>;
  if (!ways) return <Loader aria-label="Looking for what you can confirm with" />;
  const way = chosen ?? ways[0];
  if (!way) return <Text>This device has nothing you could confirm with.</Text>;
  return (
    <>
      <OneWay api={api} purpose={purpose} way={way} isBusy={isBusy} attempt={attempt} />
      <div className={classes.links}>
        {ways
          .filter((each) => each !== way)
          .map((each) => (
            <Anchor key={each} component="button" type="button" size="sm" onClick={() => setChosen(each)}>
              {wayLabels[each]}
            </Anchor>
          ))}
      </div>
    </>
  );
}

function OneWay({ api, purpose, way, isBusy, attempt }: WaysProps & { way: Way }) {
  const byPasskey = async () => {
    const { options } = await api.beginStepUpPasskey(purpose);
    await api.stepUpPasskey(purpose, await signWithPasskey(options));
  };
  if (way === 'passkey')
    return (
      <Button
        data-autofocus
        leftSection={<IconKey size={18} />}
        loading={isBusy}
        onClick={() => void attempt(byPasskey)}
      >
        Use your passkey
      </Button>
    );
  return (
    <CodeForm
      key={way}
      label={way === 'totp' ? 'Six-digit code' : 'Recovery code'}
      form={way === 'totp' ? 'digits' : 'text'}
      submitLabel="Confirm"
      isBusy={isBusy}
      onSubmit={(code) => void attempt(() => api.stepUp(purpose, { method: way, code }))}
    />
  );
}
