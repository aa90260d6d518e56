import { Alert, Button, Group, Modal, Select, Stack, Text, Textarea } from '@mantine/core';
import { BreakGlassApi } from '@workflow-bolt/client';
import { glassReasonCodes, type OpenGlassRequest } from '@workflow-bolt/contracts';
import { useBoardClient } from '@workflow-bolt/react';
import { type FormEvent, useMemo, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { FailureNote } from '../app/failure-note.tsx';
import { useAction } from '../app/use-action.ts';
import { glassReasonLabel } from './glass-words.ts';
import { noteGlassChanged } from './open-glass.ts';

const reasonMin = 15;

/** Asks why, before one patient's record is opened in an emergency. */
export function BreakGlassDialog({
  visitId,
  name,
  close,
}: {
  visitId: string;
  name: string;
  close: () => void;
}) {
  const api = useApi();
  const { key } = useBoardClient();
  const glassApi = useMemo(() => new BreakGlassApi(api.transport), [api]);
  const { failure, isBusy, run } = useAction();
  const [code, setCode] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const canOpen = code !== null && reason.trim().length >= reasonMin;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!canOpen) return;
    const why = { reasonCode: code, reason: reason.trim() } as OpenGlassRequest;
    if (!(await run(async () => void (await glassApi.open(key, visitId, why))))) return;
    noteGlassChanged();
    close();
  };
  return (
    <Modal opened onClose={close} title="Emergency access" centered>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          <Text fw={600}>{name}</Text>
          <Alert color="red" styles={{ message: { color: 'var(--text-strong)' } }}>
            You will see everything about this patient for one hour. It is on record at once, the privacy
            officer is told, and somebody else judges it within three days.
          </Alert>
          <FailureNote failure={failure} />
          <Select
            label="Reason"
            data={glassReasonCodes.map((each) => ({ value: each, label: glassReasonLabel[each] }))}
            value={code}
            onChange={setCode}
            data-autofocus
          />
          <Textarea
            label="What happened?"
            description={`At least ${reasonMin} characters; whoever judges it reads this`}
            autosize
            minRows={2}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Back
            </Button>
            <Button type="submit" color="red" loading={isBusy} disabled={!canOpen}>
              Open for one hour
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
