import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBraintrust } from "@tracecast/braintrust-stand-in";
import OpenAI from "openai";
import { expect, onTestFinished, test } from "vitest";
import { startGateway } from "../src/gateway.ts";
import { destinationTypes } from "../src/destination-types.ts";
import { readSettings } from "../src/settings/settings.ts";
import { plain, request, streamedWithUsage, toolStream, usage } from "./chat-fixtures.ts";
import { sendEvents, sendJson, startProvider } from "./provider.ts";

async function setUp(options: { privacyMode?: boolean } = {}) {
  const [provider, open, closed] = [await startProvider(), await startBraintrust(), await startBraintrust()];
  const type = destinationTypes[0]!;
  const gateway = await startGateway({
    host: "127.0.0.1",
    port: 0,
    privateNetworks: "allow",
    upstream: { url: `${provider.url}/v1`, tracingFields: "strip", streamUsage: "ask" },
    destinations: [
      { name: "Open", type, config: { apiKey: open.apiKey, projectId: open.projectId, baseUrl: open.url } },
      {
        name: "Private",
        type,
        config: { apiKey: closed.apiKey, projectId: closed.projectId, baseUrl: closed.url },
        privacyMode: options.privacyMode ?? true,
      },
    ],
  });
  onTestFinished(async () => {
    await gateway.close({ answersTimeoutMs: 1000, deliveryTimeoutMs: 1000 });
    await Promise.all([provider.close(), open.close(), closed.close()]);
  });
  const client = (baseURL: string) => new OpenAI({ apiKey: "sk-client", baseURL, maxRetries: 0 });
  return {
    provider,
    open,
    closed,
    gateway,
    direct: client(`${provider.url}/v1`),
    through: client(`${gateway.url}/v1`),
  };
}

const delivered = (gateway: Awaited<ReturnType<typeof startGateway>>) => gateway.flush({ timeoutMs: 5000 });

const tracing = {
  user: "user_12345",
  session_id: "session_abc",
  trace: {
    trace_id: "eval_run_456",
    trace_name: "Summarization Eval",
    generation_name: "GPT-4o Summary",
    eval_dataset: "news_articles",
    experiment_id: "exp_789",
  },
};

test("a request that names and groups itself stands in Braintrust, every field right", async () => {
  const { provider, open, gateway, through } = await setUp();
  provider.answer = (_, response) =>
    sendJson(response, { ...plain, provider: "OpenAI", usage: { ...usage, cost: 0.00003 } });
  await through.chat.completions.create({
    ...request,
    messages: [{ role: "user", content: "Say hello." }],
    ...tracing,
  } as never);
  expect(await open.untilRows(2)).toMatchObject([
    {
      span_id: "eval_run_456",
      root_span_id: "eval_run_456",
      span_attributes: { name: "Summarization Eval", type: "task" },
      metadata: {
        user_id: "user_12345",
        session_id: "session_abc",
        eval_dataset: "news_articles",
        experiment_id: "exp_789",
      },
    },
    {
      span_parents: ["eval_run_456"],
      span_attributes: { name: "GPT-4o Summary", type: "llm" },
      input: [{ role: "user", content: "Say hello." }],
      output: plain.choices,
      metadata: {
        model: "gpt-4o-mini-2024-07-18",
        provider: "openai",
        user_id: "user_12345",
        session_id: "session_abc",
        eval_dataset: "news_articles",
        experiment_id: "exp_789",
        api_key_hash: createHash("sha256").update("sk-client").digest("hex"),
      },
      metrics: {
        prompt_tokens: 12,
        completion_tokens: 5,
        tokens: 17,
        prompt_cached_tokens: 4,
        estimated_cost: 0.00003,
      },
    },
  ]);
  expect(JSON.parse(provider.requests[0]?.body.toString() ?? "")).toEqual({ ...request, user: "user_12345" });
  await delivered(gateway);
  expect(open.violations).toEqual([]);
});

test("the published openai client sees through the gateway exactly what it sees directly", async () => {
  const { provider, direct, through } = await setUp();
  const ask = { ...request, messages: [{ role: "user" as const, content: "Say hello." }] };

  provider.answer = (_, response) => sendJson(response, plain);
  expect(await through.chat.completions.create(ask)).toEqual(await direct.chat.completions.create(ask));

  const collect = async (client: OpenAI, extra: object) => {
    const chunks: unknown[] = [];
    for await (const chunk of await client.chat.completions.create({ ...ask, stream: true, ...extra }))
      chunks.push(chunk);
    return chunks;
  };
  // The provider sends usage to those who ask, as OpenAI does.
  provider.answer = (_, response, body) => {
    const asked = body.includes('"include_usage":true');
    const chunks = asked
      ? streamedWithUsage
      : streamedWithUsage.slice(0, -1).map(({ usage: _usage, ...chunk }: { usage: unknown }) => chunk);
    sendEvents(response, [...chunks, "[DONE]"]);
  };
  expect(await collect(through, {})).toEqual(await collect(direct, {}));
  const asking = { stream_options: { include_usage: true } };
  expect(await collect(through, asking)).toEqual(await collect(direct, asking));

  provider.answer = (_, response) => sendEvents(response, [...toolStream, "[DONE]"]);
  expect(await collect(through, {})).toEqual(await collect(direct, {}));

  provider.answer = (_, response) =>
    sendJson(response, { error: { message: "No.", type: "invalid_request_error", code: "bad" } }, 400);
  const failure = (client: OpenAI) =>
    client.chat.completions.create(ask).catch((error: InstanceType<typeof OpenAI.APIError>) => ({
      name: error.constructor.name,
      status: error.status,
      code: error.code,
      message: error.message,
    }));
  expect(await failure(through)).toEqual(await failure(direct));

  provider.answer = (_, response) =>
    sendJson(response, { object: "list", data: [{ id: "m", object: "model" }] });
  expect((await through.models.list()).data).toEqual((await direct.models.list()).data);
});

test("no marker planted in content reaches the destination in privacy mode; everything else does", async () => {
  const { provider, open, closed, gateway } = await setUp();
  const markers: string[] = [];
  const marker = (place: string) => {
    markers.push(`marker-${place}`);
    return `marker-${place}`;
  };
  const bodies = [
    {
      model: "gpt-4o",
      user: "user-open",
      session_id: "session-open",
      trace: { trace_id: "trace-open", trace_name: "name-open", tags: ["tag-open"], custom: "custom-open" },
      messages: [
        { role: "system", content: marker("system") },
        {
          role: "user",
          content: [
            { type: "text", text: marker("part") },
            {
              type: "file",
              file: { file_data: "data:text/plain;base64,bWFya2Vy", filename: marker("filename") },
            },
          ],
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            { id: "c", type: "function", function: { name: marker("call"), arguments: marker("arguments") } },
          ],
        },
        { role: "tool", tool_call_id: "c", content: marker("tool-result") },
      ],
      tools: [
        {
          type: "function",
          function: { name: marker("tool"), description: marker("description"), parameters: {} },
        },
      ],
      tool_choice: { type: "function", function: { name: marker("choice") } },
      response_format: { type: "json_schema", json_schema: { name: marker("schema"), schema: {} } },
      stop: [marker("stop")],
      prediction: { type: "content", content: marker("prediction") },
      metadata: { note: marker("request-metadata") },
      surprise: marker("unknown-parameter"),
    },
    {
      model: "gpt-4o",
      messages: [{ role: "user", content: marker("streamed-prompt") }],
      stream: true,
      user: "user-open",
    },
    { model: "gpt-4o", messages: [{ role: "user", content: "x" }], user: "user-open" },
  ];
  const message = {
    role: "assistant",
    content: marker("answer"),
    reasoning: marker("reasoning"),
    reasoning_details: [{ type: "reasoning.text", text: marker("detail"), index: 0 }],
    refusal: marker("refusal"),
    annotations: [{ type: "url_citation", url_citation: { title: marker("citation") } }],
    tool_calls: [
      { id: "c", type: "function", function: { name: "f", arguments: marker("answer-arguments") } },
    ],
  };
  const deltas = [
    { content: marker("delta") },
    { reasoning: marker("delta-reasoning") },
    { refusal: marker("delta-refusal") },
    { tool_calls: [{ index: 0, function: { arguments: marker("delta-arguments") } }] },
  ];
  const answers = [
    (response: never) =>
      sendJson(response, { ...plain, choices: [{ index: 0, message, finish_reason: "stop" }] }),
    (response: never) =>
      sendEvents(response, [
        ...deltas.map((delta) => ({ id: "s", choices: [{ index: 0, delta }] })),
        { id: "s", choices: [], error: { code: 502, message: marker("stream-error") } },
      ]),
    (response: never) =>
      sendJson(
        response,
        { error: { message: marker("error"), type: marker("free error type with spaces"), code: "bad" } },
        400,
      ),
  ];
  for (const body of bodies) {
    provider.answer = (_, response) => answers.shift()?.(response as never);
    await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", body: JSON.stringify(body) }).then(
      (response) => response.text(),
    );
  }
  expect(await delivered(gateway)).toMatchObject({ left: [] });
  const [seenOpen, seenClosed] = [open, closed].map(({ requests }) =>
    requests.map(({ body }) => body).join("\n"),
  );
  const lost = markers.filter((text) => !seenOpen?.includes(text) && !text.includes(" "));
  expect(lost).toEqual([]);
  expect(seenClosed).not.toContain("marker");
  for (const text of [
    "user-open",
    "session-open",
    "trace-open",
    "name-open",
    "tag-open",
    "custom-open",
    "gpt-4o",
    '"prompt_tokens":12',
  ]) {
    expect(seenClosed).toContain(text);
  }
  expect(closed.rows().map(({ id }) => id)).toEqual(open.rows().map(({ id }) => id));
  expect([...open.violations, ...closed.violations]).toEqual([]);
});

test("destinations that hang change nothing for the client", async () => {
  const hanging = await Promise.all(Array.from({ length: 10 }, () => startProvider()));
  for (const one of hanging) one.answer = () => {};
  const provider = await startProvider();
  provider.answer = (_, response) => sendJson(response, plain);
  const type = destinationTypes[0]!;
  const gateway = await startGateway({
    host: "127.0.0.1",
    port: 0,
    privateNetworks: "allow",
    upstream: { url: provider.url, tracingFields: "strip", streamUsage: "ask" },
    destinations: hanging.map(({ url }, n) => ({
      name: `h${n}`,
      type,
      config: { apiKey: "k", projectId: "p", baseUrl: url },
    })),
  });
  for (let n = 0; n < 5; n += 1) {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify(request),
    });
    expect(await response.json()).toEqual(plain);
  }
  const { left } = await gateway.close({ answersTimeoutMs: 1000, deliveryTimeoutMs: 20 });
  expect(left.map(({ events }) => events)).toEqual(Array.from({ length: 10 }, () => 5));
  await Promise.all([provider, ...hanging].map((one) => one.close()));
});

test("what a destination could not take before a restart is sent after it, and stands encrypted on disk until then", async () => {
  const [provider, down, braintrust] = [
    await startProvider(),
    await startProvider(),
    await startBraintrust(),
  ];
  provider.answer = (_, response) => sendJson(response, plain);
  down.answer = (_, response) => sendJson(response, {}, 503);
  const folder = mkdtempSync(join(tmpdir(), "tracecast-"));
  const start = (baseUrl: string) =>
    startGateway({
      host: "127.0.0.1",
      port: 0,
      privateNetworks: "allow",
      data: { folder },
      upstream: { url: provider.url, tracingFields: "strip", streamUsage: "ask" },
      destinations: [
        {
          name: "Braintrust",
          type: destinationTypes[0]!,
          config: { apiKey: braintrust.apiKey, projectId: braintrust.projectId, baseUrl },
        },
      ],
    });
  const first = await start(down.url);
  const body = JSON.stringify({ ...request, messages: [{ role: "user", content: "MARKER" }] });
  await fetch(`${first.url}/v1/chat/completions`, { method: "POST", body });
  const report = await first.close({ answersTimeoutMs: 1000, deliveryTimeoutMs: 200 });
  expect(report.left).toMatchObject([{ destinationId: "Braintrust", events: 1 }]);
  expect(readFileSync(join(folder, "spool", "data.mdb")).includes("MARKER")).toBe(false);
  const second = await start(braintrust.url);
  expect(await second.flush({ timeoutMs: 10_000 })).toMatchObject({ left: [] });
  expect(JSON.stringify(braintrust.rows())).toContain("MARKER");
  await second.close({ answersTimeoutMs: 1000, deliveryTimeoutMs: 1000 });
  await Promise.all([provider, down, braintrust].map((one) => one.close()));
});

test("answers in flight finish when the gateway closes, and their traces are delivered", async () => {
  const { provider, open, gateway } = await setUp();
  let finish = () => {};
  let arrived = () => {};
  const asked = new Promise<void>((resolve) => (arrived = resolve));
  provider.answer = (_, response) => {
    finish = () => sendJson(response, plain);
    arrived();
  };
  const answer = fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify(request),
  });
  await asked;
  const closing = gateway.close({ answersTimeoutMs: 5000, deliveryTimeoutMs: 5000 });
  await expect(fetch(`${gateway.url}/healthz`)).rejects.toThrow();
  finish();
  expect(await (await answer).json()).toEqual(plain);
  expect(await closing).toMatchObject({ left: [] });
  expect(open.rows()).toHaveLength(1);
});

test("healthz answers with the version, and Braintrust from the environment is a destination at once", async () => {
  const braintrust = await startBraintrust();
  const settings = readSettings(
    {
      TRACECAST_PORT: "0",
      TRACECAST_ALLOW_PRIVATE_NETWORKS: "true",
      TRACECAST_DATA_DIR: mkdtempSync(join(tmpdir(), "tracecast-")),
      BRAINTRUST_API_KEY: braintrust.apiKey,
      BRAINTRUST_PROJECT_ID: braintrust.projectId,
      BRAINTRUST_BASE_URL: braintrust.url,
    },
    destinationTypes,
  );
  const gateway = await startGateway(settings);
  expect(await (await fetch(`${gateway.url}/healthz`)).json()).toEqual({ status: "ok", version: "0.1.0" });
  const signal = AbortSignal.timeout(5000);
  expect(await gateway.dispatcher.test("Braintrust", signal)).toMatchObject({ ok: true });
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(metrics).toContain('tracecast_pending{destination="Braintrust"} 0');
  await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ ...request, stream: true }),
  }).then((response) => response.text());
  await gateway.close({ answersTimeoutMs: 1000, deliveryTimeoutMs: 5000 });
  expect(braintrust.rows()).toMatchObject([
    {
      metadata: { provider: "tracecast demo" },
      metrics: { time_to_first_token: expect.any(Number), estimated_cost: expect.any(Number) },
    },
  ]);
  expect(gateway.localTraces.list()).toHaveLength(1);
  await braintrust.close();
});
