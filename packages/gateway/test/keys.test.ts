import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OpenRouter } from "@openrouter/sdk";
import OpenAI from "openai";
import { expect, onTestFinished, test } from "vitest";
import { startGateway } from "../src/gateway.ts";
import { plain } from "./chat-fixtures.ts";
import { sendJson, startProvider } from "./provider.ts";

const key = "tc-mgmt-0123456789abcdefghij";
const providerKey = "sk-provider-0123456789";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

async function setUp(apiKey?: string, folder = mkdtempSync(join(tmpdir(), "tracecast-keys-"))) {
  const provider = await startProvider();
  provider.answer = (_, response) => sendJson(response, plain);
  const gateway = await startGateway({
    host: "127.0.0.1",
    port: 0,
    upstream: {
      url: `${provider.url}/v1`,
      tracingFields: "strip",
      streamUsage: "ask",
      ...(apiKey !== undefined && { apiKey }),
    },
    destinations: [],
    data: { folder, managementKey: key },
  });
  const stop = async () => {
    await gateway.close({ answersTimeoutMs: 1000, deliveryTimeoutMs: 1000 });
    await provider.close();
  };
  let stopped: Promise<void> | undefined;
  onTestFinished(() => (stopped ??= stop()));
  const client = new OpenRouter({
    apiKey: key,
    serverURL: `${gateway.url}/api/v1`,
    retryConfig: { strategy: "none" },
  });
  const chat = (bearer: string) =>
    new OpenAI({ apiKey: bearer, baseURL: `${gateway.url}/v1`, maxRetries: 0 }).chat.completions.create({
      model: "m",
      messages: [{ role: "user", content: "hi" }],
    });
  return { provider, gateway, client, chat, folder, stop: () => (stopped ??= stop()) };
}

test("with a key of its own at the provider, the gateway lets in only keys it issued, and sends its own", async () => {
  const { provider, gateway, client, chat } = await setUp(providerKey);
  await expect(chat(providerKey)).rejects.toMatchObject({ status: 401, type: "invalid_api_key" });
  await expect(chat("sk-made-up")).rejects.toMatchObject({ status: 401 });
  expect(provider.requests).toEqual([]);

  const { data, key: issued } = await client.apiKeys.create({ requestBody: { name: "Team A" } });
  expect(data).toMatchObject({ name: "Team A", hash: sha256(issued), disabled: false });
  await chat(issued);
  // Anthropic's clients have a header of their own.
  await fetch(`${gateway.url}/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": issued },
    body: JSON.stringify({ model: "m", max_tokens: 1, messages: [{ role: "user", content: "hi" }] }),
  });
  const [first, second] = provider.requests.map(({ headers }) => headers.join(" ").toLowerCase());
  expect(first).toContain(`authorization bearer ${providerKey}`);
  expect(second).toContain(`x-api-key ${providerKey}`);
  for (const sent of [first, second]) expect(sent).not.toContain(issued.toLowerCase());

  await expect.poll(() => gateway.localTraces.list()).toHaveLength(2);
  expect(gateway.localTraces.list()[0]).toMatchObject({
    apiKey: { hash: sha256(issued), name: "Team A" },
    workspaceId: data.workspaceId,
  });

  await client.apiKeys.update({ hash: data.hash, requestBody: { disabled: true } });
  await expect(chat(issued)).rejects.toMatchObject({ status: 401, type: "api_key_disabled" });
  await client.apiKeys.update({ hash: data.hash, requestBody: { disabled: false, name: "Team B" } });
  await chat(issued);
  await client.apiKeys.delete({ hash: data.hash });
  await expect(chat(issued)).rejects.toMatchObject({ status: 401 });
});

test("a key that was issued is known after a restart, and stands nowhere in clear", async () => {
  const first = await setUp(providerKey);
  const { key: issued } = await first.client.apiKeys.create({ requestBody: { name: "Team A" } });
  await first.stop();
  const second = await setUp(providerKey, first.folder);
  await second.chat(issued);
  const listed = await second.client.apiKeys.list();
  const { data } = "result" in listed ? (listed.result as { data: unknown[] }) : listed;
  expect(data).toEqual([expect.objectContaining({ name: "Team A" })]);
  expect(JSON.stringify(data)).not.toContain(issued);
});

test("who guesses keys is slowed, whatever they are for; a right key never is", async () => {
  const { gateway, provider, client, chat } = await setUp(providerKey);
  const { key: issued } = await client.apiKeys.create({ requestBody: { name: "Team A" } });
  const ask = (path: string, token?: string) =>
    fetch(gateway.url + path, {
      method: "POST",
      body: "{}",
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
    });
  // Nobody guesses who brings none.
  for (let n = 0; n < 12; n += 1) expect((await ask("/v1/chat/completions")).status).toBe(401);
  const paths = ["/v1/chat/completions", "/v1/traces", "/api/v1/keys"];
  for (let n = 0; n < 10; n += 1)
    expect((await ask(paths[n % paths.length] ?? "", `guess-${n}`)).status).toBe(401);
  for (const path of paths) {
    const slowed = await ask(path, "one-more-guess");
    expect(slowed.status).toBe(429);
    expect(Number(slowed.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await slowed.json()).toMatchObject({
      error: { code: 429, message: expect.stringContaining("Too many wrong keys") },
    });
  }
  await chat(issued);
  expect((await ask("/v1/traces", issued)).status).toBe(200);
  expect((await ask("/v1/traces", key)).status).toBe(200);
  expect((await client.apiKeys.get({ hash: sha256(issued) })).data.name).toBe("Team A");
  expect(provider.requests).toHaveLength(1);
});

test("without one, clients' own keys pass, and can be given a name and be disabled", async () => {
  const { provider, gateway, client, chat } = await setUp();
  await expect(client.apiKeys.create({ requestBody: { name: "Team A" } })).rejects.toMatchObject({
    message: expect.stringContaining("TRACECAST_UPSTREAM_API_KEY"),
  });
  await chat("sk-client");
  await gateway.flush({ timeoutMs: 5000 });
  expect(provider.requests[0]?.headers.join(" ")).toContain("Bearer sk-client");
  const named = await fetch(`${gateway.url}/api/v1/keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ name: "Laptop", hash: sha256("sk-client") }),
  });
  expect(named.status).toBe(201);
  await chat("sk-client");
  await gateway.flush({ timeoutMs: 5000 });
  expect(gateway.localTraces.list().map(({ apiKey }) => apiKey?.name)).toEqual([undefined, "Laptop"]);
  await client.apiKeys.update({ hash: sha256("sk-client"), requestBody: { disabled: true } });
  await expect(chat("sk-client")).rejects.toMatchObject({ status: 401 });
});
