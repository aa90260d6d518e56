import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import type { EhrLinkApi } from '@workflow-bolt/client';
import { type ForceBreaker, forceBreakerSchema } from '@workflow-bolt/contracts';
import { type FormEvent, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { useAction } from '../app/use-action.ts';
import { laneName } from './breaker-words.ts';

export type ForceRequest = { account: string } & Pick<ForceBreaker, 'lane' | 'action'>;

const words: Record<ForceBreaker['action'], { title: string; text: string; submit: string }> = {
  open: {
    title: 'Stop',
    text: 'Every call of this kind stops at once, in every process. What was to be written waits, and nothing is lost.',
    submit: 'Stop it',
  },
  close: {
    title: 'Keep on',
    text: 'Every call is let through, however many fail. Nobody is protected from an EHR that is down.',
    submit: 'Keep it on',
  },
  reset: {
    title: 'Give back',
    text: 'It turns by itself again, with nothing counted.',
    submit: 'Give it back',
  },
};

const spans = [
  { value: '15', label: '15 minutes' },
  { value: '60', label: '1 hour' },
  { value: '480', label: '8 hours' },
  { value: '', label: 'Until somebody gives it back' },
];

type Props = { api: EhrLinkApi; request: ForceRequest; onDone: () => void; onClose: () => void };

/** Asks why, and for how long, before a breaker is taken in hand. */
export function ForceBreakerDialog({ api, request, onDone, onClose }: Props) {
  const { account, lane, action } = request;
  const { failure, isBusy, run } = useAction();
  const [reason, setReason] = useState('');
  const [span, setSpan] = useState('60');
  const minutes = action === 'reset' || span === '' ? null : Number(span);
  const wish = forceBreakerSchema.safeParse({ lane, action, reason: reason.trim(), minutes });
  const { title, text, submit } = words[action];
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!wish.success) return;
    const { data } = wish;
    if (await run(() => api.force(account, data).then(() => undefined))) onDone();
  };
  return (
    <Modal opened onClose={onClose} title={`${title}: ${laneName[lane].toLowerCase()}`} centered>
      <form onSubmit={(event) => void send(event)}>
        <Stack gap="sm">
          <Text size="sm">{text}</Text>
          <FailureNote failure={failure} />
          {action !== 'reset' && (
            <Select
              label="For how long"
              data={spans}
              value={span}
              allowDeselect={false}
              onChange={(value) => setSpan(value ?? '')}
            />
          )}
          <TextInput
            label="Reason"
            description="A code or a ticket’s number without blanks; it goes on record"
            placeholder="vendor-maintenance"
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
              {...(action === 'open' ? { color: 'red' } : {})}
            >
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
