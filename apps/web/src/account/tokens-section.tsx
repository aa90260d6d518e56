import { Button, Code, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import type { ApiTokenRequest, NewApiToken, TokenDesk } from '@workflow-bolt/client';
import { apiTokenDaysMax, type RouteAction } from '@workflow-bolt/contracts';
import { type FormEvent, useCallback, useState } from 'react';
import { ChoiceGroup } from '../app/choice-group.tsx';
import { FailureNote } from '../app/failure-note.tsx';
import { Nothing, PageSection, Row, Rows } from '../app/page-shell.tsx';
import { type Action, useAction } from '../app/use-action.ts';
import { useResource } from '../app/use-resource.ts';
import { day } from '../format/moment.ts';

/** What scripts are for; the rest is for people. */
const scopes: { value: RouteAction; label: string }[] = [
  { value: 'read', label: 'Read boards' },
  { value: 'stream', label: 'Follow boards live' },
  { value: 'history', label: 'Read the history of a day' },
  { value: 'visit-history', label: 'Read the history of a visit' },
  { value: 'metrics', label: 'Read numbers of the day' },
  { value: 'command', label: 'Take steps on a board' },
  { value: 'import', label: 'Import schedules' },
  { value: 'sync', label: 'Ask the EHR for a day' },
];
const lives = [7, 30, apiTokenDaysMax].map((days) => ({ value: String(days), label: `${days} days` }));
const labelOf = (scope: RouteAction): string => scopes.find(({ value }) => value === scope)?.label ?? scope;

type MakeProps = { action: Action; onMake: (request: ApiTokenRequest) => void; onClose: () => void };

function MakeDialog({ action, onMake, onClose }: MakeProps) {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string[]>(['read']);
  const [days, setDays] = useState<string | null>('30');
  const canMake = name.trim() !== '' && chosen.length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (canMake) onMake({ name: name.trim(), scopes: chosen as RouteAction[], days: Number(days) });
  };
  return (
    <Modal opened onClose={onClose} title="New access token" centered>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <FailureNote failure={action.failure} />
          <TextInput
            label="What is it for?"
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          <ChoiceGroup label="It may" choices={scopes} chosen={chosen} onChange={setChosen} />
          <Select label="For" data={lives} value={days} onChange={setDays} allowDeselect={false} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={action.isBusy} disabled={!canMake}>
              Make token
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function SecretDialog({ made, onClose }: { made: NewApiToken; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={`Token “${made.token.name}”`} centered closeOnClickOutside={false}>
      <Stack gap="sm">
        <Text size="sm">Copy it now: it is shown this once. Whoever has it may do what it names.</Text>
        <Code block aria-label="The token" tabIndex={0}>
          {made.secret}
        </Code>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => void navigator.clipboard.writeText(made.secret)}>
            Copy
          </Button>
          <Button onClick={onClose}>I have kept it</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Tokens for scripts, one's own or a service's; never more than their owner may. */
export function TokensSection({ api }: { api: TokenDesk }) {
  const action = useAction();
  const [isMaking, setIsMaking] = useState(false);
  const [made, setMade] = useState<NewApiToken | null>(null);
  const { value, failure, reload } = useResource(useCallback(() => api.tokens(), [api]));
  const make = async (request: ApiTokenRequest) => {
    if (!(await action.run(async () => setMade(await api.createToken(request))))) return;
    setIsMaking(false);
    await reload();
  };
  const end = async (id: string) => {
    if (await action.run(() => api.revokeToken(id))) await reload();
  };
  const open = () => {
    action.clear();
    setIsMaking(true);
  };
  return (
    <PageSection
      title="Access tokens"
      action={
        <Button variant="default" onClick={open}>
          New token
        </Button>
      }
    >
      <FailureNote failure={failure ?? (isMaking ? null : action.failure)} />
      {value && value.length === 0 && <Nothing>None. They are for scripts and the command line.</Nothing>}
      {value && value.length > 0 && (
        <Rows label="Access tokens">
          {value.map((token) => (
            <Row
              key={token.id}
              name={token.name}
              detail={`${token.scopes.map(labelOf).join(', ')} · until ${day(token.expiresAt)}`}
            >
              <Button
                variant="subtle"
                color="red"
                disabled={action.isBusy}
                onClick={() => void end(token.id)}
                aria-label={`End ${token.name}`}
              >
                End
              </Button>
            </Row>
          ))}
        </Rows>
      )}
      {isMaking && (
        <MakeDialog
          action={action}
          onMake={(request) => void make(request)}
          onClose={() => setIsMaking(false)}
        />
      )}
      {made && <SecretDialog made={made} onClose={() => setMade(null)} />}
    </PageSection>
  );
}
