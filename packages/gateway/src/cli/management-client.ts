import { readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { join, resolve } from "node:path";
import { isJsonObject } from "@tracecast/core";
import type { JsonObject } from "@tracecast/core";
import { SettingsError } from "../settings/settings-error.ts";
import type { Environment } from "../settings/expand-variables.ts";

/** Asks the management API of a gateway that runs. */
export interface ManagementClient {
  /** @throws `SettingsError` that says why there is no answer, or what the answer objects to */
  ask(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object): Promise<JsonObject>;
}

/**
 * A client for the gateway that the environment describes, or that listens at `url`.
 * @throws `SettingsError` where the management key cannot be found
 */
export function managementClient(environment: Environment, url: string | undefined): ManagementClient {
  const host = environment["TRACECAST_HOST"] || "127.0.0.1";
  const port = environment["TRACECAST_PORT"] || "8787";
  const base = (url ?? `http://${isIPv6(host) ? `[${host}]` : host}:${port}`).replace(/\/+$/, "");
  const key = keyFrom(environment);
  return {
    async ask(method, path, body) {
      const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
      const answer = await fetch(base + path, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
      }).catch(() => {
        throw new SettingsError(`No gateway answers at ${base}; start one, or name another with --url.`);
      });
      const said: unknown = await answer.json().catch(() => undefined);
      if (answer.ok && isJsonObject(said)) return said;
      const error = isJsonObject(said) && isJsonObject(said["error"]) ? said["error"]["message"] : undefined;
      throw new SettingsError(typeof error === "string" ? error : `${base} answered with ${answer.status}.`);
    },
  };
}

function keyFrom({ TRACECAST_MANAGEMENT_KEY: key, TRACECAST_DATA_DIR: folder }: Environment): string {
  if (key) return key;
  const path = join(resolve(folder || ".tracecast"), "management-key");
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    throw new SettingsError(
      `There is no management key: ${path} cannot be read. Run this where the gateway was started, or set TRACECAST_DATA_DIR or TRACECAST_MANAGEMENT_KEY.`,
    );
  }
}
