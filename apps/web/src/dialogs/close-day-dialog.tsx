import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../app/form-dialog.tsx';
import { ReasonText } from './reason-text.tsx';

/** A visit that is still open, in the words of the board. */
export type OpenRow = { visitId: string; name: string; detail: string };

type ListProps = { title: string; rows: readonly OpenRow[] };

function PlainList({ title, rows }: ListProps) {
  if (rows.length === 0) return null;
  return (
    <section aria-label={title}>
      <Text fw={600}>{title}</Text>
      <ul>
        {rows.map(({ visitId, name, detail }) => (
          <li key={visitId}>
            {name} <Text span size="sm">{`(${detail})`}</Text>
          </li>
        ))}
      </ul>
    </section>
  );
}

type ProposedProps = ListProps & { chosen: ReadonlySet<string>; onChoose: (visitId: string) => void };

/** Nobody is ticked beforehand: each is somebody's decision. */
function ProposedList({ title, rows, chosen, onChoose }: ProposedProps) {
  if (rows.length === 0) return null;
  return (
    <Stack gap={6} role="group" aria-label={title}>
      <Text fw={600}>{title}</Text>
      {rows.map(({ visitId, name, detail }) => (
        <Checkbox
          key={visitId}
          label={`${name} (${detail})`}
          checked={chosen.has(visitId)}
          onChange={() => onChoose(visitId)}
        />
      ))}
    </Stack>
  );
}

/** What the EHR does not have keeps nobody from closing: it is written afterwards, or decided in the EHR. */
function OwedList({ rows }: Pick<ListProps, 'rows'>) {
  return <PlainList title="Not in the EHR as the board has them" rows={rows} />;
}

type OpenProps = {
  rows: readonly OpenRow[];
  owed: readonly OpenRow[];
  onStart: () => void;
  onClose: () => void;
};

/** Before: what will have to be settled. */
export function StartCloseDialog({ rows, owed, onStart, onClose }: OpenProps) {
  return (
    <Modal opened onClose={onClose} title="Close the day" centered>
      <Stack gap="sm">
        <Text>From now on no new visit can be added. Everyone who is still open is settled first.</Text>
        <PlainList title="Still open" rows={rows} />
        <OwedList rows={owed} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button onClick={onStart}>Begin to close</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

type CloseProps = {
  proposed: readonly OpenRow[];
  /** Here, or not due yet: to be settled on the board. */
  unsettled: readonly OpenRow[];
  owed: readonly OpenRow[];
  onCloseDay: (noShows: string[]) => void;
  onKeepOpen: () => void;
  onClose: () => void;
};

/** While closing: who did not come is ticked by a person; the day closes when nobody else is open. */
export function CloseDayDialog(props: CloseProps) {
  const { proposed, unsettled, owed, onCloseDay, onKeepOpen, onClose } = props;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (visitId: string) => {
    const next = new Set(chosen);
    if (!next.delete(visitId)) next.add(visitId);
    setChosen(next);
  };
  // Somebody may have come while this was open: only who is still proposed counts.
  const confirmed = proposed.filter(({ visitId }) => chosen.has(visitId)).map(({ visitId }) => visitId);
  const isSettled = unsettled.length === 0 && confirmed.length === proposed.length;
  return (
    <Modal opened onClose={onClose} title="Close the day" centered>
      <Stack gap="sm">
        <ProposedList title="Did not come?" rows={proposed} chosen={chosen} onChoose={toggle} />
        <PlainList title="Settle these on the board first" rows={unsettled} />
        <OwedList rows={owed} />
        {isSettled && <Text>Nobody is left open.</Text>}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onKeepOpen}>
            Keep the day open
          </Button>
          <Button disabled={!isSettled} onClick={() => onCloseDay(confirmed)}>
            {confirmed.length > 0 ? `Close with ${confirmed.length} no-shows` : 'Close the day'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

type ReopenProps = { onReopen: (reason: string) => void; onClose: () => void };

/** After: a manager opens it again, and says why. */
export function ReopenDayDialog({ onReopen, onClose }: ReopenProps) {
  const [reason, setReason] = useState('');
  return (
    <FormDialog
      title="Reopen the day"
      submitLabel="Reopen"
      isComplete={reason.trim() !== ''}
      onSubmit={() => onReopen(reason.trim())}
      onClose={onClose}
    >
      <ReasonText value={reason} onChange={setReason} />
    </FormDialog>
  );
}
