import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { createHttpClient, isTracecastError } from "@tracecast/core";
import { createDispatcher } from "@tracecast/dispatcher";
import { loadDestinationTypes } from "../settings/plugins.ts";
import { readSettings } from "../settings/settings.ts";
import type { Settings } from "../settings/settings.ts";
import { SettingsError } from "../settings/settings-error.ts";
import type { Environment } from "../settings/expand-variables.ts";
import { destinationsOf, text } from "./manage.ts";
import { managementClient } from "./management-client.ts";
import { version } from "../version.ts";

/** What was looked at, and how it is. `wrong` makes the exit code 1. */
interface Finding {
  readonly state: "fine" | "note" | "wrong";
  readonly words: string;
}

/** Looks at the settings, the data folder, the provider, the declared destinations and the gateway that runs, if one does. */
export async function runDoctor(configPath: string | undefined, environment: Environment): Promise<number> {
  const findings = await diagnose(configPath, environment);
  const marks = { fine: "✓", note: "○", wrong: "✕" };
  for (const { state, words } of findings) process.stdout.write(`${marks[state]} ${words}\n`);
  return findings.some(({ state }) => state === "wrong") ? 1 : 0;
}

async function diagnose(
  configPath: string | undefined,
  environment: Environment,
): Promise<readonly Finding[]> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isNodeFine = major > 20 || (major === 20 && minor >= 19);
  const node: Finding = {
    state: isNodeFine ? "fine" : "wrong",
    words: `Tracecast ${version} on Node ${process.versions.node}${isNodeFine ? "" : "; it needs 20.19 or later"}`,
  };
  try {
    const types = await loadDestinationTypes(environment, configPath);
    const settings = readSettings(environment, types, configPath);
    return [
      node,
      dataFolder(settings),
      await provider(settings),
      ...(await declared(settings)),
      ...(await running(environment)),
    ];
  } catch (error) {
    if (!(error instanceof SettingsError) && !isTracecastError(error)) throw error;
    return [node, { state: "wrong", words: error.message }];
  }
}

function dataFolder({ data }: Settings): Finding {
  if (!data || !existsSync(data.folder))
    return { state: "note", words: `Data folder: ${data?.folder ?? "none"} is made at the first start` };
  const key = join(data.folder, "key");
  const isOpen = existsSync(key) && (statSync(key).mode & 0o077) !== 0;
  return isOpen
    ? { state: "wrong", words: `Data folder: others can read ${key}; run: chmod 600 ${key}` }
    : { state: "fine", words: `Data folder: ${data.folder}` };
}

async function provider({ upstream }: Settings): Promise<Finding> {
  if (!upstream)
    return { state: "note", words: "Provider: the embedded demo; set TRACECAST_UPSTREAM_URL for a real one" };
  const http = createHttpClient();
  const result = await http.request({ url: upstream.url, timeoutMs: 5000 });
  await http.close();
  return result.kind === "response"
    ? { state: "fine", words: `Provider: ${upstream.url} answers` }
    : { state: "wrong", words: `Provider: ${result.message}; check TRACECAST_UPSTREAM_URL` };
}

async function declared({ destinations, privateNetworks = "refuse" }: Settings): Promise<readonly Finding[]> {
  const http = createHttpClient({ privateNetworks });
  // What it does not take, a start does not take either.
  await createDispatcher({ destinations }).close({ timeoutMs: 0 });
  const findings = await Promise.all(
    destinations.map(async ({ name, type, config }): Promise<Finding> => {
      const { ok, message } = await type.connect(config, { http }).test(AbortSignal.timeout(15_000));
      return { state: ok ? "fine" : "wrong", words: `Destination ${name}: ${message}` };
    }),
  );
  await http.close();
  return findings;
}

async function running(environment: Environment): Promise<readonly Finding[]> {
  try {
    const all = await destinationsOf(managementClient(environment, undefined));
    const saved = all.filter((one) => one["read_only"] !== true).map((one) => text(one["name"]));
    return [
      {
        state: "fine",
        words: `Gateway: runs${saved.length === 0 ? "" : `, with ${saved.join(", ")} made by the management API; test each with: tracecast test`}`,
      },
    ];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return [{ state: "note", words: `Gateway: ${error.message}` }];
  }
}
