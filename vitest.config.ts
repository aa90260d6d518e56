import { defineConfig } from 'vitest/config';

// One runner for every layer; the suffix of a test file says what it needs (CONTRIBUTING.md).
const exclude = ['**/node_modules/**', '**/dist/**'];
const common = { globals: false, exclude, testTimeout: 20_000, hookTimeout: 40_000 } as const;
/** Most of such a test is waiting for processes; two at once keep two cores busy. */
const sideBySide = { maxWorkers: 2, sequence: { groupOrder: 0 } } as const;
/** These start whole systems and judge them under load: one file at a time, after the others. */
const alone = { maxWorkers: 1, fileParallelism: false, sequence: { groupOrder: 1 } } as const;

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          ...common,
          ...sideBySide,
          name: 'unit',
          include: ['{packages,apps,scripts,tests,compliance}/**/*.test.ts'],
          exclude: [...exclude, '**/*.{redis,e2e,chaos,long}.test.ts'],
        },
      },
      {
        test: {
          ...common,
          ...sideBySide,
          name: 'dom',
          environment: 'jsdom',
          include: ['{packages,apps}/**/*.dom.test.tsx'],
        },
      },
      {
        test: {
          ...common,
          ...sideBySide,
          name: 'redis',
          include: ['{packages,apps,tests}/**/*.redis.test.ts'],
        },
      },
      {
        test: {
          ...common,
          ...alone,
          name: 'e2e',
          include: ['tests/**/*.e2e.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          ...common,
          ...alone,
          name: 'chaos',
          include: ['tests/**/*.chaos.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...common,
          ...alone,
          name: 'long',
          include: ['tests/**/*.long.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
