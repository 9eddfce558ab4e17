import type { Page } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { sendJson, startProvider } from "../provider.ts";
import { canBrowse, signIn, useBrowser } from "./browser.ts";
import { look } from "./look.ts";
import { startManagedGateway } from "./managed-gateway.ts";

const keyHash = "b".repeat(64);

interface Shown {
  readonly data: Readonly<Record<string, unknown>>;
}

describe.runIf(canBrowse)("the editor of a destination", () => {
  const open = useBrowser();

  async function testAndSave(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Test Connection" }).click();
    await page.getByText("✓").first().waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Configured" }).waitFor();
  }

  test("keeps a stored secret, and replaces or removes what is changed", async () => {
    const { gateway, braintrust, api, addBraintrust } = await startManagedGateway();
    const id = await addBraintrust();
    const at = `/api/v1/observability/destinations/${id}`;
    const config = async () =>
      ((await api<Shown>("GET", at)).data as { config: Record<string, unknown> }).config;
    const { page, troubles } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "Edit Evals" }).click();
    const key = page.getByLabel("Api Key").first();
    await expect.poll(() => key.inputValue()).toContain("...");
    expect(await key.getAttribute("type")).toBe("password");
    await page.getByRole("button", { name: "Reveal Api Key" }).click();
    expect(await key.getAttribute("type")).toBe("text");
    expect(await page.content()).not.toContain(braintrust.apiKey);
    await page.getByRole("button", { name: "Add a header" }).click();
    await page.getByLabel("Name of header 1").fill("X-Team");
    await page.getByLabel("Value of header 1").fill("a-secret-of-the-team");
    expect(await page.getByLabel("Value of header 1").getAttribute("type")).toBe("password");
    await testAndSave(page);
    expect(await config()).toMatchObject({ headers: { "X-Team": expect.stringMatching(/^a-se\.\.\./) } });
    await page.getByRole("button", { name: "Send test trace to Evals" }).click();
    await page.getByText(/took the test trace/).waitFor();
    expect(braintrust.requests.at(-1)?.headers).toMatchObject({
      authorization: `Bearer ${braintrust.apiKey}`,
      "x-team": "a-secret-of-the-team",
    });

    await page.getByRole("link", { name: "Edit Evals" }).click();
    await page.getByLabel("Value of header 1").waitFor();
    await look(page, "editor-saved");
    await page.getByRole("button", { name: "Remove header 1" }).click();
    await testAndSave(page);
    expect(await config()).not.toHaveProperty("headers");
    expect(troubles).toEqual([]);
  }, 90_000);

  test("sets keys, rules, redaction and generation data, and tries the rules on recent traces", async () => {
    const { gateway, api, addBraintrust, ask } = await startManagedGateway();
    const id = await addBraintrust();
    await api("POST", "/api/v1/keys", { name: "Production", hash: keyHash });
    await ask({ user: "ada" });
    await ask({ user: "bob" });
    await ask({ user: "bob" });
    await gateway.flush({ timeoutMs: 5000 });
    const { page, troubles } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "Edit Evals" }).click();
    await page.getByText("3 of the last 3 traces would go").waitFor();
    await page.getByRole("button", { name: "Add a group of rules" }).click();
    await page.getByText("Complete the settings above").waitFor();
    await page.getByLabel("Field of group 1 rule 1").selectOption("User id");
    await page.getByLabel("Value of group 1 rule 1").fill("ada");
    await page.getByText("1 of the last 3 traces would go").waitFor();
    await page.getByRole("button", { name: "Add a rule to group 1" }).click();
    await page.getByLabel("Field of group 1 rule 2").selectOption("Total tokens");
    await page.getByLabel("Operator of group 1 rule 2").selectOption(">");
    await page.getByLabel("Value of group 1 rule 2").fill("1");
    await page.getByText("2 not").waitFor();
    await page.getByText("Does not hold: User id is “ada”.").first().waitFor();
    await page.getByText("Trace by trace").click();
    await look(page, "editor-rules");

    await page.getByLabel("All but these keys").check();
    await page.getByRole("checkbox", { name: "Production" }).check();
    await page.getByLabel("Another key, by its SHA-256").fill("c".repeat(64));
    await page.getByLabel("Another key, by its SHA-256").press("Enter");
    await page.getByRole("checkbox", { name: "Key without a name" }).waitFor();
    await page.getByRole("checkbox", { name: "Global" }).uncheck();
    await page.getByText("Choose at least one region.").waitFor();
    await page.getByRole("checkbox", { name: "Europe" }).check();
    await page.getByText("It was served in a region that is not chosen.").first().waitFor();
    await page.getByRole("checkbox", { name: "E-mail addresses" }).check();
    await page.getByLabel("Fields").fill("trace.metadata.customer");
    await page.getByLabel(/^A hash/).check();
    await page.getByLabel("Request context").check();
    await look(page, "editor-full");
    await testAndSave(page);
    expect((await api<Shown>("GET", `/api/v1/observability/destinations/${id}`)).data).toMatchObject({
      api_key_hashes: null,
      excluded_api_key_hashes: [keyHash, "c".repeat(64)],
      redaction: { paths: ["trace.metadata.customer"], detectors: ["email"], replace_with: "hash" },
      broadcast_generation_request_context: true,
      regions: ["europe"],
      filter_rules: {
        groups: [
          {
            logic: "and",
            rules: [
              { field: "user_id", operator: "equals", value: "ada" },
              { field: "total_tokens", operator: "gt", value: 1 },
            ],
          },
        ],
      },
    });
    await page.getByText("All but 2 keys").waitFor();
    expect(troubles).toEqual([]);
  }, 120_000);

  test("says which rule is not one", async () => {
    const { gateway, addBraintrust } = await startManagedGateway();
    await addBraintrust();
    const { page } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "Edit Evals" }).click();
    await page.getByRole("button", { name: "Add a group of rules" }).click();
    await page.getByLabel("Operator of group 1 rule 1").selectOption("matches the pattern");
    await page.getByLabel("Value of group 1 rule 1").fill("(");
    await page
      .getByText(/is not a regular expression/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Test Connection" }).click();
    await page.getByText("One setting does not fit; it is marked above.").waitFor();
    expect(
      await page.getByLabel("Value of group 1 rule 1").evaluate((one) => one === document.activeElement),
    ).toBe(true);
    await look(page, "editor-rule-refused");
    await page.getByLabel("Only these keys").check();
    await page.getByText("Choose at least one key, or all of them.").waitFor();
  }, 60_000);

  test("says before and after the test what will not be seen at the far end", async () => {
    const site = await startProvider();
    site.answer = (_, response) => sendJson(response, { valid: true });
    onTestFinished(() => site.close());
    const { gateway } = await startManagedGateway();
    const { page } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "Add destination Datadog" }).click();
    await page.getByText("What Datadog does not show").click();
    const citations = page.getByText("Datadog has no place for the citations of an answer.");
    await citations.waitFor();
    await page.getByLabel("Api Key").first().fill("dd-0123456789-0123456789");
    await page.getByLabel("Ml App").fill("shop");
    await page.getByLabel("Url", { exact: false }).fill(site.url);
    await page.getByRole("button", { name: "Test Connection" }).click();
    await page.getByText("Not everything is shown there").click();
    await expect.poll(() => citations.count()).toBe(2);
    await look(page, "editor-not-carried");
  }, 60_000);

  test("shows that a test takes its time, and lets it be called off", async () => {
    const slow = await startProvider();
    let gaveUp = () => {};
    const givenUp = new Promise<void>((resolve) => (gaveUp = resolve));
    slow.answer = (request) => void request.socket.once("close", gaveUp);
    onTestFinished(() => slow.close());
    const { gateway, addBraintrust } = await startManagedGateway();
    await addBraintrust();
    const { page } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "Edit Evals" }).click();
    await page.getByLabel("Base Url").fill(slow.url);
    await page.getByRole("button", { name: "Test Connection" }).click();
    await page.getByText("Testing the connection.").waitFor();
    await page.getByRole("progressbar").waitFor();
    await look(page, "editor-testing");
    await page.getByRole("button", { name: "Cancel the test" }).click();
    await page.getByText("Cancelled.").waitFor();
    // The gateway has hung up too.
    await givenUp;
    expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
  }, 60_000);

  test("holds whoever leaves with unsaved changes", async () => {
    const { gateway, addBraintrust } = await startManagedGateway();
    await addBraintrust();
    const { page } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "Edit Evals" }).click();
    await page.getByLabel("Name").fill("Evaluations");
    await page.getByRole("link", { name: "Traces", exact: true }).click();
    await page.getByRole("dialog").getByText("Leave without saving?").waitFor();
    await look(page, "editor-leave");
    await page.getByRole("button", { name: "Stay" }).click();
    expect(await page.getByLabel("Name").inputValue()).toBe("Evaluations");
    await page.goBack();
    await page.getByRole("button", { name: "Leave" }).click();
    await page.getByRole("heading", { name: "Configured" }).waitFor();
    await page.getByRole("link", { name: "Traces", exact: true }).click();
    await page.getByRole("heading", { name: "Traces" }).waitFor();
  }, 60_000);

  test("is filled in, tested and saved by the keyboard alone", async () => {
    const { gateway, braintrust } = await startManagedGateway();
    const { page } = await open(gateway.url);
    await page.goto(gateway.url);
    const reach = async (name: string) => {
      for (let presses = 0; presses < 150; presses += 1) {
        await page.keyboard.press("Tab");
        const focused = await page.evaluate(() => {
          const at = document.activeElement as HTMLInputElement | null;
          const style = at && getComputedStyle(at);
          const name =
            at?.getAttribute("aria-label") ?? at?.labels?.[0]?.textContent ?? at?.textContent ?? "";
          return { name, isSeen: style?.outlineStyle !== "none" && style?.outlineWidth !== "0px" };
        });
        if (!focused.name.startsWith(name)) continue;
        expect(focused.isSeen, `the focus on ${name} can be seen`).toBe(true);
        return;
      }
      throw new Error(`Tab never reached ${name}.`);
    };
    const write = async (name: string, text: string) => {
      await reach(name);
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type(text);
    };
    await page.getByLabel("Management key").waitFor();
    await write("Management key", "tc-mgmt-0123456789abcdefghij");
    await page.keyboard.press("Enter");
    await page.getByText("Webhook").waitFor();
    await reach("Add destination Braintrust");
    await page.keyboard.press("Enter");
    await page.getByLabel("Project Id").waitFor();
    await write("Api Key", braintrust.apiKey);
    await write("Project Id", braintrust.projectId);
    await write("Base Url", braintrust.url);
    await reach("Privacy Mode");
    await page.keyboard.press("Space");
    await reach("Test Connection");
    await page.keyboard.press("Enter");
    await page.getByText("✓").waitFor();
    await reach("Save");
    await page.keyboard.press("Enter");
    await page.getByText("Connection healthy").waitFor();
    await page.getByText("Private", { exact: true }).waitFor();
    await reach("Pause Braintrust");
    await page.keyboard.press("Space");
    await page.getByText(/^Paused by hand/).waitFor();
  }, 60_000);
});
