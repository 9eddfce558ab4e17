import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { canBrowse, signIn, useBrowser } from "./browser.ts";
import { look } from "./look.ts";
import { startManagedGateway } from "./managed-gateway.ts";
import type { ManagedGateway } from "./managed-gateway.ts";

const own = "/api/tracecast/v1";

describe.runIf(canBrowse)("the way from nothing to a trace in Braintrust", () => {
  const open = useBrowser();

  /** What a person writes into the form. */
  interface Written {
    readonly apiKey: string;
    readonly projectId: string;
    readonly baseUrl: string;
  }

  const right = ({ braintrust }: ManagedGateway): Written => ({
    apiKey: braintrust.apiKey,
    projectId: braintrust.projectId,
    baseUrl: braintrust.url,
  });

  async function fill(page: Page, { apiKey, projectId, baseUrl }: Written): Promise<void> {
    await page.getByLabel("Api Key").first().fill(apiKey);
    await page.getByLabel("Project Id").fill(projectId);
    await page.getByLabel("Base Url").fill(baseUrl);
  }

  test("leads from the switch to a trace that arrived", async () => {
    const managed = await startManagedGateway();
    const { gateway, braintrust, api, ask } = managed;
    await api("PATCH", "/api/v1/workspaces/default", { is_observability_broadcast_enabled: false });
    const { page, troubles } = await open(gateway.url);
    await signIn(page, gateway.url);
    const toggle = page.getByRole("switch", { name: "Enable Broadcast" });
    await page.getByText("It is off").waitFor();
    await look(page, "observability-off");
    await toggle.check();
    await page.getByText("No destination yet").waitFor();
    await look(page, "observability-empty");

    await page.getByRole("link", { name: "Add destination Braintrust" }).click();
    const save = page.getByRole("button", { name: "Save" });
    expect(await save.isDisabled()).toBe(true);
    await look(page, "editor-new");
    await fill(page, right(managed));
    await page.getByRole("button", { name: "Test Connection" }).click();
    await page.getByText("✓").waitFor();
    await look(page, "editor-passed");
    // Saved is only what was tested: any change closes it again.
    await page.getByLabel("Project Id").fill("another");
    expect(await save.isDisabled()).toBe(true);
    await page.getByText("Changed since the test").waitFor();
    await page.getByLabel("Project Id").fill(braintrust.projectId);
    await page.getByLabel("Privacy Mode").check();
    expect(await save.isDisabled()).toBe(true);
    await page.getByLabel("Privacy Mode").uncheck();
    await save.click();

    await page.getByText("Connection healthy").waitFor();
    await ask();
    await braintrust.untilRows(1);
    await expect.poll(() => page.locator(".counts dd").first().innerText()).toBe("1");
    await look(page, "observability-healthy");
    expect(JSON.stringify(braintrust.rows())).toContain("Why is the sky blue?");
    expect(braintrust.violations).toEqual([]);
    await page.getByRole("link", { name: "Traces" }).click();
    await page.getByText("Braintrust: delivered").waitFor();
    expect(troubles).toEqual([]);
  }, 120_000);

  test.each([
    ["a wrong key", { apiKey: "sk-wrong-0123456789" }, /key/i],
    ["a wrong project", { projectId: "00000000-0000-4000-8000-00000000dead" }, /project/i],
    ["a dead host", { baseUrl: "http://127.0.0.1:9" }, /cannot be reached/],
  ])(
    "does not let %s be saved, on the page or by the API, and says what is wrong",
    async (mistake, wrong, complaint) => {
      const managed = await startManagedGateway();
      const { gateway, api } = managed;
      const config = { ...right(managed), ...wrong };
      const { page } = await open(gateway.url);
      await signIn(page, gateway.url);
      await page.getByRole("link", { name: "Add destination Braintrust" }).click();
      await fill(page, config);
      await page.getByRole("button", { name: "Test Connection" }).click();
      await page.getByText("✕", { exact: true }).waitFor();
      expect(await page.locator(".outcome").innerText()).toMatch(complaint);
      const save = page.getByRole("button", { name: "Save" });
      expect(await save.isDisabled()).toBe(true);
      await look(page, `editor-${mistake.replaceAll(" ", "-")}`);
      // Nor by pressing Enter, nor by a button that somebody has opened by hand.
      await page.getByLabel("Project Id").press("Enter");
      await save.evaluate((button) => button.removeAttribute("disabled"));
      await save.click();
      const body = { type: "braintrust", name: "Evals", config };
      await expect(api("POST", `${own}/destinations`, body)).rejects.toThrow(
        /^Not saved, for the connection test failed: /,
      );
      expect(await api("GET", "/api/v1/observability/destinations")).toMatchObject({ data: [] });
    },
    90_000,
  );

  test("shows beside a field what the gateway objects to", async () => {
    const { gateway } = await startManagedGateway();
    const { page } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "Add destination Braintrust" }).click();
    await page.getByLabel("Base Url").fill("not an address");
    await page.getByRole("button", { name: "Test Connection" }).click();
    await page.getByText("Api Key is required").waitFor();
    expect(await page.getByLabel("Api Key").first().getAttribute("aria-invalid")).toBe("true");
    expect(await page.locator("#config-baseUrl-complaint").innerText()).toMatch(/^Base Url /);
    await look(page, "editor-refused");
  }, 60_000);
});
