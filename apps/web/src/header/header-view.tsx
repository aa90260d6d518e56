import {
  ActionIcon,
  Button,
  type MantineColorScheme,
  Menu,
  TextInput,
  useMantineColorScheme,
} from '@mantine/core';
import {
  IconBolt,
  IconCalendarSearch,
  IconCloudDataConnection,
  IconDots,
  IconEyeCheck,
  IconFileImport,
  IconKeyboard,
  IconLock,
  IconLogout,
  IconMoon,
  IconPrinter,
  IconRefresh,
  IconReport,
  IconSearch,
  IconUserCircle,
  IconUserPlus,
  IconUsers,
  IconX,
} from '@tabler/icons-react';
import type { ReactNode, RefObject } from 'react';
import bar from '../app/bar.module.css';
import { plural } from '../format/duration.ts';
import { stationLabel } from '../session/stations.ts';
import classes from './header-view.module.css';

type Props = {
  clinicName: string;
  dayText: string;
  isToday: boolean;
  /** The board of the clinic's present day. */
  todayHref: string;
  userName: string;
  roleText: string;
  stationText: string | null;
  isDevelopment: boolean;
  live: ReactNode;
  sync: ReactNode;
  search: string;
  searchRef: RefObject<HTMLInputElement | null>;
  onSearch: (text: string) => void;
  /** Null hides it: this role looks into no other day. */
  onFind: (() => void) | null;
  /** Null hides the button: this role may not. */
  onNewVisit: (() => void) | null;
  onImport: (() => void) | null;
  onSync: (() => void) | null;
  isSyncing: boolean;
  hasAdministration: boolean;
  hasOversight: boolean;
  /** How many wait for a person; null where that is not known. */
  openAlerts: number | null;
  hasEhrLink: boolean;
  /** The page with the numbers of this day, for who may see them. */
  reportHref: string | null;
  /** Null where this is no enrolled workstation. */
  onLock: (() => void) | null;
  /** Null where this role may not, or not in the present state of the day. */
  closing: { label: string; open: () => void } | null;
  /** Null where this role may not. */
  onPrint: (() => void) | null;
  onShortcuts: () => void;
  onSignOut: () => void;
};

const themes = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'auto', label: 'As the device' },
] as const;

function ThemeItems() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
      {themes.map(({ value, label }) => (
        <Menu.RadioItem key={value} value={value}>
          {label}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  );
}

function UserMenu(props: Props) {
  const alertsText = props.openAlerts ? plural(props.openAlerts, 'open alert') : '';
  return (
    <Menu position="bottom-end" width={240} shadow="md">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          className={classes.user}
          leftSection={
            <span className={classes.userIcon}>
              <IconUserCircle size={22} />
              {alertsText !== '' && <span className={classes.alertDot} aria-hidden />}
            </span>
          }
          aria-label={`User menu: ${props.userName}, ${props.roleText}${alertsText && `, ${alertsText}`}`}
        >
          <span className={classes.userName}>
            {props.userName}
            <small>{props.roleText}</small>
          </span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {props.userName} · {props.roleText}
          {props.stationText && ` · ${stationLabel(props.stationText)}`}
        </Menu.Label>
        <Menu.Item leftSection={<IconUserCircle size={18} />} component="a" href="/account">
          Your account
        </Menu.Item>
        {props.hasAdministration && (
          <Menu.Item leftSection={<IconUsers size={18} />} component="a" href="/admin">
            Administration
          </Menu.Item>
        )}
        {props.hasOversight && (
          <Menu.Item leftSection={<IconEyeCheck size={18} />} component="a" href="/oversight">
            Oversight{alertsText && ` · ${alertsText}`}
          </Menu.Item>
        )}
        {props.hasEhrLink && (
          <Menu.Item leftSection={<IconCloudDataConnection size={18} />} component="a" href="/ehr-link">
            EHR link
          </Menu.Item>
        )}
        {props.reportHref && (
          <Menu.Item leftSection={<IconReport size={18} />} component="a" href={props.reportHref}>
            Report of the day
          </Menu.Item>
        )}
        {props.onFind && (
          <Menu.Item leftSection={<IconCalendarSearch size={18} />} onClick={props.onFind}>
            Find in other days
          </Menu.Item>
        )}
        {props.closing && (
          <Menu.Item leftSection={<IconMoon size={18} />} onClick={props.closing.open}>
            {props.closing.label}
          </Menu.Item>
        )}
        {props.onPrint && (
          <Menu.Item leftSection={<IconPrinter size={18} />} onClick={props.onPrint}>
            Print the board
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconKeyboard size={18} />} onClick={props.onShortcuts}>
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Divider />
        <ThemeItems />
        <Menu.Divider />
        {props.onLock && (
          <Menu.Item leftSection={<IconLock size={18} />} onClick={props.onLock}>
            Lock or switch person
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconLogout size={18} />} onClick={props.onSignOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function NarrowActions({ onImport, onSync, isSyncing }: Props) {
  if (!onImport && !onSync) return null;
  return (
    <Menu position="bottom-end" width={220} shadow="md">
      <Menu.Target>
        <ActionIcon variant="default" size={40} aria-label="More actions" className={classes.narrowOnly}>
          <IconDots size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {onImport && (
          <Menu.Item leftSection={<IconFileImport size={18} />} onClick={onImport}>
            Import
          </Menu.Item>
        )}
        {onSync && (
          <Menu.Item leftSection={<IconRefresh size={18} />} onClick={onSync} disabled={isSyncing}>
            Sync now
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Actions(props: Props) {
  const { onNewVisit, onImport, onSync, isSyncing } = props;
  return (
    <div className={classes.actions}>
      {onNewVisit && (
        <Button leftSection={<IconUserPlus size={18} />} onClick={onNewVisit} aria-label="New walk-in">
          <span className={classes.actionText}>New walk-in</span>
        </Button>
      )}
      {onImport && (
        <Button
          variant="default"
          leftSection={<IconFileImport size={18} />}
          onClick={onImport}
          aria-label="Import"
          className={`${classes.wideOnly} ${classes.iconButton}`}
          title="Import"
        >
          <span className={classes.iconText}>Import</span>
        </Button>
      )}
      {onSync && (
        <Button
          variant="default"
          leftSection={<IconRefresh size={18} />}
          onClick={onSync}
          disabled={isSyncing}
          aria-label="Sync now"
          className={`${classes.wideOnly} ${classes.iconButton}`}
          title="Sync now"
        >
          <span className={classes.iconText}>{isSyncing ? 'Syncing…' : 'Sync now'}</span>
        </Button>
      )}
      <NarrowActions {...props} />
      {props.onLock && (
        <ActionIcon variant="default" size={40} aria-label="Lock or switch person" onClick={props.onLock}>
          <IconLock size={19} />
        </ActionIcon>
      )}
    </div>
  );
}

/** Clears what was typed; while nothing was, leads to other days. */
function SearchButton({ search, onSearch, onFind }: Props) {
  if (search)
    return (
      <ActionIcon variant="subtle" color="gray" onClick={() => onSearch('')} aria-label="Clear the search">
        <IconX size={16} />
      </ActionIcon>
    );
  if (!onFind) return null;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      onClick={onFind}
      aria-label="Find in other days"
      title="Find in other days"
    >
      <IconCalendarSearch size={17} />
    </ActionIcon>
  );
}

/** Narrows the cards of this day while one types; Enter looks for the same name in other days. */
function Search(props: Props) {
  const { search, searchRef, onSearch, onFind } = props;
  return (
    <TextInput
      ref={searchRef}
      type="search"
      className={classes.search}
      aria-label="Search patients by name"
      placeholder="Find a name"
      value={search}
      onChange={(event) => onSearch(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && onFind && search.trim() !== '') onFind();
      }}
      leftSection={<IconSearch size={17} />}
      rightSection={<SearchButton {...props} />}
    />
  );
}

/** Whose board this is, whether it can be believed, and what can be done with all of it. */
export function HeaderView(props: Props) {
  return (
    <header className={`${bar.bar} ${classes.header}`}>
      <span className={`${bar.logo} ${classes.logo}`} aria-hidden>
        <IconBolt size={20} />
      </span>
      <div className={classes.where}>
        <h1 className={classes.clinic}>{props.clinicName}</h1>
        <span className={classes.day}>
          {props.isToday && <span className={classes.today}>Today, </span>}
          {props.dayText}
          {!props.isToday && (
            <a className={classes.toToday} href={props.todayHref}>
              To today
            </a>
          )}
          {props.isDevelopment && <span className={classes.development}>Development</span>}
        </span>
      </div>
      <div className={classes.state}>
        {props.live}
        {props.sync}
      </div>
      <Search {...props} />
      <Actions {...props} />
      <UserMenu {...props} />
    </header>
  );
}
