import { Kbd, Modal, Table } from '@mantine/core';
import { permissions } from '@workflow-bolt/domain';
import { cardShortcuts, mayUseShortcut, shortcutWords } from '../board/board-keyboard.ts';
import { useBoardUi } from '../board/board-ui.ts';

const general = [
  ['/', 'Search patients by name'],
  ['?', 'This list'],
  ['↑ ↓ ← →', 'From card to card'],
] as const;

const inSearch = ['/ Enter', 'Find a patient in other days'] as const;

export function ShortcutsDialog({ close }: { close: () => void }) {
  const { role } = useBoardUi().actor;
  const mayFind = permissions['patient.search-days'].includes(role);
  const onCard = Object.entries(cardShortcuts)
    .filter(([, name]) => mayUseShortcut(name, role))
    .map(([key, name]) => [key.toUpperCase(), shortcutWords[name]] as const);
  return (
    <Modal opened onClose={close} title="Keyboard shortcuts" centered>
      <Table>
        <Table.Tbody>
          {[...general, ...(mayFind ? [inSearch] : []), ...onCard].map(([key, words]) => (
            <Table.Tr key={key}>
              <Table.Td w={110}>
                <Kbd>{key}</Kbd>
              </Table.Td>
              <Table.Td>{words}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <p>Letters act on the card that has the focus.</p>
    </Modal>
  );
}
