import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OpenRouter } from "@openrouter/sdk";
import { onTestFinished } from "vitest";
import { startGateway } from "../src/gateway.ts";
import type { Gateway } from "../src/gateway.ts";
import type { Settings } from "../src/settings/settings.ts";
import { mustConform } from "./api-contract.ts";
import { startProvider } from "./provider.ts";
import type { ScriptedProvider } from "./provider.ts";

/** The management key that {@link setUp} sets. */
export const key = "management-key-of-the-tests-1";
/** What must never be seen. */
export const secret = "sk-secret-0123456789-Wxyz";
/** The workspace that is always there. */
export const workspaceId = "00000000-0000-4000-8000-000000000001";

/** What the API answered. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** As much of a shown destination as the tests look at. */
export interface Shown {
  readonly id: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** The one that was asked for. */
export const dataOf = ({ body }: Answer): Shown => (body as { readonly data: Shown }).data;
/** All that were asked for. */
export const listOf = ({ body }: Answer): readonly Shown[] =>
  (body as { readonly data: readonly Shown[] }).data;

/** A gateway in front of a scripted provider, and who manages it. */
export interface Rig {
  readonly gateway: Gateway;
  readonly provider: ScriptedProvider;
  readonly folder: string;
  readonly client: OpenRouter;
  /** Asks the API itself. */
  readonly ask: (method: string, path: string, body?: unknown, token?: string) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

/** Starts one; it is stopped when the test is over. */
export async function setUp(
  options: { folder?: string; settings?: Partial<Settings>; managementKey?: string } = {},
): Promise<Rig> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "tracecast-management-"));
  const provider = await startProvider();
  const gateway = await startGateway({
    host: "127.0.0.1",
    port: 0,
    privateNetworks: "allow",
    upstream: { url: `${provider.url}/v1`, tracingFields: "strip", streamUsage: "ask" },
    destinations: [],
    data: { folder, managementKey: options.managementKey ?? key },
    ...options.settings,
  });
  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= gateway
      .close({ answersTimeoutMs: 1000, deliveryTimeoutMs: 100 })
      .then(() => provider.close()));
  onTestFinished(stop);
  return {
    gateway,
    provider,
    folder,
    stop,
    client: new OpenRouter({
      apiKey: key,
      serverURL: `${gateway.url}/api/v1`,
      retryConfig: { strategy: "none" },
    }),
    async ask(method, path, body, token = key) {
      const headers = {
        "content-type": "application/json",
        ...(token && { authorization: `Bearer ${token}` }),
      };
      const answer = await fetch(gateway.url + path, {
        method,
        headers,
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const answered = { status: answer.status, body: (await answer.json()) as unknown };
      // Traces from elsewhere are taken beside the API.
      if (path.startsWith("/api/")) mustConform(method, path, answered.status, answered.body);
      return answered;
    },
  };
}
