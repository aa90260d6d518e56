import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import classes from './undo-toast.module.css';

const shownMs = 9_000;

const toastId = (visitId: string): string => `undo-${visitId}`;

export function hideUndoToast(visitId: string): void {
  notifications.hide(toastId(visitId));
}

/** Says what was done and offers to take it back. A second step on the same visit replaces the first toast. */
export function showUndoToast(said: string, visitId: string, undo: () => void): void {
  const id = toastId(visitId);
  notifications.hide(id);
  const press = () => {
    notifications.hide(id);
    undo();
  };
  notifications.show({
    id,
    role: 'status',
    autoClose: shownMs,
    withCloseButton: true,
    withBorder: true,
    message: (
      <div className={classes.toast}>
        <span className={classes.said}>{said}</span>
        <Button size="compact-md" variant="light" onClick={press}>
          Undo
        </Button>
      </div>
    ),
  });
}

/** A plain notice. */
export function showNotice(
  title: string,
  message: string,
  color: 'green' | 'red' | 'yellow' = 'green',
): void {
  notifications.show({
    title,
    message,
    color,
    withBorder: true,
    autoClose: color === 'green' ? 5_000 : 12_000,
  });
}
