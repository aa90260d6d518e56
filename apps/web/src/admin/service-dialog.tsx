import { TextInput } from '@mantine/core';
import type { AccountEnrolment, AccountsApi } from '@workflow-bolt/client';
import { useState } from 'react';
import { ChoiceGroup } from '../app/choice-group.tsx';
import { FormDialog } from '../app/form-dialog.tsx';
import { useAction } from '../app/use-action.ts';
import type { ClinicChoice } from './access-fields.tsx';

type Props = {
  api: AccountsApi;
  clinics: readonly ClinicChoice[];
  onMade: (made: AccountEnrolment) => void;
  onClose: () => void;
};

/** A program that works in clinics by itself. Its tokens are made afterwards. */
export function ServiceDialog({ api, clinics, onMade, onClose }: Props) {
  const action = useAction();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const submit = async () => {
    const service = { kind: 'service', name: name.trim(), roles: ['service'], clinics: chosen } as const;
    await action.run(async () => onMade(await api.create({ ...service, roles: ['service'] })));
  };
  return (
    <FormDialog
      {...{ title: 'Add a service', action, submitLabel: 'Add', onClose }}
      text="A program, such as a nightly report. It signs in nowhere; you answer for it, and make its access tokens."
      isComplete={name.trim() !== '' && chosen.length > 0}
      onSubmit={() => void submit()}
    >
      <TextInput
        label="Name"
        maxLength={80}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <ChoiceGroup
        label="Clinics"
        choices={clinics.map(({ id, name: label }) => ({ value: id, label }))}
        chosen={chosen}
        onChange={setChosen}
      />
    </FormDialog>
  );
}
