import { Loader, Text } from '@mantine/core';
import { AccountApi, type OwnAccount, type Session, SessionApi } from '@workflow-bolt/client';
import { useCallback, useMemo } from 'react';
import { useApi } from '../app/api-context.ts';
import { FailureNote } from '../app/failure-note.tsx';
import { type PageLink, PageSection, PageShell } from '../app/page-shell.tsx';
import { useResource } from '../app/use-resource.ts';
import { roleLabel } from '../session/role-label.ts';
import type { SessionExits } from '../session/use-session.ts';
import { AuthenticatorSection } from './authenticator-section.tsx';
import { ChangesSection } from './changes-section.tsx';
import { DevicesSection } from './devices-section.tsx';
import { IdentitiesSection } from './identities-section.tsx';
import { PasskeysSection } from './passkeys-section.tsx';
import { PasswordSection } from './password-section.tsx';
import { PinSection } from './pin-section.tsx';
import { RecoverySection } from './recovery-section.tsx';
import { TokensSection } from './tokens-section.tsx';

type Props = { session: Session; exits: SessionExits; links: readonly PageLink[] };

function Who({ account }: { account: OwnAccount['account'] }) {
  return (
    <PageSection title={account.name}>
      <Text size="sm">{account.roles.map((role) => roleLabel[role]).join(', ')}</Text>
      <Text size="sm" c="dimmed">
        Roles and clinics are changed by a manager.
      </Text>
    </PageSection>
  );
}

/** What somebody can do about their own account. */
export function AccountPage({ session, exits, links }: Props) {
  const api = useApi();
  const accountApi = useMemo(() => new AccountApi(api.transport), [api]);
  const sessionApi = useMemo(() => new SessionApi(api), [api]);
  return (
    <PageShell title="Your account" links={links} onSignOut={() => void exits.signOut()}>
      {session.isDevelopment ? (
        <PageSection title={session.user.name}>
          <Text>Demo users have no account: nobody asked them for a password.</Text>
        </PageSection>
      ) : (
        <Sections api={accountApi} sessionApi={sessionApi} />
      )}
    </PageShell>
  );
}

function Sections({ api, sessionApi }: { api: AccountApi; sessionApi: SessionApi }) {
  const { value, failure, reload } = useResource(useCallback(() => api.own(), [api]));
  if (failure) return <FailureNote failure={failure} />;
  if (!value) return <Loader aria-label="Loading your account" />;
  const { account, factors } = value;
  const changed = () => void reload();
  return (
    <>
      <Who account={account} />
      <PasskeysSection api={api} onChanged={changed} />
      <AuthenticatorSection api={api} factors={factors} onChanged={changed} />
      <RecoverySection api={api} factors={factors} onChanged={changed} />
      <PasswordSection api={api} login={account.login} />
      <IdentitiesSection api={api} />
      <PinSection api={sessionApi} />
      <DevicesSection api={sessionApi} />
      <TokensSection api={sessionApi} />
      <ChangesSection api={api} />
    </>
  );
}
