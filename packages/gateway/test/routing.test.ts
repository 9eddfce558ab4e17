import { createHash } from "node:crypto";
import { startBraintrust } from "@tracecast/braintrust-stand-in";
import { expect, onTestFinished, test } from "vitest";
import { destinationTypes } from "../src/destination-types.ts";
import { upstreamRegion } from "../src/proxy/upstream-region.ts";
import { dataOf, listOf, secret, setUp } from "./management-rig.ts";
import type { Rig } from "./management-rig.ts";
import { sendJson, startProvider } from "./provider.ts";

const root = "/api/v1/observability/destinations";
/** Nobody is there; what is sent waits. */
const nobody = { apiKey: secret, projectId: "p", baseUrl: "http://127.0.0.1:9" };
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

async function setUpWithBraintrust() {
  const braintrust = await startBraintrust();
  onTestFinished(() => braintrust.close());
  const rig = await setUp();
  rig.provider.answer = (_, response) => sendJson(response, { id: "c1", choices: [] });
  const { apiKey, projectId, url: baseUrl } = braintrust;
  const body = (more: object) => ({
    type: "braintrust",
    name: "B",
    config: { apiKey, projectId, baseUrl },
    ...more,
  });
  return { ...rig, braintrust, body };
}

async function chat({ gateway }: Pick<Rig, "gateway">, bearer: string, content = "hi"): Promise<void> {
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content }] }),
  });
  await answer.text();
}

test("a saved destination leaves keys out and redacts, shows that it does, and stops when it is told to", async () => {
  const rig = await setUpWithBraintrust();
  const { ask, body, braintrust, gateway } = rig;
  const excluded = [sha256("sk-b")];
  const redaction = { detectors: ["email"], paths: ["**.password"], replace_with: "mask" };
  const settings = { excluded_api_key_hashes: excluded, redaction };
  const made = dataOf(await ask("POST", root, body(settings)));
  expect(made).toMatchObject(settings);
  const { data } = await rig.client.observability.get({ id: made.id });
  expect(data).not.toHaveProperty("isUnknown");

  await chat(rig, "sk-a", "write to ann@example.com");
  await chat(rig, "sk-b", "not for you");
  await expect.poll(() => gateway.dispatcher.stats()[1]?.published).toBe(2);
  expect(gateway.dispatcher.stats()[1]).toMatchObject({ filtered: { api_key: 1 } });
  const rows = JSON.stringify(await braintrust.untilRows(1));
  expect(rows).toContain("write to [email]");
  expect(rows).not.toContain("ann@example.com");

  const changed = await ask("PATCH", `${root}/${made.id}`, { excluded_api_key_hashes: null });
  expect(dataOf(changed)).toMatchObject({ excluded_api_key_hashes: null, redaction });
  expect(dataOf(await ask("PATCH", `${root}/${made.id}`, { redaction: null }))).toMatchObject({
    redaction: null,
  });
  await chat(rig, "sk-b", "write to bob@example.com");
  expect(JSON.stringify(await braintrust.untilRows(2))).toContain("bob@example.com");
});

test("what a destination does without is shown as null", async () => {
  const { ask, body } = await setUpWithBraintrust();
  expect(dataOf(await ask("POST", root, body({})))).toMatchObject({
    excluded_api_key_hashes: null,
    redaction: null,
  });
});

test("the blocks of a generation reach the destination that asked for them, in privacy mode too, and no other", async () => {
  const { ask, body, braintrust, gateway, provider } = await setUpWithBraintrust();
  const other = await startBraintrust();
  onTestFinished(() => other.close());
  const { apiKey, projectId, url: baseUrl } = other;
  const asked = {
    privacy_mode: true,
    broadcast_generation_cost: true,
    broadcast_generation_identity: true,
    broadcast_generation_request_context: true,
  };
  expect(dataOf(await ask("POST", root, body(asked)))).toMatchObject(asked);
  await ask("POST", root, body({ name: "Plain", config: { apiKey, projectId, baseUrl } }));
  provider.answer = (_, response) =>
    sendJson(response, {
      id: "gen-1",
      service_tier: "flex",
      choices: [{ message: { role: "assistant", content: "a secret answer" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 1, cost: 0.25, server_tool_use_details: { web_search_requests: 2 } },
    });
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: "Bearer sk-a",
      "http-referer": "https://app.example",
      "x-openrouter-title": "The App",
      "user-agent": "tests/1",
    },
    body: JSON.stringify({
      model: "m",
      service_tier: "priority",
      messages: [{ role: "user", content: "a secret question" }],
      trace: { trace_id: "t1", openrouter_generation: "mine" },
    }),
  });
  await answer.text();

  const rows = await braintrust.untilRows(2);
  const metadataOf = (row: unknown) => (row as { readonly metadata: object }).metadata;
  const blocks = rows
    .flatMap((row) => Object.entries(metadataOf(row)))
    .filter(([name]) => name === "openrouter_generation");
  // The root belongs to all calls of its trace.
  expect(blocks).toEqual([
    [
      "openrouter_generation",
      expect.objectContaining({
        usage: 0.25,
        native_server_tool_use: { web_search_requests: 2 },
        requested_service_tier: "priority",
        routed_service_tier: "flex",
        app_title: "The App",
        http_referer: "https://app.example",
        user_agent: "tests/1",
        api_key_hash: sha256("sk-a"),
      }),
    ],
  ]);
  expect(JSON.stringify(rows)).not.toContain("secret");
  expect(JSON.stringify(rows)).toContain('"trace.openrouter_generation":"mine"');
  const plain = JSON.stringify(await other.untilRows(2));
  expect(plain).toContain("a secret answer");
  expect(plain).not.toMatch(/"openrouter_generation"|app\.example/);
});

test("a call that was served in a region goes to the destinations that include it", async () => {
  const europe = await startProvider();
  onTestFinished(() => europe.close());
  europe.answer = (_, response) => sendJson(response, { id: "c1", choices: [] });
  const rig = await setUp({
    settings: {
      upstream: { url: europe.url, tracingFields: "strip", streamUsage: "ask", region: "europe" },
      destinations: [{ name: "Declared", type: destinationTypes[0]!, config: nobody }],
    },
  });
  const { ask, gateway } = rig;
  const make = (name: string, more: object) =>
    ask("POST", root, { type: "braintrust", name, config: nobody, ...more });
  expect(dataOf(await make("global", {}))).toMatchObject({ regions: ["global"] });
  const both = dataOf(await make("both", { regions: ["us", "eu"] }));
  expect(both).toMatchObject({ regions: ["us", "europe"] });
  expect(listOf(await ask("GET", root))[0]).toMatchObject({ regions: ["global", "europe", "us"] });
  await chat(rig, "sk-a");
  const filtered = () => gateway.dispatcher.stats().map((one) => [one.name, one.filtered]);
  await expect.poll(() => gateway.dispatcher.stats()[0]?.published).toBe(1);
  expect(filtered()).toEqual([
    ["Local traces", {}],
    ["Declared", {}],
    ["global", { region: 1 }],
    ["both", {}],
  ]);
  await ask("PATCH", `${root}/${both.id}`, { regions: ["us"] });
  await expect.poll(() => gateway.localTraces.list()).toHaveLength(1);
  const [event] = gateway.localTraces.list();
  expect(event).toMatchObject({ region: "europe" });
  expect((await ask("POST", "/api/tracecast/v1/route", event)).body).toMatchObject({
    data: [{}, {}, {}, { destinationId: both.id, admitted: false, by: "region" }],
  });
});

test.each([
  ["https://eu.openrouter.ai/api/v1", "europe"],
  ["https://us.openrouter.ai/api/v1", "us"],
  ["https://openrouter.ai/api/v1", undefined],
  ["https://eu.example.com", undefined],
])("%s serves in the region %s", (url, region) => expect(upstreamRegion(url)).toBe(region));

test.each([
  [{ excluded_api_key_hashes: [] }, /excluded_api_key_hashes: must name a key/],
  [{ excluded_api_key_hashes: ["sk-not-a-hash"] }, /excluded_api_key_hashes\.0: is not a key's SHA-256/],
  [{ redaction: { detectors: ["passport"] } }, /redaction\.detectors\.0: /],
  [{ redaction: { paths: ["a[["] } }, /redaction\.paths\.0: /],
  [{ redaction: { replaceWith: "hash" } }, /redaction: Unrecognized key: "replaceWith"/],
])("%j is refused with its place", async (settings, message) => {
  const { ask, body } = await setUpWithBraintrust();
  expect(await ask("POST", root, body(settings))).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringMatching(message) } },
  });
});
