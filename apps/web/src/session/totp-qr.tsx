import { Code, Stack, Text } from '@mantine/core';
import { QRCodeSVG } from 'qrcode.react';
import classes from './sign-in-view.module.css';

/** In groups of four, as people copy it. */
const grouped = (secret: string): string => secret.replaceAll(/.{4}(?=.)/g, '$& ');

/** The seed of an authenticator app: to scan, or to type where there is no camera. */
export function TotpQr({ uri, secret }: { uri: string; secret: string }) {
  return (
    <Stack gap="xs" align="center">
      <div className={classes.qr}>
        <QRCodeSVG value={uri} size={184} marginSize={2} title="QR code for your authenticator app" />
      </div>
      <Text size="sm" c="dimmed" ta="center">
        Or type this key into the app:
      </Text>
      <Code className={classes.secret}>{grouped(secret)}</Code>
    </Stack>
  );
}
