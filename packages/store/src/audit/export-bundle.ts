/** An export that proves itself: rows, a manifest, the signed checkpoint, and the path of each row to its root. */
import { hash } from 'node:crypto';
import {
  type ExportManifest,
  type ExportProofs,
  exportNames,
  formatNote,
} from '@workflow-bolt/audit-verifier';
import { Fault } from '@workflow-bolt/contracts';
import type { AuditReader, FoundEntry } from './audit-reader.ts';
import { entriesCsv } from './export-csv.ts';
import { fhirBundle } from './export-fhir.ts';
import { tarOf } from './write-tar.ts';

export type ExportQuestion = { query: Record<string, unknown>; tool: string; at: number };

/** The files of an export by name. Throws Fault, or MissingPiece. */
export async function exportFiles(
  reader: AuditReader,
  rows: readonly FoundEntry[],
  { query, tool, at }: ExportQuestion,
): Promise<Map<string, Uint8Array>> {
  const checkpoint = await reader.archive.cosignedCheckpoint();
  if (!checkpoint) throw new Fault('archive_unavailable', { reason: 'never_sealed' });
  const leaves = rows.map(({ leaf }) => leaf);
  const proofs: ExportProofs = { leaves, paths: await reader.proofs(leaves, checkpoint.size) };
  const files = new Map<string, Uint8Array>([
    [
      exportNames.events,
      Buffer.from(rows.map(({ bytes }) => `${Buffer.from(bytes).toString('utf8')}\n`).join('')),
    ],
    ['events.csv', Buffer.from(entriesCsv(rows))],
    ['events.fhir.json', Buffer.from(JSON.stringify(fhirBundle(rows, at)))],
    [exportNames.proofs, Buffer.from(JSON.stringify(proofs))],
    [exportNames.checkpoint, formatNote(checkpoint.note)],
  ]);
  const manifest: ExportManifest = {
    v: 1,
    tool,
    query,
    origin: checkpoint.origin,
    size: checkpoint.size,
    rows: rows.length,
    files: [...files].map(([name, bytes]) => ({
      name,
      bytes: bytes.length,
      sha256: hash('sha256', bytes, 'hex'),
    })),
  };
  return files.set(exportNames.manifest, Buffer.from(JSON.stringify(manifest, null, 2)));
}

/** The same as one tar file. */
export async function exportTar(
  reader: AuditReader,
  rows: readonly FoundEntry[],
  question: ExportQuestion,
): Promise<Uint8Array> {
  return tarOf(await exportFiles(reader, rows, question), question.at);
}
