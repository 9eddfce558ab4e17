import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { managementKey } from "./managed-gateway.ts";

const path = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Whether the tests in a browser run: where there is one, and always where a missing one must be noticed. */
export const canBrowse = existsSync(path) || process.env["CI"] !== undefined;
if (!canBrowse)
  console.warn(
    "Skipped: the settings page in a browser. To run it: apt-get install chromium, or set CHROMIUM.",
  );

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A page, and what went wrong on it: errors, and requests to anybody but the gateway. */
export interface WatchedPage {
  readonly page: Page;
  readonly troubles: readonly string[];
}

/** A browser for the tests of a file. Answers with a way to open a page, which is closed when its test is over. */
export function useBrowser(): (url: string) => Promise<WatchedPage> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: path, args: quiet });
  }, 60_000);
  afterAll(() => browser?.close());
  return async (url) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    onTestFinished(() => page.close());
    const troubles: string[] = [];
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") troubles.push(`said ${message.text()}`);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) troubles.push(`asked ${request.url()}`);
    });
    return { page, troubles };
  };
}

/** Signs in as a person does. */
export async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel("Management key").fill(managementKey);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Observability" }).waitFor();
}
