import { Anchor } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';

/** The screen could not be locked: only a PIN would open it again. */
export function PinNeededNote() {
  useEffect(() => {
    notifications.show({
      id: 'pin-needed',
      color: 'red',
      autoClose: 12_000,
      title: 'Not locked: you have no PIN yet',
      message: <Anchor href="/account">Choose one in your account</Anchor>,
    });
  }, []);
  return null;
}
