import { Kbd, Modal, Table } from '@mantine/core';
import { cardShortcuts, shortcutWords } from '../board/board-keyboard.ts';

const general = [
  ['/', 'Search patients by name'],
  ['?', 'This list'],
  ['↑ ↓ ← →', 'From card to card'],
] as const;

export function ShortcutsDialog({ close }: { close: () => void }) {
  const onCard = Object.entries(cardShortcuts).map(
    ([key, name]) => [key.toUpperCase(), shortcutWords[name]] as const,
  );
  return (
    <Modal opened onClose={close} title="Keyboard shortcuts" centered>
      <Table>
        <Table.Tbody>
          {[...general, ...onCard].map(([key, words]) => (
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
