import { Button, Table, Text } from '@mantine/core';
import { IconPlayerStop } from '@tabler/icons-react';
import type { EhrLinkApi } from '@workflow-bolt/client';
import { postWriteBackSchema, type WriteBackMode, type WriteBackState } from '@workflow-bolt/contracts';
import { useCallback, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { FormDialog } from '../app/form-dialog.tsx';
import { PageSection, Row, Rows, Tag } from '../app/page-shell.tsx';
import { useAction } from '../app/use-action.ts';
import { useResource } from '../app/use-resource.ts';
import { boardDay } from '../format/clock.ts';
import classes from './ehr-link.module.css';
import { ReasonCodeInput } from './reason-code-input.tsx';
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
  const action = useAction();
  const [reason, setReason] = useState('');
  const wish = postWriteBackSchema.safeParse({ mode, reason: reason.trim() });
  const { name, meaning } = modeFaces[mode];
  const isStop = mode === 'off';
  const send = async () => {
    if (!wish.success) return;
    const { data } = wish;
    if (await action.run(() => api.setWriteBack(clinic, data).then(() => undefined))) onDone();
  };
  return (
    <FormDialog
      title={`Write-back: ${name.toLowerCase()}`}
      text={`${meaning} It is in force before the next write of every process.`}
      action={action}
      submitLabel={isStop ? 'Stop writing' : `Switch to ${name.toLowerCase()}`}
      isDangerous={isStop}
      isComplete={wish.success}
      onSubmit={() => void send()}
      onClose={onClose}
    >
      {isStop && <Text size="sm">What waits is kept, and is written when it is switched on again.</Text>}
      <ReasonCodeInput placeholder="wrong-status-seen" value={reason} onChange={setReason} />
    </FormDialog>
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
