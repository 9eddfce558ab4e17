import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Where pictures of all states go, from the repository's root; without it none are taken. */
const asked = process.env["TRACECAST_SCREENSHOTS"];
const folder = asked && fileURLToPath(new URL(`../../../../${asked}`, import.meta.url));
const [wide, narrow] = [1280, 360];

/**
 * Looks at a state of the page in light and dark, wide and narrow: axe finds nothing that keeps people out, nothing is wider than its window. With
 * `TRACECAST_SCREENSHOTS`, takes pictures too.
 * @param name - what the pictures are called
 */
export async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect(await violationsOn(page), `${name}, ${colorScheme}`).toEqual([]);
    for (const width of [wide, narrow]) {
      await page.setViewportSize({ width, height: 900 });
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect(overflow, `${name} at ${width} is wider than its window`).toBeLessThanOrEqual(0);
      if (folder) await picture(page, folder, `${name}-${colorScheme}-${width}.png`);
    }
    await page.setViewportSize({ width: wide, height: 900 });
  }
  await page.emulateMedia({ colorScheme: "light" });
}

/** The whole page in a window as high as it is, so that what sticks to the window's edge stands where the page ends. */
async function picture(page: Page, folder: string, file: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { width = wide } = page.viewportSize() ?? {};
  const height = Number(await page.evaluate("document.documentElement.scrollHeight"));
  await page.setViewportSize({ width, height: Math.max(700, height) });
  await page.screenshot({ path: join(folder, file) });
}

interface AxeRule {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly any: readonly { readonly message: string }[] }[];
}

async function violationsOn(page: Page): Promise<readonly unknown[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      readonly axe: { run(): Promise<{ readonly violations: AxeRule[]; readonly passes: AxeRule[] }> };
    };
    const { violations, passes } = await axe.run();
    if (passes.length < 10) return ["axe saw next to nothing"];
    return violations.map(({ id, nodes }) => [id, nodes.map((node) => [node.html, node.any[0]?.message])]);
  });
}
