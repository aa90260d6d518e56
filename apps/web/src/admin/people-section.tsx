import { Button, Group, Loader, Select, TextInput } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import type { AccountEnrolment, AccountList, AccountsApi, Session } from '@workflow-bolt/client';
import type { Account } from '@workflow-bolt/contracts';
import { useCallback, useMemo, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { Nothing, PageSection, Row, Rows, Tag } from '../app/page-shell.tsx';
import { useResource } from '../app/use-resource.ts';
import { roleLabel } from '../session/role-label.ts';
import { EnrolmentDialog } from './enrolment-dialog.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import classes from './people-section.module.css';
import { PersonActions } from './person-actions.tsx';
import { ServiceDialog } from './service-dialog.tsx';

type Props = { api: AccountsApi; session: Session };
type State = Account['state'] | 'all';

const states = [
  { value: 'active', label: 'Active' },
  { value: 'deactivated', label: 'Deactivated' },
  { value: 'all', label: 'All' },
];

const nobodyYet = 'Nobody has an account here yet. Invite the first person.';

function detailOf({ login, roles, clinics, kind }: Account, list: AccountList): string {
  const clinicName = (id: string) => list.clinics.find((clinic) => clinic.id === id)?.name ?? id;
  return [
    ...(kind === 'service' ? ['Service'] : login === null ? [] : [login]),
    roles.map((role) => roleLabel[role]).join(', '),
    ...(clinics.length > 0 ? [clinics.map(clinicName).join(', ')] : []),
  ].join(' · ');
}

function useFilter(list: AccountList | null) {
  const [text, setText] = useState('');
  const [state, setState] = useState<State>('active');
  const shown = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    return (list?.accounts ?? [])
      .filter((account) => state === 'all' || account.state === state)
      .filter(({ name, login }) => `${name} ${login ?? ''}`.toLowerCase().includes(wanted))
      .toSorted((a, b) => a.name.localeCompare(b.name));
  }, [list, text, state]);
  return { text, setText, state, setState, shown };
}

/** Everybody whom this person may administer. */
export function PeopleSection({ api, session }: Props) {
  const { value: list, failure, reload } = useResource(useCallback(() => api.list(), [api]));
  const filter = useFilter(list);
  const [adding, setAdding] = useState<Account['kind'] | null>(null);
  const close = () => setAdding(null);
  const [enrolled, setEnrolled] = useState<AccountEnrolment | null>(null);
  const show = (made: AccountEnrolment) => {
    close();
    setEnrolled(made);
    void reload();
  };
  return (
    <PageSection
      title="People"
      action={
        <Group gap="xs">
          <Button variant="default" disabled={!list} onClick={() => setAdding('service')}>
            Add a service
          </Button>
          <Button
            leftSection={<IconUserPlus size={18} />}
            disabled={!list}
            onClick={() => setAdding('human')}
          >
            Invite
          </Button>
        </Group>
      }
    >
      <FailureNote failure={failure} />
      <div className={classes.filter}>
        <TextInput
          type="search"
          aria-label="Search people"
          placeholder="Search by name"
          value={filter.text}
          onChange={(event) => filter.setText(event.currentTarget.value)}
        />
        <Select
          aria-label="Which accounts"
          data={states}
          value={filter.state}
          onChange={(value) => filter.setState((value ?? 'active') as State)}
          allowDeselect={false}
        />
      </div>
      {!list && !failure && <Loader aria-label="Loading people" />}
      {list && filter.shown.length === 0 && (
        <Nothing>{list.accounts.length === 0 ? nobodyYet : 'Nobody of this kind.'}</Nothing>
      )}
      {list && filter.shown.length > 0 && (
        <Rows label="People">
          {filter.shown.map((account) => (
            <Row key={account.uid} name={account.name} detail={detailOf(account, list)}>
              {account.state === 'deactivated' && <Tag tone="amber">Deactivated</Tag>}
              {account.uid === session.user.id ? (
                <Tag>You</Tag>
              ) : (
                <PersonActions
                  api={api}
                  account={account}
                  clinics={list.clinics}
                  onChanged={() => void reload()}
                  onEnrolled={show}
                />
              )}
            </Row>
          ))}
        </Rows>
      )}
      {adding === 'human' && list && (
        <InviteDialog api={api} clinics={list.clinics} onMade={show} onClose={close} />
      )}
      {adding === 'service' && list && (
        <ServiceDialog api={api} clinics={list.clinics} onMade={show} onClose={close} />
      )}
      {enrolled?.enrolment && (
        <EnrolmentDialog
          name={enrolled.account.name}
          enrolment={enrolled.enrolment}
          onClose={() => setEnrolled(null)}
        />
      )}
    </PageSection>
  );
}
