/** [H-06] What `why` of an entry can say is explained to whoever reads the record. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditWhyWords, problems } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { root } from './run-command.ts';

const policy = readFileSync(join(root, 'docs/security/audit-policy.md'), 'utf8');
const sources = globSync(['apps/{server,worker}/src/**/*.ts', 'packages/store/src/**/*.ts'], { cwd: root })
  .filter((file) => !file.includes('.test.'))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

test('[audit] every word that the code puts on record stands in the policy', () => {
  const literals = [...sources.matchAll(/\bwhy: '([a-zA-Z_-]+)'/g)].map(([, word]) => word ?? '');
  const unexplained = [...new Set(literals)].filter(
    (word) => !Object.hasOwn(problems, word) && !policy.includes(`\`${word}\``),
  );
  expect(literals.length).toBeGreaterThan(15);
  expect(unexplained).toEqual([]);
});

test('[audit] and no word that the code does not know', () => {
  const unknown = auditWhyWords.filter((word) => {
    const [verb, ...rest] = word.split('_');
    return !sources.includes(`'${word}'`) && !(verb === 'wrong' && sources.includes(`'${rest.join('_')}'`));
  });
  expect(unknown).toEqual([]);
});
