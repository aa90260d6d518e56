import { Button, Loader, Stack, Text, TextInput } from '@mantine/core';
import { IconDeviceMobile, IconKey } from '@tabler/icons-react';
import type { SignInApi, TotpSeed } from '@workflow-bolt/client';
import { type FormEvent, useEffect, useState } from 'react';
import { hasPasskeys } from './browser-passkeys.ts';
import { CodeForm } from './code-form.tsx';
import { EntryPanel } from './entry-panel.tsx';
import type { Journey, JourneyStep } from './sign-in-journey.ts';
import { TotpQr } from './totp-qr.tsx';

type Step = Extract<JourneyStep, { kind: 'enrol' }>;
type Props = { journey: Journey; api: SignInApi; step: Step; offersPasskeys: boolean };
type Way = 'ask' | 'totp' | 'passkey';

const lead =
  'A password alone does not open patient data. Add a second proof now; you can add more in your account later.';

function useSeed(api: SignInApi, { attempt }: Journey, transaction: string): TotpSeed | null {
  const [seed, setSeed] = useState<TotpSeed | null>(null);
  useEffect(() => {
    void attempt(async () => setSeed(await api.totpSeed(transaction)));
  }, [api, attempt, transaction]);
  return seed;
}

function EnrolTotp({ journey, api, step }: Omit<Props, 'offersPasskeys'>) {
  const seed = useSeed(api, journey, step.transaction);
  return (
    <EntryPanel
      title="Set up an authenticator app"
      lead="Scan this with an app such as Google Authenticator, Microsoft Authenticator or 1Password."
      failure={journey.failure}
    >
      {seed ? <TotpQr uri={seed.uri} secret={seed.secret} /> : <Loader aria-label="Making a key" />}
      <CodeForm
        label="Six-digit code"
        description="The one that the app shows now"
        form="digits"
        submitLabel="Confirm"
        isBusy={journey.isBusy}
        onSubmit={(code) => void journey.enrolTotp(code)}
      />
    </EntryPanel>
  );
}

function EnrolPasskey({ journey }: { journey: Journey }) {
  const [label, setLabel] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (label.trim() !== '') void journey.enrolPasskey(label.trim());
  };
  return (
    <EntryPanel
      title="Set up a passkey"
      lead="Your browser will ask for this device's fingerprint, face or PIN, or for your security key."
      failure={journey.failure}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label="What do you call this device or key?"
            placeholder="Blue key, office laptop …"
            maxLength={60}
            autoFocus
            value={label}
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
          <Button type="submit" loading={journey.isBusy} disabled={label.trim() === ''}>
            Continue
          </Button>
        </Stack>
      </form>
    </EntryPanel>
  );
}

/** Every account that sees patients has two proofs: this makes the second one. */
export function EnrolStep(props: Props) {
  const canPasskey = props.offersPasskeys && hasPasskeys();
  const [way, setWay] = useState<Way>(canPasskey ? 'ask' : 'totp');
  if (way === 'totp') return <EnrolTotp {...props} />;
  if (way === 'passkey') return <EnrolPasskey journey={props.journey} />;
  return (
    <EntryPanel title="Add a second proof" lead={lead} failure={props.journey.failure}>
      <Stack gap="xs">
        <Button leftSection={<IconKey size={18} />} onClick={() => setWay('passkey')}>
          Passkey on this device or a key
        </Button>
        <Button variant="default" leftSection={<IconDeviceMobile size={18} />} onClick={() => setWay('totp')}>
          Authenticator app
        </Button>
      </Stack>
      <Text size="sm" c="dimmed">
        A passkey is the quickest at a shared workstation, and cannot be given away by mistake.
      </Text>
    </EntryPanel>
  );
}
