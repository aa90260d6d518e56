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
  if (entry.isChecked !== undefined)
    return (
      <Menu.CheckboxItem checked={entry.isChecked} onChange={entry.onPress} closeMenuOnClick>
        {entry.label}
      </Menu.CheckboxItem>
    );
  return (
    <Menu.Item
      className={entry.isDanger ? classes.danger : undefined}
      leftSection={entry.icon}
      onClick={entry.onPress}
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
            // biome-ignore lint/a11y/useSemanticElements: a fieldset may not stand in a menu.
            <div key={group.title} role="group" aria-label={group.title}>
              <Menu.Label aria-hidden>{group.title}</Menu.Label>
              {group.entries.map((entry) => (
                <Entry key={entry.key} entry={entry} />
              ))}
            </div>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}
