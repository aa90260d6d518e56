import { Button, Popover, Text, UnstyledButton } from '@mantine/core';
import {
  IconArrowsSplit2,
  IconCloudCheck,
  IconCloudExclamation,
  IconCloudUp,
  type TablerIcon,
} from '@tabler/icons-react';
import { useState } from 'react';
import type { OpenVisit, WriteBackTotal } from '../model/write-back-total.ts';
import state from './state-button.module.css';
import classes from './write-back-total-view.module.css';

type Props = {
  total: WriteBackTotal;
  onOpen: (visitId: string) => void;
  /** Null when this person may only look. */
  onRetry: ((visitId: string) => void) | null;
};

const icons: Record<WriteBackTotal['tone'], TablerIcon> = {
  calm: IconCloudCheck,
  plain: IconCloudUp,
  amber: IconCloudExclamation,
  red: IconArrowsSplit2,
};

function OpenVisitRow({ visit, onOpen, onRetry }: { visit: OpenVisit } & Omit<Props, 'total'>) {
  const { visitId, name, mark } = visit;
  return (
    <li className={classes.row} data-state={mark.state}>
      <button type="button" className={classes.visit} onClick={() => onOpen(visitId)}>
        <bdi className={classes.name}>{name}</bdi>
        <span className={classes.detail}>{mark.detail}</span>
      </button>
      {mark.state === 'failed' && onRetry && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => onRetry(visitId)}
          aria-label={`Try again: ${name}`}
        >
          Try again
        </Button>
      )}
    </li>
  );
}

/** How much of the board the EHR does not have yet; opens to the visits concerned. */
export function WriteBackTotalView({ total, onOpen, onRetry }: Props) {
  const [isOpened, setIsOpened] = useState(false);
  const Icon = icons[total.tone];
  const open = (visitId: string) => {
    setIsOpened(false);
    onOpen(visitId);
  };
  return (
    <Popover
      width={360}
      position="bottom-start"
      shadow="md"
      withArrow
      trapFocus
      returnFocus
      opened={isOpened}
      onChange={setIsOpened}
    >
      <Popover.Target>
        <UnstyledButton
          className={`${state.button} ${classes.button}`}
          data-tone={total.tone}
          aria-label={`EHR write-back: ${total.text}`}
          onClick={() => setIsOpened(!isOpened)}
        >
          <Icon size={17} aria-hidden />
          <span className={classes.text}>{total.text}</span>
          {total.count !== '' && <span className={classes.count}>{total.count}</span>}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        {total.lines.map((line) => (
          <Text size="sm" key={line}>
            {line}
          </Text>
        ))}
        {total.open.length > 0 && (
          <ul className={classes.rows} aria-label="Not written back">
            {total.open.map((visit) => (
              <OpenVisitRow key={visit.visitId} visit={visit} onOpen={open} onRetry={onRetry} />
            ))}
          </ul>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
