import { describe, expect, test } from "vitest";
import { canBrowse, signIn, useBrowser } from "./browser.ts";
import { look } from "./look.ts";
import { startManagedGateway } from "./managed-gateway.ts";

describe.runIf(canBrowse)("the traces", () => {
  const open = useBrowser();

  test("show what was said and where each went", async () => {
    const { gateway, addBraintrust, ask } = await startManagedGateway();
    await addBraintrust({ name: "Braintrust" });
    await ask();
    const { page, troubles } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "Traces" }).click();
    await page.getByText("Braintrust: delivered").waitFor();
    await look(page, "traces");
    await page.getByRole("link", { name: "Explain" }).click();
    await page.getByText("Why is the sky blue?").waitFor();
    await look(page, "trace");
    expect(troubles).toEqual([]);
  }, 60_000);
});
