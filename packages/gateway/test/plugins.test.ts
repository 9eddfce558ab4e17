import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Destination } from "@tracecast/core";
import { sampleTraceEvent, startFaultServer } from "@tracecast/destination-testkit";
import { defaultWorkspaceId } from "../src/store/workspace.ts";
import { expect, onTestFinished, test } from "vitest";
import { newDestination } from "../src/cli/new-destination.ts";
import { destinationTypes } from "../src/destination-types.ts";
import { startGateway } from "../src/gateway.ts";
import type { Settings } from "../src/settings/settings.ts";
import { acme } from "../template/src/index.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const key = "management-key-of-the-tests-1";
const own = "/api/tracecast/v1";

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tracecast-plugins-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A gateway with its data in a folder, and its management API. */
async function startIn(folder: string, settings: Partial<Settings> = {}) {
  const gateway = await startGateway({
    host: "127.0.0.1",
    port: 0,
    privateNetworks: "allow",
    destinations: [],
    data: { folder, managementKey: key },
    ...settings,
  });
  let stopped: Promise<unknown> | undefined;
  const stop = () => (stopped ??= gateway.close({ answersTimeoutMs: 1000, deliveryTimeoutMs: 5000 }));
  onTestFinished(async () => void (await stop()));
  return {
    gateway,
    stop,
    ask: async (method: string, path: string, body?: object) => {
      const answer = await fetch(gateway.url + path, {
        method,
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        ...(body && { body: JSON.stringify(body) }),
      });
      return (await answer.json()) as { data: never; message?: string };
    },
  };
}

test("a type of one's own is listed, tested, saved and sent to like any other, and stays in sight when its plugin is gone", async () => {
  const far = await startFaultServer();
  onTestFinished(() => far.close());
  far.answerAll({ body: {} });
  const folder = emptyFolder();
  const { ask, gateway, stop } = await startIn(folder, { types: [...destinationTypes, acme] });
  const types: readonly { type: string }[] = (await ask("GET", `${own}/destination-types`)).data;
  expect(types.at(-1)).toMatchObject({ type: "acme", name: "Acme", form: [{ name: "apiKey" }, {}, {}] });
  const config = { apiKey: "acme-0123456789abcdef", baseUrl: far.url };
  const made: { id: string } = (
    await ask("POST", `${own}/destinations`, { type: "acme", name: "Mine", config })
  ).data;
  const event = sampleTraceEvent({ workspaceId: defaultWorkspaceId });
  gateway.dispatcher.publish(event);
  await gateway.flush({ timeoutMs: 5000 });
  expect(far.requests.at(-1)).toMatchObject({ path: "/v1/traces", body: expect.stringContaining(event.id) });
  await stop();

  const later = await startIn(folder);
  const listed = await later.ask("GET", "/api/v1/observability/destinations");
  expect(listed.data).toMatchObject([{ id: made.id, name: "Mine", type: "acme", config: {} }]);
  expect(await later.ask("POST", `${own}/destinations/${made.id}/test`, {})).toMatchObject({
    error: {
      message: expect.stringContaining(
        'There is no destination type "acme" any more; add its plugin to the config file again, or delete this destination.',
      ),
    },
  });
});

test("a saved destination that a new version of its plugin does not take ends no start, and can be mended", async () => {
  const folder = emptyFolder();
  const { ask, stop } = await startIn(folder, { types: [...destinationTypes, acme] });
  const path = "/api/v1/observability/destinations";
  const config = { apiKey: "acme-0123456789abcdef" };
  const made: { id: string } = (await ask("POST", path, { type: "acme", name: "Mine", config })).data;
  await stop();
  const stricter: Destination = {
    ...acme,
    connect(given, tools) {
      if (JSON.stringify(given).includes("https://api.acme.example")) throw new Error("no longer there");
      return acme.connect(given, tools);
    },
  };
  const { ask: askLater, gateway } = await startIn(folder, { types: [...destinationTypes, stricter] });
  expect((await askLater("GET", path)).data).toMatchObject([{ id: made.id, name: "Mine" }]);
  expect((await askLater("GET", `${own}/destinations/${made.id}/stats`)).data).toBeNull();
  await askLater("PATCH", `${path}/${made.id}`, { config: { baseUrl: "https://eu.acme.example" } });
  expect(gateway.dispatcher.stats().map(({ name }) => name)).toContain("Mine");
});

test(
  "a package that was just written is named in the config file, and gets the sample's trace",
  { timeout: 60_000 },
  async () => {
    const far = await startFaultServer();
    onTestFinished(() => far.close());
    far.answerAll({ body: {} });
    const folder = emptyFolder();
    const made = newDestination("acme", folder, destinationTypes);
    mkdirSync(join(made, "node_modules/@tracecast"), { recursive: true });
    symlinkSync(join(root, "packages/core"), join(made, "node_modules/@tracecast/core"));
    symlinkSync(join(root, "packages/gateway/node_modules/zod"), join(made, "node_modules/zod"));
    const config = { apiKey: "acme-0123456789abcdef", baseUrl: far.url };
    // It would be dist/index.js, were it built.
    const yaml = {
      plugins: ["./tracecast-destination-acme/src/index.ts"],
      destinations: [{ name: "Mine", type: "acme", config }],
    };
    writeFileSync(join(folder, "tracecast.yaml"), JSON.stringify(yaml));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        "--import",
        "tsx",
        "--conditions=tracecast-source",
        "src/cli.ts",
        "start",
        "--sample",
        "--once",
        "--config",
        join(folder, "tracecast.yaml"),
      ],
      {
        cwd: join(root, "packages/gateway"),
        env: {
          PATH: process.env["PATH"],
          TRACECAST_PORT: "0",
          TRACECAST_ALLOW_PRIVATE_NETWORKS: "true",
          TRACECAST_DATA_DIR: join(folder, "data"),
        },
      },
    );
    expect(stdout).toContain("  Mine: Acme knows this key.");
    expect(stdout).toContain("  delivered to Mine");
    expect(far.requests.map(({ path }) => path)).toEqual(["/v1/me", "/v1/traces"]);
  },
);
