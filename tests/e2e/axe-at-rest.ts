/** What axe finds on a page that has come to rest: a colour on its way from one look to the next is nobody's look. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Waits for every transition and animation that has an end. */
async function comeToRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // A style that was changed a moment ago begins its transitions with the next frame.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const ending = document
      .getAnimations()
      .filter(({ effect }) => Number.isFinite(Number(effect?.getComputedTiming().endTime)));
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}

/** An analysis of the page as it stands when everything has stopped moving. */
export async function axeAtRest(page: Page): Promise<AxeBuilder> {
  await comeToRest(page);
  return new AxeBuilder({ page });
}
