import { describe, expect, test } from "vitest";
import { canBrowse, signIn, useBrowser } from "./browser.ts";
import { look } from "./look.ts";
import { startManagedGateway } from "./managed-gateway.ts";

describe.runIf(canBrowse)("several workspaces", () => {
  const open = useBrowser();

  test("are shown one at a time: their switch, destinations, keys and traces", async () => {
    const { gateway, braintrust, api, addBraintrust, ask } = await startManagedGateway();
    await addBraintrust({ name: "Of the default one" });
    const { page, troubles } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByText("Connection healthy").waitFor();
    expect(await page.getByLabel("Workspace").count()).toBe(0);

    const path = "/api/v1/workspaces";
    const { data: team } = await api<{ data: { id: string } }>("POST", path, { name: "Team", slug: "team" });
    await api("POST", "/api/v1/keys", { name: "Ours", hash: "d".repeat(64), workspace_id: team.id });
    await ask();
    await gateway.flush({ timeoutMs: 5000 });
    await page.reload();
    await page.getByLabel("Workspace").selectOption("Team");
    await page.getByText("No destination yet").waitFor();
    await page.getByRole("switch", { name: "Enable Broadcast" }).uncheck();
    await page.getByText("It is off").waitFor();
    await look(page, "observability-workspace");

    await page.getByRole("link", { name: "Add destination Braintrust" }).click();
    await page.getByLabel("Name").fill("Of the team");
    await page.getByLabel("Api Key").first().fill(braintrust.apiKey);
    await page.getByLabel("Project Id").fill(braintrust.projectId);
    await page.getByLabel("Base Url").fill(braintrust.url);
    await page.getByText("The gateway has seen no trace yet to try it on.").waitFor();
    await page.getByLabel("Only these keys").check();
    await page.getByRole("checkbox", { name: "Ours" }).check();
    await page.getByRole("button", { name: "Test Connection" }).click();
    await page.getByText("✓").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Of the team" }).waitFor();
    expect(await page.getByRole("heading", { name: "Of the default one" }).count()).toBe(0);

    await page.reload();
    await page.getByRole("heading", { name: "Of the team" }).waitFor();
    await page.getByLabel("Workspace").selectOption("Default");
    await page.getByRole("link", { name: "Edit Of the default one" }).click();
    await page.getByText("1 of the last 1 trace would go").waitFor();
    expect(await api("GET", `${path}/default`)).toMatchObject({
      data: { is_observability_broadcast_enabled: true },
    });
    expect(troubles).toEqual([]);
  }, 60_000);
});
