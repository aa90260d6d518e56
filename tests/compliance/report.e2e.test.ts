/** The report as people see it: in a browser, in both colour schemes, on a screen and on a telephone. */

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { controls } from '../../compliance/catalogue/controls.ts';
import { hostileGroups } from '../../compliance/catalogue/hostile-groups.ts';
import { assess } from '../../compliance/engine/assess.ts';
import { htmlReport } from '../../compliance/report/html-report.ts';
import { axeAtRest } from '../e2e/axe-at-rest.ts';
import { launchChromium } from '../e2e/clinic-browser.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** Enough to see every kind of row; axe takes its time for each. */
const shown = controls.slice(0, 6).concat(controls.filter(({ id }) => id === 'H-13' || id === 'P05'));

/** Some controls green, some open, most red, as a run with few results would say. */
function page(): string {
  const tags = ['H-01', 'authz', 'H-13', 'P05'];
  const results = tags.map((tag) => ({
    file: 'a.test.ts',
    titles: [`[${tag}] holds`],
    name: `[${tag}] holds`,
    tags: [tag],
    state: 'passed' as const,
  }));
  const documents = [...new Set(shown.flatMap(({ documents: paths = [] }) => paths))];
  const assessment = assess({
    controls: shown,
    groups: hostileGroups.slice(0, 3),
    declared: [],
    results,
    attestations: null,
    documents: documents.map((path) => ({ path, head: null, faults: [] })),
    checks: {},
    fileExists: () => true,
    now: Date.now(),
  });
  return htmlReport({
    product: 'workflow-bolt',
    version: '0.1.0',
    startedAt: '2026-11-23T12:00:00.000Z',
    finishedAt: '2026-11-23T12:01:00.000Z',
    source: { commit: 'c'.repeat(40), digest: 'd'.repeat(64) },
    tests: { origin: 'this-run', reportSha256: 'e'.repeat(64), passed: 4, failed: 0 },
    scope: 'product',
    assessment,
    evidence: [{ control: 'H-01', path: 'evidence/H-01.json', sha256: 'f'.repeat(64) }],
  });
}

test.each([
  ['light', 1_280],
  ['dark', 380],
] as const)('[H-20] no barrier that axe knows: %s, %d wide', async (colorScheme, width) => {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
  try {
    const sheet = await context.newPage();
    await sheet.setContent(page());
    const { violations } = await (await axeAtRest(sheet))
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa'])
      .analyze();
    expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ target }) => target) }))).toEqual([]);
    expect(await sheet.getByRole('heading', { level: 1 }).textContent()).toBe('Control assessment');
    expect(await sheet.getByRole('row').count()).toBeGreaterThan(shown.length);
    const overflow = await sheet.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  } finally {
    await context.close();
  }
});
