import { Menu } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type ReactElement, useState } from 'react';
import classes from './card-menu-view.module.css';
import { MenuButton } from './card-view.tsx';

export type MenuEntry = {
  key: string;
  label: string;
  icon: ReactElement;
  onPress: () => void;
  isDanger?: boolean;
  /** For marks that are on or off. */
  isChecked?: boolean;
};
export type MenuGroup = { title: string; entries: readonly MenuEntry[] };

function Entry({ entry }: { entry: MenuEntry }) {
  const isMark = entry.isChecked !== undefined;
  return (
    <Menu.Item
      leftSection={entry.icon}
      rightSection={entry.isChecked ? '✓' : null}
      color={entry.isDanger ? 'red' : undefined}
      onClick={entry.onPress}
      role={isMark ? 'menuitemcheckbox' : 'menuitem'}
      aria-checked={isMark ? entry.isChecked : undefined}
    >
      {entry.label}
    </Menu.Item>
  );
}

type Props = { patientName: string; groups: () => readonly MenuGroup[] };

/** Everything else that can be done with a card. Built when first opened: a board may hold hundreds. */
export function CardMenuView({ patientName, groups }: Props) {
  const [isWanted, setIsWanted] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  const isNarrow = useMediaQuery('(max-width: 860px)') ?? false;
  const name = `Actions for ${patientName}`;
  const open = () => {
    setIsWanted(true);
    setIsOpen(true);
  };
  if (!isWanted) return <MenuButton name={name} onClick={open} />;
  return (
    <Menu
      opened={isOpen}
      onChange={setIsOpen}
      position={isNarrow ? 'bottom-end' : 'right-start'}
      width={250}
      shadow="md"
    >
      <Menu.Target>
        <MenuButton name={name} />
      </Menu.Target>
      <Menu.Dropdown className={classes.dropdown}>
        {isOpen &&
          groups().map((group) => (
            <div key={group.title}>
              <Menu.Label>{group.title}</Menu.Label>
              {group.entries.map((entry) => (
                <Entry key={entry.key} entry={entry} />
              ))}
            </div>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}
