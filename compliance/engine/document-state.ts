/** Versioned documents: who owns one, since when it is in effect, and until when it must have been reviewed. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export const documentHeadSchema = z.strictObject({
  title: z.string().min(5),
  /** A role, never a person: people change. */
  owner: z.string().min(5),
  version: z.string().regex(/^\d+\.\d+$/),
  effective: z.iso.date(),
  reviewBy: z.iso.date(),
  retired: z.union([z.iso.date(), z.literal('no')]),
});
export type DocumentHead = z.infer<typeof documentHeadSchema>;
export type DocumentVerdict = { path: string; head: DocumentHead | null; faults: readonly string[] };

/** A year: policies are reviewed at least that often (45 CFR 164.316(b)(2)(iii) asks for "periodically"). */
const reviewDaysMax = 366;
const dayMs = 86_400_000;

/** The lines between `---` at the top of a document, as an object of strings; null when there are none. */
export function parseFrontMatter(text: string): Record<string, string> | null {
  const block = /^---\n([\s\S]*?)\n---\n/.exec(text)?.[1];
  if (block === undefined) return null;
  const pairs = block.split('\n').map((line) => /^([A-Za-z]+): (.+)$/.exec(line));
  if (pairs.some((pair) => pair === null)) return null;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', (pair?.[2] ?? '').trim()]));
}

/** Reads one document and says what is wrong with its head at `now` (epoch ms). */
export function judgeDocument(path: string, file: string, now: number): DocumentVerdict {
  try {
    return { path, ...judgeHead(readFileSync(file, 'utf8'), now) };
  } catch {
    return { path, head: null, faults: ['does not exist'] };
  }
}

function judgeHead(text: string, now: number): Omit<DocumentVerdict, 'path'> {
  const parsed = documentHeadSchema.safeParse(parseFrontMatter(text) ?? {});
  if (!parsed.success) return { head: null, faults: ['has no head with owner, version and dates'] };
  return { head: parsed.data, faults: faultsOf(parsed.data, now) };
}

function faultsOf({ effective, reviewBy, retired }: DocumentHead, now: number): string[] {
  const [from, review] = [Date.parse(effective), Date.parse(reviewBy)];
  const faults: string[] = [];
  if (from > now) faults.push(`is in effect only from ${effective}`);
  if (retired !== 'no' && Date.parse(retired) <= now) faults.push(`was retired on ${retired}`);
  if (review < now) faults.push(`should have been reviewed by ${reviewBy}`);
  if (review - from > reviewDaysMax * dayMs) faults.push('is not to be reviewed within a year');
  return faults;
}
