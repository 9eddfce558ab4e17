import { describe, expect, test } from "vitest";
import { sendJson } from "../provider.ts";
import { canBrowse, signIn, useBrowser } from "./browser.ts";
import { look } from "./look.ts";
import { startManagedGateway } from "./managed-gateway.ts";

describe.runIf(canBrowse)("the overview", () => {
  const open = useBrowser();

  test("counts what went through, by time, model and destination", async () => {
    const { gateway, provider, braintrust, addBraintrust, ask } = await startManagedGateway();
    await addBraintrust();
    const { page, troubles } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByText("Nothing in this time.").waitFor();
    await look(page, "overview-empty");

    await ask();
    await ask();
    provider.answer = (_, response) => sendJson(response, { error: { message: "Slow down." } }, 429);
    await ask({ model: "another/model" }).catch(() => {});
    await braintrust.untilRows(6);
    const tile = (name: string) =>
      page.locator(".tiles .card", { has: page.getByText(name, { exact: true }) }).innerText();
    await expect.poll(() => tile("Requests"), { timeout: 10_000 }).toContain("3\n1 failed (33.3 %)");
    expect(await tile("Tokens")).toContain("34\n24 in, 10 out");
    expect(await tile("First token")).toMatch(/\d+ ms/);
    await page.locator(".plot canvas").nth(5).waitFor();
    const models = page.getByRole("region", { name: "Models" });
    await models.getByRole("row", { name: /^another\/model 1 1 0/ }).waitFor();
    await page
      .getByRole("region", { name: "Destinations" })
      .getByRole("row", { name: "Evals running 3 0 0" })
      .waitFor();
    await page.getByText("As a table: Requests", { exact: true }).click();
    const table = page.getByRole("region", { name: "Requests, as a table" });
    expect(await table.getByRole("columnheader").allInnerTexts()).toEqual(["From", "ok", "failed"]);
    await look(page, "overview");

    const requests = page.locator(".plot").first();
    const { width = 0 } = (await requests.boundingBox()) ?? {};
    await requests.hover({ position: { x: width - 12, y: 60 } });
    await expect.poll(() => requests.locator(".chart-tip").innerText()).toMatch(/ok/);
    await page.getByRole("button", { name: "Day" }).click();
    await expect.poll(() => page.url()).toContain("range=24h");
    await page.reload();
    await page.locator(".plot canvas").first().waitFor();
    expect(await page.getByRole("button", { name: "Day" }).getAttribute("aria-pressed")).toBe("true");
    expect(await tile("Requests")).toContain("3");
    expect(troubles).toEqual([]);
  }, 90_000);

  test("draws in the colours of the system's theme", async () => {
    const { gateway, ask } = await startManagedGateway();
    await ask();
    const { page } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "Overview" }).click();
    const canvas = page.locator(".plot canvas").first();
    await canvas.waitFor();
    const colors = () =>
      canvas.evaluate((element) => {
        const { width, height } = element as HTMLCanvasElement;
        const { data } = (element as HTMLCanvasElement)
          .getContext("2d")
          ?.getImageData(0, 0, width, height) ?? {
          data: new Uint8ClampedArray(),
        };
        const seen = new Set<string>();
        for (let at = 0; at < data.length; at += 4)
          if (data[at + 3] === 255) seen.add(data.slice(at, at + 3).join(" "));
        return [...seen];
      });
    await expect.poll(colors).toContain("79 70 229");
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(colors).toContain("129 140 248");
  }, 60_000);

  test("the API knows three ranges and says so", async () => {
    const { api } = await startManagedGateway();
    const path = "/api/tracecast/v1/overview";
    const { data } = await api<{ data: { times: readonly number[] } }>("GET", `${path}?range=6h`);
    expect(data.times.length).toBe(72);
    await expect(api("GET", `${path}?range=7h`)).rejects.toThrow(/range/);
  });
});
