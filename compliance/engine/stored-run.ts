/**
 * Beside its report a test run leaves a stamp: which sources it ran on, and which report it wrote. A report without
 * a stamp of exactly these sources is old news and is not used.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

export const runStampSchema = z.strictObject({
  sourceDigest: z.string().regex(/^[0-9a-f]{64}$/),
  reportSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** False when the run was narrowed to some files or names. */
  isWhole: z.boolean(),
});
export type RunStamp = z.infer<typeof runStampSchema>;

const stampOf = (reportPath: string): string => reportPath.replace(/\.json$/, '.stamp.json');
export const fileSha256 = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex');

/** Writes the stamp of a report. Call it with the digest taken before the run began. */
export function stampReport(reportPath: string, sourceDigest: string, isWhole: boolean): void {
  const stamp: RunStamp = { sourceDigest, reportSha256: fileSha256(reportPath), isWhole };
  writeFileSync(stampOf(reportPath), `${JSON.stringify(stamp)}\n`);
}

/** Why a stored report may not stand for these sources; null when it may. */
export function whyNotFresh(reportPath: string, sourceDigest: string): string | null {
  if (!existsSync(reportPath) || !existsSync(stampOf(reportPath))) return 'there is no stamped report';
  const stamp = runStampSchema.safeParse(parsed(readFileSync(stampOf(reportPath), 'utf8')));
  if (!stamp.success) return 'its stamp cannot be read';
  if (stamp.data.sourceDigest !== sourceDigest) return 'it is of other sources';
  if (stamp.data.reportSha256 !== fileSha256(reportPath)) return 'it was changed after the run';
  return stamp.data.isWhole ? null : 'it is of a part of the tests';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
