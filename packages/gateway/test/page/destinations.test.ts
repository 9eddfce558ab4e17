import type { Page } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { webhook } from "@tracecast/destination-otlp";
import { startProvider } from "../provider.ts";
import { canBrowse, signIn, useBrowser } from "./browser.ts";
import { look } from "./look.ts";
import { startManagedGateway } from "./managed-gateway.ts";

const root = "/api/v1/observability/destinations";

describe.runIf(canBrowse)("the configured destinations", () => {
  const open = useBrowser();
  /** How far what can be seen has moved, as a browser counts it. */
  interface Shift {
    readonly value: number;
  }

  const card = (page: Page, name: string) =>
    page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });

  test("are paused, resumed, sent a test trace, deleted and had back", async () => {
    const { gateway, braintrust, addBraintrust } = await startManagedGateway();
    await addBraintrust({ privacy_mode: true, sampling_rate: 0.25, api_key_hashes: ["a".repeat(64)] });
    const { page, troubles } = await open(gateway.url);
    await signIn(page, gateway.url);
    const evals = card(page, "Evals");
    await evals.getByText("Connection healthy").waitFor();
    expect(await evals.getByRole("list", { name: "Policy" }).innerText()).toBe(
      "Private\nSampling 25 %\n1 key",
    );
    await page.getByRole("button", { name: "Pause Evals" }).click();
    await page.getByText(/^Paused by hand; since \d\d:\d\d:\d\d$/).waitFor();
    await look(page, "observability-paused");
    await page.getByRole("button", { name: "Resume Evals" }).click();
    await page.getByText("Connection healthy").waitFor();
    await page.getByRole("button", { name: "Send test trace to Evals" }).click();
    await page.getByText(/Braintrust took the test trace test-trace-/).waitFor();
    expect(braintrust.rows()).not.toHaveLength(0);
    await look(page, "observability-test-trace");
    await page.getByRole("button", { name: "Delete Evals" }).click();
    await page.getByText("No destination yet").waitFor();
    await look(page, "observability-deleted");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Connection healthy").waitFor();
    expect(troubles).toEqual([]);
  }, 120_000);

  test("say what is wrong and since when, and show those of the config file as read-only", async () => {
    const broken = await startProvider();
    broken.answer = (_, response) => void response.writeHead(503).end("Under repair.");
    onTestFinished(() => broken.close());
    const declared = { name: "Archive", type: webhook, config: { url: broken.url } };
    const { gateway, braintrust, addBraintrust, ask } = await startManagedGateway({
      destinations: [declared],
    });
    await addBraintrust({ name: "Revoked" });
    braintrust.answerNext(401, {}, "No valid API key provided");
    await ask();
    const { page } = await open(gateway.url);
    await signIn(page, gateway.url);
    await card(page, "Archive")
      .getByText(/503.*; since \d\d:\d\d:\d\d$/)
      .waitFor();
    await card(page, "Revoked")
      .getByText(/paused until its key is replaced; since \d\d:\d\d:\d\d$/)
      .waitFor();
    expect(await page.getByRole("button", { name: "Delete Archive" }).count()).toBe(0);
    await look(page, "observability-failing");
    await page.getByRole("link", { name: "Edit Archive" }).click();
    await page.getByText("change it there").waitFor();
    expect(await page.getByLabel("Name").isDisabled()).toBe(true);
    await look(page, "editor-read-only");
  }, 90_000);

  test("are duplicated with their secrets, which nobody sees", async () => {
    const { gateway, braintrust, api, addBraintrust } = await startManagedGateway();
    await addBraintrust({ sampling_rate: 0.5 });
    const { page } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "Duplicate Evals" }).click();
    await expect.poll(() => page.getByLabel("Name").inputValue()).toBe("Evals (copy)");
    expect(await page.getByLabel("Api Key").first().inputValue()).not.toBe(braintrust.apiKey);
    expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Test Connection" }).click();
    await page.getByText("✓").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await card(page, "Evals (copy)").getByText("Sampling 50 %").waitFor();
    await page.getByRole("button", { name: "Send test trace to Evals (copy)" }).click();
    await page.getByText(/took the test trace/).waitFor();
    expect(await api("GET", root)).toMatchObject({ total_count: 2 });
  }, 60_000);

  test("keep their place while they are loaded, and the page says when the gateway is gone", async () => {
    const { gateway, addBraintrust } = await startManagedGateway();
    await addBraintrust();
    const { page } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByText("Connection healthy").waitFor();
    const lists = /observability\/destinations|destination-types/;
    let held = 0;
    await page.route(lists, () => void (held += 1));
    await page.reload();
    await page.getByText("Loading…").first().waitFor({ state: "attached" });
    await look(page, "observability-loading");
    await page.addInitScript(() => {
      const at = globalThis as { shifted?: number };
      at.shifted = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          at.shifted = (at.shifted ?? 0) + (entry as unknown as Shift).value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    held = 0;
    await page.reload();
    await expect.poll(() => held).toBe(2);
    await page.getByText("Loading…").first().waitFor({ state: "attached" });
    // What is held goes on with that.
    await page.unroute(lists);
    await page.getByText("Connection healthy").waitFor();
    // What browsers call good is below 0.1.
    expect(await page.evaluate("shifted")).toBeLessThan(0.02);
    await page.route(/\/api\//, (route) => route.abort());
    await page.getByText("The gateway does not answer; is it running?").first().waitFor();
    await look(page, "observability-unreachable");
  }, 90_000);
});
