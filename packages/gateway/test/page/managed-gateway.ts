import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBraintrust } from "@tracecast/braintrust-stand-in";
import type { Braintrust } from "@tracecast/braintrust-stand-in";
import { parseTraceEvent } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import OpenAI from "openai";
import { onTestFinished } from "vitest";
import { startGateway } from "../../src/gateway.ts";
import type { Gateway } from "../../src/gateway.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { streamedWithUsage } from "../chat-fixtures.ts";
import { sendEvents, startProvider } from "../provider.ts";
import type { ScriptedProvider } from "../provider.ts";

/** The management key of every gateway in these tests. */
export const managementKey = "tc-mgmt-0123456789abcdefghij";

/** A gateway with a management API between a scripted provider and a stand-in for Braintrust. */
export interface ManagedGateway {
  readonly gateway: Gateway;
  readonly provider: ScriptedProvider;
  readonly braintrust: Braintrust;
  /** Asks the management API and answers with the body; throws what it objects to. */
  readonly api: <T = unknown>(method: string, path: string, body?: object) => Promise<T>;
  /** Makes a Braintrust destination that works. Answers with its id. */
  readonly addBraintrust: (settings?: object) => Promise<string>;
  /** Makes a destination that refuses `count` traces. Answers with its id. */
  readonly addRefusing: (count: number) => Promise<string>;
  /** Calls a model as a client would. */
  readonly ask: (fields?: object) => Promise<void>;
}

/** Starts one; it is taken down when the test is over. */
export async function startManagedGateway(settings: Partial<Settings> = {}): Promise<ManagedGateway> {
  const [provider, braintrust, refusing] = [
    await startProvider(),
    await startBraintrust(),
    await startProvider(),
  ];
  provider.answer = (_, response) => sendEvents(response, streamedWithUsage);
  refusing.answer = (_, response) => void response.writeHead(400).end("This project is archived.");
  const gateway = await startGateway({
    host: "127.0.0.1",
    port: 0,
    privateNetworks: "allow",
    upstream: { url: `${provider.url}/v1`, tracingFields: "strip", streamUsage: "ask" },
    destinations: [],
    data: { folder: mkdtempSync(join(tmpdir(), "tracecast-page-")), managementKey },
    ...settings,
  });
  onTestFinished(async () => {
    await gateway.close({ answersTimeoutMs: 1000, deliveryTimeoutMs: 100 });
    await Promise.all([provider.close(), braintrust.close(), refusing.close()]);
  });
  const api = apiOf(gateway.url);
  const add = async (path: string, body: object) =>
    (await api<{ data: { id: string } }>("POST", path, body)).data.id;
  return {
    gateway,
    provider,
    braintrust,
    api,
    addBraintrust(settings = {}) {
      const { apiKey, projectId, url: baseUrl } = braintrust;
      const config = { apiKey, projectId, baseUrl };
      return add("/api/tracecast/v1/destinations", {
        type: "braintrust",
        name: "Evals",
        config,
        ...settings,
      });
    },
    async addRefusing(count) {
      const config = { url: refusing.url };
      const id = await add("/api/v1/observability/destinations", {
        type: "webhook",
        name: "Archive",
        config,
      });
      for (let number = 0; number < count; number += 1)
        gateway.dispatcher.submit(id, parseTraceEvent({ ...sampleTraceEvent(), id: eventId(number) }));
      await gateway.flush({ timeoutMs: 20_000 });
      return id;
    },
    ask: (fields = {}) => callModel(gateway.url, fields),
  };
}

function apiOf(url: string): ManagedGateway["api"] {
  return async <T>(method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${managementKey}`, "content-type": "application/json" };
    const answer = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const said = (await answer.json()) as T & { readonly error?: { readonly message: string } };
    if (!answer.ok) throw new Error(said.error?.message);
    return said;
  };
}

async function callModel(url: string, fields: object): Promise<void> {
  const client = new OpenAI({ apiKey: "sk-client", baseURL: `${url}/v1`, maxRetries: 0 });
  const traced = { trace: { trace_name: "Physics", generation_name: "Explain" }, user: "ada", ...fields };
  const stream = await client.chat.completions.create({
    model: "openai/gpt-4o",
    stream: true,
    messages: [{ role: "user", content: "Why is the sky blue?" }],
    ...(traced as object),
  });
  for await (const _ of stream);
}

const eventId = (number: number) => `01990000-0000-7000-8000-${String(number).padStart(12, "0")}`;
