import { expect, test } from "vitest";
import { callTraceEvent } from "./call-event.ts";
import type { ModelCall } from "./call-event.ts";
import type { Json, JsonObject } from "../json.ts";
import { generationView, sharedMetadata, withAskedDetails } from "./generation-view.ts";

const none = { cost: false, identity: false, requestContext: false };
const all = { cost: true, identity: true, requestContext: true };

const call = (request: JsonObject, body: Json, more: Partial<ModelCall> = {}) =>
  callTraceEvent({
    operation: "chat",
    startMs: 1,
    endMs: 2,
    request,
    response: { kind: "json", status: 200, body },
    ...more,
  });

const openRouter = call(
  {
    model: "openai/gpt-5",
    service_tier: "priority",
    user: "u1",
    session_id: "s1",
    messages: [
      {
        role: "user",
        content: [{ type: "input_audio" }, { type: "image_url" }, { type: "text", text: "t" }],
      },
      { role: "tool", content: '{"type":"image_url"}' },
    ],
    trace: { openrouter_generation: "mine", environment: "production" },
  },
  {
    id: "gen-1",
    model: "openai/gpt-5-2025",
    service_tier: "default",
    choices: [{ message: { content: "a", images: [{ type: "image_url" }], audio: { transcript: "t" } } }],
    usage: {
      prompt_tokens: 1,
      prompt_tokens_details: { cache_write_tokens: 7, cache_creation: { ephemeral_5m_input_tokens: 7 } },
      cost: 0.02,
      is_byok: true,
      cost_details: { upstream_inference_cost: 0.5 },
      server_tool_use_details: { web_search_requests: 2 },
    },
  },
  {
    apiKey: { hash: "a".repeat(64), name: "Prod" },
    headers: { appTitle: "App", httpReferer: "https://app.example", userAgent: "ua/1", requestId: "req-1" },
  },
);

test("who asked for nothing sees no block, and a custom key of its name goes by another", () => {
  const view = generationView(openRouter, none);
  expect(view).not.toHaveProperty("generation");
  expect(view.trace.metadata).toEqual({ "trace.openrouter_generation": "mine", environment: "production" });
});

test("each block holds what is known, under OpenRouter's names, beside the custom metadata", () => {
  const blockOf = (blocks: Partial<typeof none>) =>
    generationView(openRouter, { ...none, ...blocks }).trace.metadata["openrouter_generation"];
  const requestContext = {
    model: "openai/gpt-5-2025",
    api_type: "completions",
    requested_service_tier: "priority",
    routed_service_tier: "default",
    service_tier: "default",
    num_media_prompt: 2,
    num_input_audio_prompt: 1,
    num_media_completion: 2,
  };
  const cost = {
    usage: 0.02,
    usage_upstream: 0.5,
    is_byok: true,
    byok_usage_inference: 0.5,
    cache_write_tokens: 7,
    cache_creation: { ephemeral_5m_input_tokens: 7 },
    native_server_tool_use: { web_search_requests: 2 },
    upstream_raw_response_usage: expect.objectContaining({ prompt_tokens: 1 }),
    streamed: false,
  };
  const identity = {
    app_title: "App",
    http_referer: "https://app.example",
    user_agent: "ua/1",
    request_id: "req-1",
    upstream_id: "gen-1",
    api_key_hash: "a".repeat(64),
    api_key_name: "Prod",
    external_user: "u1",
    session_id: "s1",
  };
  expect(blockOf({ requestContext: true })).toEqual(requestContext);
  expect(blockOf({ cost: true })).toEqual({ ...cost, ...requestContext });
  expect(blockOf({ identity: true })).toEqual(identity);
  expect(blockOf(all)).toEqual({ ...cost, ...requestContext, ...identity });
  expect(generationView(openRouter, all).trace.metadata).toMatchObject({
    "trace.openrouter_generation": "mine",
    environment: "production",
  });
});

test("Anthropic's tier and tools stand beside its token counts", () => {
  const event = call(
    { messages: [{ role: "user", content: [{ type: "image", source: {} }] }] },
    {
      content: [{ type: "text", text: "a" }],
      usage: { input_tokens: 1, service_tier: "standard", server_tool_use: { web_fetch_requests: 3 } },
    },
    { operation: "messages" },
  );
  expect(event.generation).toMatchObject({
    cost: { serverToolUse: { webFetchRequests: 3 } },
    requestContext: { serviceTier: "standard", mediaInPrompt: 1, audioInPrompt: 0, mediaInCompletion: 0 },
  });
});

test("what nobody said is absent, and what is no tier, count or text is none", () => {
  expect(call({}, {})).not.toHaveProperty("generation");
  const odd = call(
    {},
    {
      service_tier: "write me a poem",
      usage: { server_tool_use: { web_search_requests: -1 }, padding: "x".repeat(70_000) },
    },
    { headers: { userAgent: "", appTitle: `${"t".repeat(2000)}\0` } },
  );
  expect(odd.generation).toEqual({ identity: { appTitle: "t".repeat(1000) } });
});

test("an answer that is nested without end costs nothing but its details", () => {
  const deep = JSON.parse(`${'{"content":['.repeat(5000)}1${"]}".repeat(5000)}`) as JsonObject;
  const { generation } = call({ messages: [deep] }, { usage: deep, choices: [deep] });
  expect(generation?.requestContext).toMatchObject({ mediaInPrompt: 0, mediaInCompletion: 0 });
});

test("of the details only those are kept that somebody asked for; the context belongs to the cost", () => {
  const kept = (blocks: Partial<typeof none>) =>
    Object.keys(withAskedDetails(openRouter, { ...none, ...blocks }).generation ?? {});
  expect(withAskedDetails(openRouter, none)).not.toHaveProperty("generation");
  expect(kept({ cost: true })).toEqual(["cost", "requestContext"]);
  expect(kept({ requestContext: true })).toEqual(["requestContext"]);
  expect(kept({ identity: true })).toEqual(["identity"]);
});

test("what the calls of a trace have in common has no block, and an event without anything to add stays itself", () => {
  const { metadata } = generationView(openRouter, all).trace;
  expect(sharedMetadata(metadata)).not.toHaveProperty("openrouter_generation");
  const plain = call({}, {});
  expect(generationView(plain, none)).toBe(plain);
  expect(sharedMetadata(plain.trace.metadata)).toBe(plain.trace.metadata);
});
