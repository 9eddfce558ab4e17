import { describe, expect, test } from "vitest";
import { canBrowse, signIn, useBrowser } from "./browser.ts";
import { look } from "./look.ts";
import { startManagedGateway } from "./managed-gateway.ts";

describe.runIf(canBrowse)("the traces", () => {
  const open = useBrowser();

  test("are found, and show what was said and where each went", async () => {
    const { gateway, addBraintrust, ask } = await startManagedGateway();
    await addBraintrust({ name: "Braintrust" });
    await ask();
    const { page, troubles } = await open(gateway.url);
    await signIn(page, gateway.url);
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
    expect(troubles).toEqual([]);
  }, 60_000);
});
