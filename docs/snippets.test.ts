import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startBraintrust } from "@tracecast/braintrust-stand-in";
import { chatTraceEvent } from "@tracecast/core";
import { destinationContract, sampleTraceEvent } from "@tracecast/destination-testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { acme } from "../packages/gateway/template/src/index.ts";
import { sendOne } from "./snippets/braintrust-alone.ts";
import { broadcast, publish, shutDown } from "./snippets/embed.ts";

test("the pages show the snippets as they are", () => {
  const script = fileURLToPath(new URL("../scripts/sync-snippets.mjs", import.meta.url));
  execFileSync(process.execPath, [script, "--check"]);
});

test("embedding: create, publish, close", async () => {
  const server = await startBraintrust();
  onTestFinished(() => server.close());
  const dispatcher = broadcast(server.apiKey, server.projectId, server.url);
  publish(dispatcher, {
    startMs: 1_700_000_000_000,
    endMs: 1_700_000_001_000,
    request: { model: "gpt-4o", messages: [{ role: "user", content: "a secret" }] },
    body: { id: "chatcmpl-1", usage: { prompt_tokens: 3 }, choices: [] },
  });
  expect(await shutDown(dispatcher)).toEqual({ delivered: 1, left: [] });
  expect(server.rows()).toMatchObject([{ metrics: { prompt_tokens: 3 } }]);
  expect(JSON.stringify(server.rows())).not.toContain("a secret");
});

test("Braintrust alone: test, encode, send", async () => {
  const server = await startBraintrust();
  onTestFinished(() => server.close());
  const { apiKey, projectId, url: baseUrl } = server;
  const event = chatTraceEvent({
    startMs: 1_700_000_000_000,
    endMs: 1_700_000_001_000,
    request: { model: "gpt-4o", messages: [] },
    response: { kind: "json", status: 200, body: {} },
  });
  expect(await sendOne({ apiKey, projectId, baseUrl }, event)).toEqual({ outcome: { status: "delivered" } });
  expect(await sendOne({ apiKey, projectId, baseUrl }, sampleTraceEvent())).toEqual({
    outcome: { status: "delivered" },
  });
  await expect(sendOne({ apiKey: "wrong", projectId, baseUrl }, event)).rejects.toThrow("Api Key");
});

destinationContract({
  describe,
  test,
  destination: acme,
  config: (baseUrl) => ({ apiKey: "acme-key-of-the-contract", baseUrl }),
  reply: { test: { status: 200, body: "{}" }, send: { status: 200, body: "{}" } },
  readsAnswers: false,
});
