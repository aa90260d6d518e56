import { Button, Group, Modal, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconPlayerStop } from '@tabler/icons-react';
import type { EhrLinkApi } from '@workflow-bolt/client';
import { postWriteBackSchema, type WriteBackMode, type WriteBackState } from '@workflow-bolt/contracts';
import { type FormEvent, useCallback, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { PageSection, Row, Rows, Tag } from '../app/page-shell.tsx';
import { useAction } from '../app/use-action.ts';
import { useResource } from '../app/use-resource.ts';
import { boardDay } from '../format/clock.ts';
import classes from './ehr-link.module.css';
import { useEvery } from './use-every.ts';
import { modeFaces, modeLines, offeredModes } from './write-back-words.ts';

const refreshMs = 5_000;

type DialogProps = {
  api: EhrLinkApi;
  clinic: string;
  mode: WriteBackMode;
  onDone: () => void;
  onClose: () => void;
};

function SwitchDialog({ api, clinic, mode, onDone, onClose }: DialogProps) {
  const { failure, isBusy, run } = useAction();
  const [reason, setReason] = useState('');
  const wish = postWriteBackSchema.safeParse({ mode, reason: reason.trim() });
  const { name, meaning } = modeFaces[mode];
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!wish.success) return;
    const { data } = wish;
    if (await run(() => api.setWriteBack(clinic, data).then(() => undefined))) onDone();
  };
  return (
    <Modal opened onClose={onClose} title={`Write-back: ${name.toLowerCase()}`} centered>
      <form onSubmit={(event) => void send(event)}>
        <Stack gap="sm">
          <Text size="sm">{meaning} It is in force before the next write of every process.</Text>
          {mode === 'off' && (
            <Text size="sm">What waits is kept, and is written when it is switched on again.</Text>
          )}
          <FailureNote failure={failure} />
          <TextInput
            label="Reason"
            description="A code or a ticket’s number without blanks; it goes on record"
            placeholder="wrong-status-seen"
            maxLength={80}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            data-autofocus
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button
              type="submit"
              loading={isBusy}
              disabled={!wish.success}
              {...(mode === 'off' ? { color: 'red' } : {})}
            >
              {mode === 'off' ? 'Stop writing' : `Switch to ${name.toLowerCase()}`}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

const columns = ['Day', 'In step', 'Waiting', 'Failed', 'To decide', 'Not written'] as const;

function DayCounts({ days }: Pick<WriteBackState, 'days'>) {
  if (days.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that is wider than the screen is scrolled by keyboard too.
    <section className={classes.scroll} aria-label="Write-back by day, scrollable" tabIndex={0}>
      <Table aria-label="Write-back by day" verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {days.map(({ date, inSync, waiting, failed, conflict, off }) => (
            <Table.Tr key={date}>
              <Table.Td>{boardDay(date)}</Table.Td>
              <Table.Td>{inSync}</Table.Td>
              <Table.Td>{waiting}</Table.Td>
              <Table.Td>{failed}</Table.Td>
              <Table.Td>{conflict}</Table.Td>
              <Table.Td>{off}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

type Props = { api: EhrLinkApi; clinic: { id: string; name: string }; canSwitch: boolean };

/** Whether a clinic writes to its EHR, the switch for it, and what waits on each day. */
export function WriteBackSection({ api, clinic, canSwitch }: Props) {
  const { value, failure, reload } = useResource(
    useCallback(() => api.writeBack(clinic.id), [api, clinic.id]),
  );
  const [asked, setAsked] = useState<WriteBackMode | null>(null);
  useEvery(refreshMs, reload);
  const done = () => {
    setAsked(null);
    void reload();
  };
  const face = value && modeFaces[value.mode];
  return (
    <PageSection title={`Write-back to the EHR: ${clinic.name}`}>
      <FailureNote failure={failure} />
      {value && face && (
        <Rows label="Mode">
          <Row name="Mode" detail={modeLines(value).join(' ')}>
            <Tag tone={face.tone}>{face.name}</Tag>
            {canSwitch &&
              offeredModes(value).map((mode) => (
                <Button
                  key={mode}
                  variant={mode === 'off' ? 'outline' : 'default'}
                  {...(mode === 'off'
                    ? { color: 'red', leftSection: <IconPlayerStop size={18} aria-hidden /> }
                    : {})}
                  onClick={() => setAsked(mode)}
                >
                  {mode === 'off' ? 'Stop writing' : modeFaces[mode].name}
                </Button>
              ))}
          </Row>
        </Rows>
      )}
      {value && <DayCounts days={value.days} />}
      {asked && (
        <SwitchDialog
          api={api}
          clinic={clinic.id}
          mode={asked}
          onDone={done}
          onClose={() => setAsked(null)}
        />
      )}
    </PageSection>
  );
}
