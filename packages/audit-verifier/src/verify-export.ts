/** Checks an export of some entries: its files against the manifest, each row against the signed checkpoint. */
import { hash } from 'node:crypto';
import { type Finding, type FindingKind, Findings } from './findings.ts';
import { isIncluded } from './proofs.ts';
import { type Trust, trustedCheckpoint } from './read-checkpoints.ts';
import { verifyNote } from './signed-note.ts';
import { checkpointName, type LogReader } from './tiles.ts';
import { leafHash, type TreeHash } from './tree-hash.ts';

export const exportNames = {
  manifest: 'manifest.json',
  events: 'events.ndjson',
  proofs: 'proofs.json',
  checkpoint: checkpointName,
} as const;

export type ExportManifest = {
  v: 1;
  tool: string;
  /** What was asked for. */
  query: Record<string, unknown>;
  origin: string;
  size: number;
  rows: number;
  files: { name: string; bytes: number; sha256: string }[];
};
/** Beside the rows, in their order: the number of each leaf, and its path to the root (base64). */
export type ExportProofs = { leaves: number[]; paths: string[][] };

export type ExportReport = {
  origin: string;
  size: number;
  rows: number;
  findings: Finding[];
  counts: Partial<Record<FindingKind, number>>;
  exitCode: number;
};

function parsed<T>(bytes: Uint8Array | null): T | null {
  try {
    return bytes && (JSON.parse(Buffer.from(bytes).toString('utf8')) as T);
  } catch {
    return null;
  }
}

/** Reads an export once. Throws only what the reader throws. */
export async function verifyExport(
  reader: LogReader,
  trust: Pick<Trust, 'key' | 'witnesses'>,
): Promise<ExportReport> {
  const findings = new Findings();
  const manifest = parsed<ExportManifest>(await reader.read(exportNames.manifest));
  if (!manifest || !Array.isArray(manifest.files))
    findings.add('missing_piece', 'the manifest is missing or unreadable', { piece: exportNames.manifest });
  await checkFiles(reader, manifest, findings);
  const checkpoint = await trustedCheckpoint(reader, checkpointName, trust, findings);
  for (const witness of checkpoint ? trust.witnesses : [])
    if (checkpoint && !verifyNote(checkpoint.note, witness).isSigned)
      findings.add('witness', `the checkpoint is not cosigned by ${witness.name}`, { piece: checkpointName });
  const rows = await checkRows(reader, checkpoint, findings);
  if (manifest && manifest.rows !== rows)
    findings.add('count_mismatch', `${rows} rows where the manifest says ${manifest.rows}`);
  return {
    origin: checkpoint?.origin ?? trust.key.name,
    size: checkpoint?.size ?? 0,
    rows,
    findings: findings.all,
    counts: findings.counts,
    exitCode: findings.exitCode,
  };
}

async function checkFiles(
  reader: LogReader,
  manifest: ExportManifest | null,
  findings: Findings,
): Promise<void> {
  const listed = new Set((manifest?.files ?? []).map(({ name }) => name));
  for (const name of [exportNames.events, exportNames.proofs, exportNames.checkpoint])
    if (!listed.has(name))
      findings.add('missing_piece', `the manifest does not list ${name}`, { piece: name });
  for (const { name, sha256 } of manifest?.files ?? []) {
    const bytes = await reader.read(name);
    if (!bytes) findings.add('missing_piece', `${name} is missing`, { piece: name });
    else if (hash('sha256', bytes, 'hex') !== sha256)
      findings.add('leaf_mismatch', `${name} is not the file that was exported`, { piece: name });
  }
}

async function checkRows(
  reader: LogReader,
  checkpoint: { size: number; root: TreeHash } | null,
  findings: Findings,
): Promise<number> {
  const events = await reader.read(exportNames.events);
  const proofs = parsed<ExportProofs>(await reader.read(exportNames.proofs));
  const lines = events ? Buffer.from(events).toString('utf8').split('\n').filter(Boolean) : [];
  const { leaves = [], paths = [] } = proofs ?? {};
  if (leaves.length !== lines.length || paths.length !== lines.length)
    findings.add('count_mismatch', `${lines.length} rows and ${paths.length} proofs`, {
      piece: exportNames.proofs,
    });
  for (const [i, line] of lines.entries()) {
    const leaf = leaves[i] ?? -1;
    const proof = (paths[i] ?? []).map((text) => Buffer.from(text, 'base64'));
    const claim = { leaf, leafHash: leafHash(Buffer.from(line)), proof };
    if (checkpoint && !isIncluded({ ...claim, size: checkpoint.size, root: checkpoint.root }))
      findings.add('leaf_mismatch', `row ${i + 1} is not leaf ${leaf} of the log`, {
        leaf: Math.max(0, leaf),
      });
  }
  return lines.length;
}
