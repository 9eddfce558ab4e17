import { createServer, request as ask } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../../src/server/listen.ts";
import { canBrowse, signIn, useBrowser } from "./browser.ts";
import { look } from "./look.ts";
import { managementKey, startManagedGateway } from "./managed-gateway.ts";

/** A server that has a gateway under `/tracecast/`, as a company's reverse proxy would. */
async function behindPrefix(gatewayUrl: string): Promise<string> {
  const server = createServer((request, response) => {
    const path = /^\/tracecast(\/.*)$/.exec(request.url ?? "")?.[1];
    if (path === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { method, headers } = request;
    const passed = ask(gatewayUrl + path, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passed);
  });
  const url = await listen(server, "127.0.0.1", 0);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${url}/tracecast/`;
}

describe.runIf(canBrowse)("signing in", () => {
  const open = useBrowser();

  test("refuses a wrong key, slows many of them, and takes the right one all the same", async () => {
    const { gateway } = await startManagedGateway();
    const { page } = await open(gateway.url);
    await page.goto(gateway.url);
    await page.getByLabel("Management key").waitFor();
    await look(page, "sign-in");
    const attempt = async (key: string) => {
      await page.getByLabel("Management key").fill(key);
      await page.getByRole("button", { name: "Sign in" }).click();
    };
    await attempt("wrong");
    await page.getByText("This is not the management key of this gateway.").waitFor();
    await look(page, "sign-in-wrong");
    for (let time = 0; time < 10; time += 1)
      await fetch(`${gateway.url}/api/v1/keys`, { headers: { authorization: "Bearer wrong" } });
    await attempt("wrong");
    await page.getByText("Too many wrong keys came from this address; wait a minute.").waitFor();
    await look(page, "sign-in-slowed");
    await attempt(managementKey);
    await page.getByRole("heading", { name: "Observability" }).waitFor();
  }, 60_000);

  test("lasts in a cookie that scripts and other sites cannot use, and ends", async () => {
    const { gateway, provider } = await startManagedGateway();
    const { page } = await open(gateway.url);
    const answer = await page.goto(gateway.url);
    expect(answer?.headers()["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self';/);
    await signIn(page, gateway.url);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
    expect(await page.evaluate("document.cookie + JSON.stringify(localStorage)")).toBe("{}");
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

  test("is asked for again where a session is lost, and leads back to what was being written", async () => {
    const { gateway, addBraintrust } = await startManagedGateway();
    const id = await addBraintrust();
    const { page } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.goto(`${gateway.url}/#/destinations/${id}`);
    await page.getByLabel("Name").fill("Evaluations");
    await page.context().clearCookies();
    // Whatever the page asks next finds it out, so the button may be out of sight already.
    await page.getByRole("button", { name: "Test Connection", includeHidden: true }).dispatchEvent("click");
    await page.getByText("Your session has ended; sign in again.").waitFor();
    await look(page, "sign-in-again");
    await page.getByLabel("Management key").fill(managementKey);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Test Connection" }).click();
    await page.getByText("✓").waitFor();
    expect(await page.getByLabel("Name").inputValue()).toBe("Evaluations");
  }, 60_000);

  test("works behind a path prefix, as does all that follows", async () => {
    const { gateway, addBraintrust } = await startManagedGateway();
    await addBraintrust();
    const url = await behindPrefix(gateway.url);
    const { page, troubles } = await open(url);
    await signIn(page, url);
    await page.getByText("Connection healthy").waitFor();
    await page.getByRole("button", { name: "Send test trace to Evals" }).click();
    await page.getByText(/took the test trace/).waitFor();
    await page.getByRole("link", { name: "Edit Evals" }).click();
    await page.getByRole("heading", { name: "Evals" }).waitFor();
    expect(page.url()).toMatch(/\/tracecast\/#\/destinations\//);
    expect(troubles).toEqual([]);
  }, 60_000);
});
