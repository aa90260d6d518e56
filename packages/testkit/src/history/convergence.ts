import { createHash } from 'node:crypto';
import { type CheckResult, resultOf } from './history.ts';
import { canonicalJson } from './models.ts';

/** SHA-256 of data, the same for equal data in whatever order its names stand. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** All observers hold the same state: every digest is equal. */
export function checkConvergence(digests: Readonly<Record<string, string>>): CheckResult {
  const groups = Map.groupBy(Object.entries(digests), ([, digest]) => digest);
  if (groups.size === 0) return resultOf(['nobody to compare']);
  if (groups.size === 1) return resultOf([]);
  const described = [...groups].map(
    ([digest, of]) => `${digest.slice(0, 12)}: ${of.map(([who]) => who).join(', ')}`,
  );
  return resultOf([`${groups.size} different states: ${described.join(' | ')}`]);
}
