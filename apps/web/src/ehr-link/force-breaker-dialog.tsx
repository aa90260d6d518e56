import { Select } from '@mantine/core';
import type { EhrLinkApi } from '@workflow-bolt/client';
import { type ForceBreaker, forceBreakerSchema } from '@workflow-bolt/contracts';
import { useState } from 'react';
import { FormDialog } from '../app/form-dialog.tsx';
import { useAction } from '../app/use-action.ts';
import { laneName } from './breaker-words.ts';
import { ReasonCodeInput } from './reason-code-input.tsx';

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
  const sending = useAction();
  const [reason, setReason] = useState('');
  const [span, setSpan] = useState('60');
  const minutes = action === 'reset' || span === '' ? null : Number(span);
  const wish = forceBreakerSchema.safeParse({ lane, action, reason: reason.trim(), minutes });
  const { title, text, submit } = words[action];
  const send = async () => {
    if (!wish.success) return;
    const { data } = wish;
    if (await sending.run(() => api.force(account, data).then(() => undefined))) onDone();
  };
  return (
    <FormDialog
      title={`${title}: ${laneName[lane].toLowerCase()}`}
      text={text}
      action={sending}
      submitLabel={submit}
      isDangerous={action === 'open'}
      isComplete={wish.success}
      onSubmit={() => void send()}
      onClose={onClose}
    >
      {action !== 'reset' && (
        <Select
          label="For how long"
          data={spans}
          value={span}
          allowDeselect={false}
          onChange={(value) => setSpan(value ?? '')}
        />
      )}
      <ReasonCodeInput placeholder="vendor-maintenance" value={reason} onChange={setReason} />
    </FormDialog>
  );
}
