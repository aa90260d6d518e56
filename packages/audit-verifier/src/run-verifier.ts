/** The command as a function: arguments in, text and exit code out. */
import { readFileSync } from 'node:fs';
import { CallRefused, type CommandLine, help, readCommandLine } from './command-line.ts';
import { Findings } from './findings.ts';
import { folderReader } from './folder-reader.ts';
import { certificateReportText, exportReportText, logReportText } from './print-report.ts';
import { inclusionProof } from './proofs.ts';
import { trustedCheckpoint } from './read-checkpoints.ts';
import { checkpointName, MissingPiece, tileHashes } from './tiles.ts';
import { verifyCertificate } from './verify-certificate.ts';
import { verifyExport } from './verify-export.ts';
import { verifyLog } from './verify-log.ts';

export type VerifierOutput = { text: string; exitCode: number };
const callIsWrong = 2;

/** Never throws on a wrong call or an unreadable file: that is exit code 2. */
export async function runVerifier(argv: readonly string[], now = Date.now()): Promise<VerifierOutput> {
  try {
    const line = readCommandLine(argv, { read: (path) => readFileSync(path) }, now);
    if (!line) return { text: help, exitCode: 0 };
    if (line.prove !== null) return await prove(line, line.prove);
    if (line.isCertificate) return checkCertificate(line);
    return line.isExport ? await checkExport(line) : await checkLog(line);
  } catch (error) {
    const isOurs = error instanceof CallRefused || typeof (error as NodeJS.ErrnoException).code === 'string';
    if (!isOurs) throw error;
    return { text: `${(error as Error).message}\n\n${help}`, exitCode: callIsWrong };
  }
}

async function checkLog({ folder, isJson, options }: CommandLine): Promise<VerifierOutput> {
  const report = await verifyLog(folderReader(folder), options);
  return {
    text: isJson ? JSON.stringify(report, null, 2) : logReportText(report),
    exitCode: report.exitCode,
  };
}

async function checkExport({ folder, isJson, options }: CommandLine): Promise<VerifierOutput> {
  const report = await verifyExport(folderReader(folder), options);
  return {
    text: isJson ? JSON.stringify(report, null, 2) : exportReportText(report),
    exitCode: report.exitCode,
  };
}

function checkCertificate({ folder, isJson, options }: CommandLine): VerifierOutput {
  const report = verifyCertificate(readFileSync(folder), options.key);
  return {
    text: isJson ? JSON.stringify(report, null, 2) : certificateReportText(report),
    exitCode: report.exitCode,
  };
}

async function prove({ folder, options }: CommandLine, leaf: number): Promise<VerifierOutput> {
  const reader = folderReader(folder);
  const findings = new Findings();
  const checkpoint = await trustedCheckpoint(reader, checkpointName, options, findings);
  if (!checkpoint)
    return { text: JSON.stringify({ findings: findings.all }, null, 2), exitCode: findings.exitCode };
  if (leaf >= checkpoint.size) throw new CallRefused(`the log has ${checkpoint.size} entries`);
  try {
    const read = tileHashes(reader, checkpoint.size);
    const path = await inclusionProof(read, leaf, checkpoint.size);
    const proof = path.map((hash) => Buffer.from(hash).toString('base64'));
    const { origin, size } = checkpoint;
    return {
      text: JSON.stringify({ origin, size, leaf, proof, checkpoint: checkpoint.note.text }, null, 2),
      exitCode: 0,
    };
  } catch (error) {
    if (!(error instanceof MissingPiece)) throw error;
    findings.add('missing_piece', error.message, { piece: error.piece });
    return { text: JSON.stringify({ findings: findings.all }, null, 2), exitCode: findings.exitCode };
  }
}
