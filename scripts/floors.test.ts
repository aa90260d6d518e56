import { join } from 'node:path';
import { expect, test } from 'vitest';
import { breachOf, findFloorBreaches, importsOf } from './floors.ts';

const root = join(import.meta.dirname, '..');

test('imports go down only', () => {
  expect(findFloorBreaches(root)).toEqual([]);
});

test('an upward import is found, with where the thing should go', () => {
  expect(breachOf('domain', 'packages/domain/src/x.ts', '@workflow-bolt/store')).toContain('only contracts');
  expect(breachOf('web', 'apps/web/src/x.ts', '@workflow-bolt/store')).not.toBeNull();
  expect(breachOf('server', 'apps/server/src/x.ts', '@workflow-bolt/worker')).not.toBeNull();
  expect(breachOf('domain', 'packages/domain/src/x.ts', 'node:fs')).toContain('pure');
  expect(breachOf('new-thing', 'packages/new-thing/src/x.ts', 'zod')).toContain('give new-thing a floor');
});

test('a downward import is not', () => {
  expect(breachOf('store', 'packages/store/src/x.ts', '@workflow-bolt/domain')).toBeNull();
  expect(breachOf('store', 'packages/store/src/x.test.ts', '@workflow-bolt/testkit')).toBeNull();
});

test('every form of import is read', () => {
  const text = `import a from 'a';\nimport type {\n  B,\n} from "b";\nexport * from './c.ts';\nconst d = await import('d');\nimport 'e';\n`;
  expect(importsOf(text)).toEqual(['a', 'b', './c.ts', 'd', 'e']);
});
