import { existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startBraintrust } from "@tracecast/braintrust-stand-in";
import OpenAI from "openai";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startGateway } from "../src/gateway.ts";
import { streamedWithUsage } from "./chat-fixtures.ts";
import { sendEvents, startProvider } from "./provider.ts";

const chromiumPath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const isInstalled = existsSync(chromiumPath);
if (!isInstalled && process.env["CI"] === undefined) {
  console.warn(
    "Skipped: the settings page in a browser. To run it: apt-get install chromium, or set CHROMIUM.",
  );
}

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const key = "tc-mgmt-0123456789abcdefghij";

describe.runIf(isInstalled || process.env["CI"] !== undefined)("the settings page", () => {
  let browser: Browser;

  beforeAll(async () => {
    await build({ configFile: folder("../page/vite.config.ts"), logLevel: "error" });
    mkdirSync(folder("../screenshots"), { recursive: true });
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  }, 60_000);
  afterAll(() => browser?.close());

  async function setUp() {
    const [provider, braintrust] = [await startProvider(), await startBraintrust()];
    provider.answer = (_, response) => sendEvents(response, streamedWithUsage);
    const gateway = await startGateway({
      host: "127.0.0.1",
      port: 0,
      privateNetworks: "allow",
      upstream: { url: `${provider.url}/v1`, tracingFields: "strip", streamUsage: "ask" },
      destinations: [],
      data: { folder: mkdtempSync(join(tmpdir(), "tracecast-page-")), managementKey: key },
    });
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const troubles: string[] = [];
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(gateway.url)) troubles.push(`asked ${request.url()}`);
    });
    onTestFinished(async () => {
      await page.close();
      await gateway.close({ answersTimeoutMs: 1000, deliveryTimeoutMs: 100 });
      await provider.close();
      await braintrust.close();
    });
    const ask = async () => {
      const client = new OpenAI({ apiKey: "sk-client", baseURL: `${gateway.url}/v1`, maxRetries: 0 });
      const stream = await client.chat.completions.create({
        model: "openai/gpt-4o",
        stream: true,
        messages: [{ role: "user", content: "Why is the sky blue?" }],
        ...({ trace: { trace_name: "Physics", generation_name: "Explain" }, user: "ada" } as object),
      });
      for await (const _ of stream);
    };
    return { gateway, provider, braintrust, page, troubles, ask };
  }

  async function signIn(page: Page, url: string): Promise<void> {
    await page.goto(url);
    await page.getByLabel("Management key").fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Available" }).waitFor();
  }

  /** Looks at a page in light and dark, wide and narrow, and has axe look for what keeps people out. */
  async function look(page: Page, name: string): Promise<void> {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(axe);
      const found = await page.evaluate(async () => {
        type Rule = { id: string; nodes: { html: string; any: { message: string }[] }[] };
        const { violations, passes } = await (
          globalThis as unknown as { axe: { run(): Promise<{ violations: Rule[]; passes: Rule[] }> } }
        ).axe.run();
        if (passes.length < 10) return ["axe saw next to nothing"];
        return violations.map(({ id, nodes }) => [
          id,
          nodes.map((node) => [node.html, node.any[0]?.message]),
        ]);
      });
      expect(found, `${name}, ${colorScheme}`).toEqual([]);
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 });
        const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        expect(overflow, `${name} at ${width} is wider than its window`).toBeLessThanOrEqual(0);
        await page.screenshot({
          path: join(folder("../screenshots"), `${name}-${colorScheme}-${width}.png`),
          fullPage: true,
        });
      }
      await page.setViewportSize({ width: 1280, height: 900 });
    }
    await page.emulateMedia({ colorScheme: "light" });
  }

  test("leads from the switch to a trace that arrived at Braintrust", async () => {
    const { gateway, braintrust, page, troubles, ask } = await setUp();
    await page.goto(gateway.url);
    await page.getByLabel("Management key").waitFor();
    await look(page, "sign-in");
    await signIn(page, gateway.url);
    await look(page, "observability-empty");
    const toggle = page.getByRole("switch", { name: "Enable Broadcast" });
    await expect.poll(() => toggle.isChecked()).toBe(true);

    await page.getByRole("link", { name: "Add destination Braintrust" }).click();
    await page.getByLabel("Api Key").first().fill(braintrust.apiKey);
    await page.getByLabel("Project Id").fill(braintrust.projectId);
    await page.getByLabel("Base Url").fill(braintrust.url);
    await look(page, "editor");
    const save = page.getByRole("button", { name: "Save" });
    expect(await save.isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Test Connection" }).click();
    await page.getByText("✓").waitFor();
    await look(page, "editor-passed");
    // Saved is only what was tested.
    await page.getByLabel("Project Id").fill("another");
    expect(await save.isDisabled()).toBe(true);
    await page.getByLabel("Project Id").fill(braintrust.projectId);
    await save.click();

    await page.getByText("Connection healthy").waitFor();
    await ask();
    await braintrust.untilRows(1);
    await expect.poll(() => page.locator(".counts dd").first().innerText()).toBe("1");
    await look(page, "observability");
    await page.getByRole("link", { name: "Traces" }).click();
    await page.getByText("Braintrust: delivered").waitFor();
    await look(page, "traces");
    await page.getByLabel("Search").fill("nobody");
    await page.getByText("No trace has “nobody” in it.").waitFor();
    await page.getByLabel("Search").fill("ADA");
    await page.getByRole("link", { name: "Explain" }).click();
    await page.getByText("Why is the sky blue?").waitFor();
    await page.getByText(/^Delivered at/).waitFor();
    await look(page, "trace");
    expect(braintrust.violations).toEqual([]);
    expect(troubles).toEqual([]);
  }, 120_000);

  test.each([
    ["a wrong key", { apiKey: "sk-wrong-0123456789" }, /key/i],
    ["a wrong project", { projectId: "00000000-0000-4000-8000-00000000dead" }, /project/i],
    ["a dead host", { baseUrl: "http://127.0.0.1:9" }, /cannot be reached/],
  ])(
    "does not let %s be saved, and says what is wrong",
    async (mistake, wrong, complaint) => {
      const { gateway, braintrust, page } = await setUp();
      await signIn(page, gateway.url);
      await page.getByRole("link", { name: "Add destination Braintrust" }).click();
      const config = {
        apiKey: braintrust.apiKey,
        projectId: braintrust.projectId,
        baseUrl: braintrust.url,
        ...wrong,
      };
      await page.getByLabel("Api Key").first().fill(config.apiKey);
      await page.getByLabel("Project Id").fill(config.projectId);
      await page.getByLabel("Base Url").fill(config.baseUrl);
      await page.getByRole("button", { name: "Test Connection" }).click();
      await page.getByText("✕").waitFor();
      expect(await page.getByRole("status").innerText()).toMatch(complaint);
      expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
      await look(page, `editor-${mistake.replaceAll(" ", "-")}`);
    },
    60_000,
  );

  test("pauses, resumes, deletes and brings back a destination, and keeps its secret", async () => {
    const { gateway, braintrust, page, ask } = await setUp();
    const made = await fetch(`${gateway.url}/api/tracecast/v1/destinations`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({
        type: "braintrust",
        name: "Evals",
        config: { apiKey: braintrust.apiKey, projectId: braintrust.projectId, baseUrl: braintrust.url },
      }),
    });
    expect(made.status).toBe(201);
    await signIn(page, gateway.url);
    await page.getByRole("button", { name: "Pause Evals" }).click();
    await page.getByText("Paused: paused by hand").waitFor();
    await look(page, "observability-paused");
    await page.getByRole("button", { name: "Resume Evals" }).click();
    await page.getByText("Connection healthy").waitFor();
    await page.getByRole("button", { name: "Delete Evals" }).click();
    await page.getByText("No destination yet").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Connection healthy").waitFor();
    // Shown masked; tested and saved as it stands, the stored key stays.
    await page.getByRole("link", { name: "Evals" }).click();
    await expect.poll(() => page.getByLabel("Api Key").first().inputValue()).toContain("...");
    await page.getByRole("button", { name: "Send test trace" }).click();
    await page.getByText(/took the test trace/).waitFor();
    await page.getByLabel("Privacy Mode").check();
    await page.getByRole("button", { name: "Test Connection" }).click();
    await page.getByText("✓").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Private", { exact: true }).waitFor();
    const before = braintrust.rows().length;
    await ask();
    const rows = await braintrust.untilRows(before + 1);
    expect(JSON.stringify(rows.slice(before))).not.toContain("sky");
  }, 60_000);

  test("a wrong management key is refused, and a session needs the page's own header for changes", async () => {
    const { gateway, provider, page } = await setUp();
    await page.goto(gateway.url);
    await page.getByLabel("Management key").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This is not the management key of this gateway.").waitFor();
    await signIn(page, gateway.url);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
    const headers = { cookie: `a=1; ${cookie?.name}=${cookie?.value}` };
    const path = `${gateway.url}/api/v1/workspaces/default`;
    expect((await fetch(path, { headers })).status).toBe(200);
    expect((await fetch(path, { method: "PATCH", headers, body: "{}" })).status).toBe(403);
    // Nor does the session reach a provider.
    await fetch(`${gateway.url}/v1/models`, { headers });
    expect(provider.requests.at(-1)?.headers.join(" ")).toMatch(/cookie a=1(?! *;)/i);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Management key").waitFor();
    expect((await fetch(path, { headers })).status).toBe(401);
  });
});
