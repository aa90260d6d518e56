import { Button, Checkbox, Group, Stack } from '@mantine/core';
import { IconCopy, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './sign-in-view.module.css';

type Props = { codes: readonly string[]; doneLabel: string; onDone: () => void };

function saveAsFile(codes: readonly string[]): void {
  const url = URL.createObjectURL(new Blob([`${codes.join('\n')}\n`], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'recovery-codes.txt';
  link.click();
  URL.revokeObjectURL(url);
}

/** Shown once. Going on needs the promise that they are kept: nobody can show them again. */
export function RecoveryCodes({ codes, doneLabel, onDone }: Props) {
  const [isKept, setIsKept] = useState(false);
  const [isCopied, setIsCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(codes.join('\n'));
    setIsCopied(true);
  };
  return (
    <Stack gap="md">
      <ol className={classes.codes} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <Group gap="xs">
        <Button variant="default" leftSection={<IconCopy size={18} />} onClick={() => void copy()}>
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
        <Button variant="default" leftSection={<IconDownload size={18} />} onClick={() => saveAsFile(codes)}>
          Save as a file
        </Button>
      </Group>
      <Checkbox
        label="I have kept them where nobody else finds them"
        checked={isKept}
        onChange={(event) => setIsKept(event.currentTarget.checked)}
      />
      <Button onClick={onDone} disabled={!isKept} fullWidth>
        {doneLabel}
      </Button>
    </Stack>
  );
}
