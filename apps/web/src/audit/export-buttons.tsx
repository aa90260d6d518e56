import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { AuditApi, AuditFileFormat } from '@workflow-bolt/client';
import { FailureNote } from '../app/failure-note.tsx';
import { useAction } from '../app/use-action.ts';
import classes from './audit.module.css';
import { spanOf } from './audit-span.ts';
import type { Filter } from './entries-section.tsx';

const files: readonly { format: AuditFileFormat; label: string; name: string }[] = [
  { format: 'bundle', label: 'Everything with proofs (tar)', name: 'audit.tar' },
  { format: 'csv', label: 'Spreadsheet (CSV)', name: 'audit.csv' },
  { format: 'ndjson', label: 'Lines of JSON', name: 'audit.ndjson' },
  { format: 'fhir', label: 'FHIR AuditEvents', name: 'audit.fhir.json' },
];

/** Hands a file to the browser. */
function save(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement('a'), { href, download: name });
  link.click();
  URL.revokeObjectURL(href);
}

/** The entries of the chosen time, person and patient, to take away; on record, behind a proof of its own. */
export function ExportButtons({ api, clinic, filter }: { api: AuditApi; clinic: string; filter: Filter }) {
  const { failure, isBusy, run } = useAction();
  const { from, to, actor, patient } = filter;
  const take = (format: AuditFileFormat, name: string) =>
    run(async () => {
      const span = spanOf(from, to);
      if (!span) throw new Error('Choose two days.');
      save(await api.file(clinic, { ...span, actor, patient, format }), name);
    });
  return (
    <>
      <FailureNote failure={failure} />
      <div className={classes.pages}>
        {files.map(({ format, label, name }) => (
          <Button
            key={format}
            variant="default"
            disabled={isBusy}
            leftSection={<IconDownload size={18} />}
            onClick={() => void take(format, name)}
          >
            {label}
          </Button>
        ))}
      </div>
    </>
  );
}
