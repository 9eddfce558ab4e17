import { describe, expect, test } from "vitest";
import { canBrowse, signIn, useBrowser } from "./browser.ts";
import { look } from "./look.ts";
import { startManagedGateway } from "./managed-gateway.ts";

describe.runIf(canBrowse)("the dead letters of a destination", () => {
  const open = useBrowser();

  test("are looked at, sent again, sent elsewhere and thrown away", async () => {
    const { gateway, braintrust, addBraintrust, addRefusing } = await startManagedGateway();
    await addBraintrust();
    const archive = await addRefusing(60);
    const { page, troubles } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "60", exact: true }).click();
    await page.getByRole("heading", { name: "Dead letters of Archive" }).waitFor();
    await page.getByText("1 to 25 of 60").waitFor();
    const inspect = page.getByText("The trace, as the destination was to see it").first();
    await inspect.click();
    await page.getByText('"operation": "chat"').waitFor();
    await look(page, "dead-letters");
    await page.getByRole("button", { name: "Older" }).click();
    await page.getByRole("button", { name: "Older" }).click();
    await page.getByText("51 to 60 of 60").waitFor();
    expect(await page.getByRole("button", { name: "Older" }).isDisabled()).toBe(true);

    // Sent there again, it dies again; sent elsewhere, all arrive.
    await page
      .getByRole("button", { name: /^Replay 0/ })
      .first()
      .click();
    await page.getByText("1 handed to Archive again.").waitFor();
    await gateway.flush({ timeoutMs: 20_000 });
    expect(gateway.dispatcher.deadLetters(archive)).toHaveLength(60);
    await page.getByLabel("Send to").selectOption("Evals");
    await page.getByRole("button", { name: "Replay all 60" }).click();
    await page.getByText("60 handed to Evals again.").waitFor();
    await page.getByText("Evals has decided on all of them").waitFor();
    await braintrust.untilRows(60);
    await look(page, "dead-letters-replayed");

    await page.getByRole("button", { name: "Purge" }).click();
    await page.getByRole("dialog").getByText("Throw 60 dead letters away?").waitFor();
    await look(page, "dead-letters-purge");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Purge" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Purge" }).click();
    await page.getByText("60 thrown away.").waitFor();
    await page.getByText("There are none").waitFor();
    await look(page, "dead-letters-empty");
    expect(troubles).toEqual([]);
  }, 120_000);

  test("go on waiting, with a bar that says so, where the other destination is paused", async () => {
    const { gateway, api, addBraintrust, addRefusing } = await startManagedGateway();
    const evals = await addBraintrust();
    const id = await addRefusing(10);
    await api("POST", `/api/tracecast/v1/destinations/${evals}/pause`);
    const { page } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.goto(`${gateway.url}/#/destinations/${id}/dead-letters`);
    await page.getByLabel("Send to").selectOption("Evals");
    await page.getByRole("button", { name: "Replay all 10" }).click();
    await page.getByText("10 still wait to be sent to Evals: paused by hand").waitFor();
    expect(await page.getByRole("progressbar").getAttribute("value")).toBe("0");
    await look(page, "dead-letters-waiting");
    await api("POST", `/api/tracecast/v1/destinations/${evals}/resume`);
    await page.getByText("Evals has decided on all of them").waitFor();
    expect(await page.getByRole("progressbar").getAttribute("value")).toBe("10");
  }, 60_000);
});
