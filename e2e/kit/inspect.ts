import { mkdirSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import type { Page } from "@playwright/test";
import { ROOT } from "./server";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const COLOURS = ["color-contrast", "link-in-text-block"];
const NARROW = { width: 320, height: 640 };
const WIDE = { width: 1280, height: 900 };
const PICTURES = join(ROOT, "e2e", "screens-output");

/** No violation of axe in the state the page is in. `rules`: of these alone. Our pages have no frames, so one look at the page is all. */
export async function expectAccessible(page: Page, what: string, rules?: readonly string[]): Promise<void> {
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (rules === undefined ? axe.withTags(TAGS) : axe.withRules([...rules])).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(" ")} ${node.failureSummary ?? ""}`).join(" | ")}`);
  expect(found, what).toEqual([]);
}

/** Nothing is wider than the screen (WCAG 1.4.10). */
export async function expectNoSidewaysScroll(page: Page, what: string): Promise<void> {
  const wide = await page.evaluate(() => ({
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    guilty: [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map((element) => element.outerHTML.slice(0, 120)),
  }));
  expect(wide.overflow, `${what}: ${wide.guilty.join(" ")}`).toBeLessThanOrEqual(0);
}

/** One screen in one state: axe wide and narrow, colours in light and dark at both, reflow at 320 px, one picture of each. */
export async function inspect(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await expect(page.locator("h1")).toHaveCount(1);
  await expect(page.locator("html")).toHaveAttribute("lang", /^[a-z]{2}/);
  await expect(page).toHaveTitle(/\S/);
  const before = page.viewportSize();
  // A scheme changes colours and nothing else.
  for (const [size, scheme, rules] of [[WIDE, "light"], [NARROW, "dark"], [WIDE, "dark", COLOURS], [NARROW, "light", COLOURS]] as const) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const what = `${name} ${String(size.width)} ${scheme}`;
    if (size === NARROW) await expectNoSidewaysScroll(page, what);
    await expectAccessible(page, what, rules);
    await page.screenshot({ path: join(PICTURES, `${name}-${String(size.width)}-${scheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before !== null) await page.setViewportSize(before);
}
