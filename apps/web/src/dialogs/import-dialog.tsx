import {
  Alert,
  Button,
  FileButton,
  Group,
  Modal,
  SegmentedControl,
  Stack,
  Table,
  Text,
  Textarea,
} from '@mantine/core';
import { useState } from 'react';

export type ImportFormat = 'tsv' | 'json';
export type ImportLine = { line: number | null; message: string };
export type ImportResult =
  | { isOk: true; created: number; updated: number; unchanged: number; warnings: readonly ImportLine[] }
  | { isOk: false; message: string; errors: readonly ImportLine[] };

type Props = {
  onImport: (format: ImportFormat, text: string) => Promise<ImportResult>;
  onClose: () => void;
};

const bytesMax = 10_000_000;

const placeholders: Record<ImportFormat, string> = {
  tsv: 'date\ttime\tstatus\tname\tDOB\ttype …  Paste the rows as they are copied from the schedule.',
  json: '[{ "name": "…", "dob": "1981-03-04", "appointmentTime": "…", "provider": "…", "status": "…" }]',
};

function Lines({ lines, caption }: { lines: readonly ImportLine[]; caption: string }) {
  return (
    <Table.ScrollContainer minWidth={0} mah={260}>
      <Table striped aria-label={caption}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={70}>Line</Table.Th>
            <Table.Th>What is wrong</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.slice(0, 200).map((each) => (
            <Table.Tr key={`${each.line} ${each.message}`}>
              <Table.Td>{each.line ?? '–'}</Table.Td>
              <Table.Td>{each.message}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {lines.length > 200 && <Text size="sm">… and {lines.length - 200} more</Text>}
    </Table.ScrollContainer>
  );
}

function Result({ result }: { result: ImportResult }) {
  if (!result.isOk) {
    return (
      <Alert color="red" title="Nothing was imported" role="alert">
        {result.message}
        {result.errors.length > 0 && <Lines lines={result.errors} caption="Lines that cannot be read" />}
      </Alert>
    );
  }
  const { created, updated, unchanged } = result;
  return (
    <Alert color="green" title="Imported" role="status">
      {created} new, {updated} updated, {unchanged} unchanged.
      {result.warnings.length > 0 && <Lines lines={result.warnings} caption="Lines with a warning" />}
    </Alert>
  );
}

/** Pastes or loads a schedule; every line that cannot be read is shown with its number. */
export function ImportDialog({ onImport, onClose }: Props) {
  const [format, setFormat] = useState<ImportFormat>('tsv');
  const [text, setText] = useState('');
  const [result, setResult] = useState<ImportResult | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const run = async () => {
    setIsBusy(true);
    setResult(await onImport(format, text));
    setIsBusy(false);
  };
  const load = async (file: File | null) => {
    if (!file) return;
    if (file.size > bytesMax) {
      setResult({ isOk: false, message: 'The file is larger than 10 MB.', errors: [] });
      return;
    }
    setFormat(file.name.endsWith('.json') ? 'json' : 'tsv');
    setText(await file.text());
    setResult(null);
  };
  return (
    <Modal opened onClose={onClose} title="Import a schedule" centered size="xl">
      <Stack gap="sm">
        <Group justify="space-between">
          <SegmentedControl
            aria-label="Format"
            value={format}
            onChange={(value) => setFormat(value as ImportFormat)}
            data={[
              { value: 'tsv', label: 'Pasted table' },
              { value: 'json', label: 'JSON' },
            ]}
          />
          <FileButton onChange={load} accept=".tsv,.txt,.json,text/tab-separated-values,application/json">
            {(button) => (
              <Button variant="default" {...button}>
                Choose a file
              </Button>
            )}
          </FileButton>
        </Group>
        <Textarea
          aria-label="Schedule"
          placeholder={placeholders[format]}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          minRows={8}
          maxRows={16}
          autosize
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
          data-autofocus
        />
        <Text size="sm" c="dimmed">
          Importing the same rows again updates them. Check-in times are never taken from a file.
        </Text>
        {result && <Result result={result} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {result?.isOk ? 'Close' : 'Back'}
          </Button>
          <Button onClick={run} loading={isBusy} disabled={text.trim() === ''}>
            Import
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
