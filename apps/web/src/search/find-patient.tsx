import { Group, SegmentedControl, Text, TextInput } from '@mantine/core';
import { PatientSearchApi } from '@workflow-bolt/client';
import type { PatientIdentifier, PatientSearchResponse } from '@workflow-bolt/contracts';
import { searchableBy } from '@workflow-bolt/domain';
import { useBoard, useBoardClient } from '@workflow-bolt/react';
import { useMemo, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { FormDialog } from '../app/form-dialog.tsx';
import { useAction } from '../app/use-action.ts';
import { useSessionInfo } from '../session/session-context.ts';
import { type FindAnswer, type FindScope, findNeeds, findRequest } from './find-words.ts';
import { FoundList } from './found-list.tsx';

const scopes = [
  { value: 'days', label: 'A week before and after' },
  { value: 'all', label: 'All days' },
];

const fields: readonly { name: PatientIdentifier; label: string; type: string; maxLength: number }[] = [
  { name: 'dob', label: 'Date of birth', type: 'date', maxLength: 10 },
  { name: 'phone', label: 'Phone', type: 'tel', maxLength: 40 },
  { name: 'record', label: 'Number in the EHR', type: 'text', maxLength: 64 },
];

type FieldsProps = { scope: FindScope; answer: FindAnswer; set: (change: Partial<FindAnswer>) => void };

/** The name, and on all days whatever else this person sees of patients. */
function Fields({ scope, answer, set }: FieldsProps) {
  const { roles } = useSessionInfo().session;
  const seen = searchableBy(roles);
  return (
    <>
      <TextInput
        label={scope === 'days' ? 'Name' : 'Last name'}
        autoComplete="off"
        maxLength={80}
        value={answer.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        data-autofocus
      />
      {scope === 'all' && (
        <Group grow gap="sm" align="flex-start" preventGrowOverflow={false}>
          {fields
            .filter(({ name }) => seen.includes(name))
            .map(({ name, ...field }) => (
              <TextInput
                key={name}
                {...field}
                autoComplete="off"
                miw={150}
                value={answer[name]}
                onChange={(event) => set({ [name]: event.currentTarget.value })}
              />
            ))}
        </Group>
      )}
    </>
  );
}

/** Finds a patient on days that are not on this screen, and leads there. */
export function FindPatient({ text, close }: { text: string; close: () => void }) {
  const api = useApi();
  const { clinic } = useBoardClient().key;
  const { session, today } = useSessionInfo();
  const zone = useBoard(({ day }) => day?.zone ?? 'UTC');
  const searchApi = useMemo(() => new PatientSearchApi(api.transport), [api]);
  const action = useAction();
  const [scope, setScope] = useState<FindScope>('days');
  const [answer, setAnswer] = useState<FindAnswer>({ name: text, dob: '', phone: '', record: '' });
  const [found, setFound] = useState<PatientSearchResponse | null>(null);
  const request = findRequest(scope, answer, today);
  const needs = findNeeds(request, session.roles);
  const find = async () => {
    setFound(null);
    await action.run(async () => setFound(await searchApi.find(clinic, request)));
  };
  return (
    <FormDialog
      title="Find in other days"
      text="Each search is kept on the record, without what you type."
      action={action}
      submitLabel="Find"
      isComplete={needs === null}
      onSubmit={() => void find()}
      onClose={close}
    >
      <SegmentedControl
        aria-label="Where to look"
        data={scopes}
        value={scope}
        onChange={(value) => {
          setScope(value as FindScope);
          setFound(null);
        }}
      />
      <Fields
        scope={scope}
        answer={answer}
        set={(change) => setAnswer((former) => ({ ...former, ...change }))}
      />
      {needs !== null && (
        <Text size="sm" c="var(--text-soft)">
          {needs}
        </Text>
      )}
      {found && <FoundList found={found} clinic={clinic} zone={zone} />}
    </FormDialog>
  );
}
