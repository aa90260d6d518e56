import { ApiError } from '@workflow-bolt/client';
import { useBoardClient } from '@workflow-bolt/react';
import { useApi } from '../app/api-context.ts';
import { ImportDialog, type ImportFormat, type ImportResult } from '../dialogs/import-dialog.tsx';

/** A problem document as the dialog shows it: each line that cannot be read, with its number. */
function failureOf(cause: unknown): ImportResult {
  if (!(cause instanceof ApiError))
    return { isOk: false, message: 'The server cannot be reached.', errors: [] };
  const errors = (cause.problem?.errors ?? []).map(({ line, path, message }) => ({
    line: line ?? null,
    message: path ? `${path}: ${message}` : message,
  }));
  const message = errors.length > 0 ? 'Correct these lines and import again.' : cause.message;
  return { isOk: false, message, errors };
}

function rowsOf(text: string): unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** Sends a pasted or chosen schedule to the server, all or nothing. */
export function ImportSchedule({ close }: { close: () => void }) {
  const api = useApi();
  const { key } = useBoardClient();
  const run = async (format: ImportFormat, text: string): Promise<ImportResult> => {
    const rows = format === 'json' ? rowsOf(text) : null;
    if (format === 'json' && rows === null)
      return { isOk: false, message: 'This is not a JSON list of appointments.', errors: [] };
    try {
      const done = await api.importSchedule(key, rows === null ? { text } : { rows });
      return { isOk: true, ...done };
    } catch (cause) {
      return failureOf(cause);
    }
  };
  return <ImportDialog onImport={run} onClose={close} />;
}
