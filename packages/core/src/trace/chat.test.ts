import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json, JsonObject } from "../json.ts";
import { chatTraceEvent } from "./chat.ts";
import type { CallResponse } from "./call-event.ts";
import type { ChatCall } from "./chat.ts";
import { parseTraceEvent } from "./event.ts";

const request = { model: "openai/gpt-4o", messages: [{ role: "user", content: "Say hello." }] };
const times = { startMs: 1000, endMs: 3000 };

const answered = (body: Json, overrides: Partial<ChatCall> = {}) =>
  chatTraceEvent({ ...times, request, response: { kind: "json", status: 200, body }, ...overrides });
const streamed = (events: readonly Json[], overrides: Partial<ChatCall> = {}, complete = true) => {
  const chunks = events.map((data, index) => ({ atMs: 1100 + index, data }));
  return chatTraceEvent({
    ...times,
    request,
    response: { kind: "stream", status: 200, chunks, complete },
    ...overrides,
  });
};
const delta = (fields: object, reason: string | null = null, index = 0): Json =>
  ({
    id: "gen-1",
    model: "openai/gpt-4o",
    provider: "OpenAI",
    choices: [{ index, delta: fields, finish_reason: reason, native_finish_reason: reason }],
  }) as Json;
const messageOf = (event: { output?: unknown }, index = 0) =>
  (event.output as { message: Record<string, unknown> }[])[index]?.message;

const openRouterUsage = {
  prompt_tokens: 194,
  completion_tokens: 12,
  total_tokens: 206,
  cost: 0.00095,
  is_byok: false,
  prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 100, audio_tokens: 0 },
  cost_details: {
    upstream_inference_cost: 0.00095,
    upstream_inference_prompt_cost: 0.0005,
    upstream_inference_completions_cost: 0.00045,
  },
  completion_tokens_details: { reasoning_tokens: 4, image_tokens: 0 },
};

test("a plain answer of OpenRouter: every field in its place", () => {
  const choices = [
    {
      index: 0,
      finish_reason: "stop",
      native_finish_reason: "end_turn",
      message: { role: "assistant", content: "Hello!", refusal: null },
    },
  ];
  const event = answered(
    { id: "gen-1", model: "openai/gpt-4o-2024", provider: "OpenAI", choices, usage: openRouterUsage },
    {
      id: "0199aaaa-0000-7000-8000-000000000001",
      apiKey: { hash: "a".repeat(64), name: "Prod" },
      workspaceId: "w",
    },
  );
  expect(event).toEqual({
    id: "0199aaaa-0000-7000-8000-000000000001",
    operation: "chat",
    apiKey: { hash: "a".repeat(64), name: "Prod" },
    workspaceId: "w",
    generationId: "gen-1",
    model: { requested: "openai/gpt-4o", resolved: "openai/gpt-4o-2024" },
    provider: "OpenAI",
    input: request.messages,
    output: choices,
    parameters: {},
    usage: {
      promptTokens: 194,
      completionTokens: 12,
      totalTokens: 206,
      cachedTokens: 0,
      cacheWriteTokens: 100,
      promptAudioTokens: 0,
      reasoningTokens: 4,
      completionImageTokens: 0,
    },
    cost: {
      totalUsd: 0.00095,
      inputUsd: 0.0005,
      outputUsd: 0.00045,
      upstreamTotalUsd: 0.00095,
      upstreamInputUsd: 0.0005,
      upstreamOutputUsd: 0.00045,
      byok: false,
    },
    timing: { startMs: 1000, endMs: 3000 },
    finishReason: { normalized: "stop", native: "end_turn" },
    streamed: false,
    generation: {
      cost: { upstreamUsage: openRouterUsage },
      requestContext: { mediaInPrompt: 0, audioInPrompt: 0, mediaInCompletion: 0 },
    },
    tags: [],
    trace: { metadata: {} },
  });
});

test("with one's own key, what each side cost at the gateway is unknown", () => {
  expect(answered({ usage: { ...openRouterUsage, is_byok: true, cost: 0.00005 } }).cost).toEqual({
    totalUsd: 0.00005,
    upstreamTotalUsd: 0.00095,
    upstreamInputUsd: 0.0005,
    upstreamOutputUsd: 0.00045,
    byok: true,
  });
});

test("what is unknown is absent: no usage, no cost, no zero", () => {
  const event = answered({ choices: [] });
  for (const field of ["usage", "cost", "finishReason", "provider", "output", "error", "generationId"])
    expect(event).not.toHaveProperty(field);
  expect(
    answered({ usage: { prompt_tokens: null, completion_tokens: -1, total_tokens: 1.5, cost: "free" } }),
  ).not.toHaveProperty("usage");
});

test("streamed and plain, the same answer is the same output", () => {
  const toolCalls = [
    { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } },
    { id: "call_2", type: "function", function: { name: "time", arguments: "{}" } },
  ];
  const message = { role: "assistant", content: null, refusal: null, tool_calls: toolCalls };
  const plain = answered({
    choices: [{ index: 0, finish_reason: "tool_calls", native_finish_reason: "tool_calls", message }],
  });
  const inChunks = streamed([
    delta({
      role: "assistant",
      content: null,
      refusal: null,
      tool_calls: [
        { index: 0, id: "call_1", type: "function", function: { name: "weather", arguments: "" } },
      ],
    }),
    delta({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
    delta({
      tool_calls: [{ index: 1, id: "call_2", type: "function", function: { name: "time", arguments: "{" } }],
    }),
    delta({
      tool_calls: [
        { index: 0, id: "", function: { arguments: '"Paris"}' } },
        { index: 1, function: { arguments: "}" } },
      ],
    }),
    delta({}, "tool_calls"),
  ]);
  expect(inChunks.output).toEqual(plain.output);
  expect(inChunks.timing.firstTokenMs).toBe(1100);
});

test("tool calls without an index are told apart by their ids", () => {
  const call = (fields: object) => delta({ tool_calls: [fields] });
  const event = streamed([
    call({ id: "a", function: { name: "f", arguments: "1" } }),
    call({ function: { arguments: "2" } }),
    call({ id: "b", function: { name: "g", arguments: "3" } }),
    call({ id: "a", function: { arguments: "4" } }),
  ]);
  expect(messageOf(event)?.["tool_calls"]).toEqual([
    { id: "a", function: { name: "f", arguments: "124" } },
    { id: "b", function: { name: "g", arguments: "3" } },
  ]);
});

test("text, reasoning, refusal and sound are put together; the first that says something is the first token", () => {
  const event = streamed([
    delta({ role: "assistant", content: "", reasoning: null }),
    delta({
      reasoning: "First, ",
      reasoning_details: [{ type: "reasoning.text", index: 0, text: "First, ", format: "x" }],
    }),
    delta({
      reasoning: "think.",
      reasoning_details: [
        { type: "reasoning.text", index: 0, text: "think.", signature: "sig" },
        { type: "reasoning.encrypted", index: 1, data: "abc" },
      ],
    }),
    delta({ content: "Hel" }),
    delta({ content: "lo", refusal: "No" }),
    delta({ refusal: ".", audio: { id: "a", data: "AAAA", transcript: "Hel" } }),
    delta({ audio: { data: "BBBB", transcript: "lo" }, annotations: [{ type: "url_citation" }] }),
    delta({ function_call: { name: "f", arguments: "{" } }),
    delta({ function_call: { arguments: "}" } }, "stop"),
  ]);
  expect(messageOf(event)).toEqual({
    role: "assistant",
    content: "Hello",
    reasoning: "First, think.",
    reasoning_details: [
      { type: "reasoning.text", index: 0, text: "First, think.", format: "x", signature: "sig" },
      { type: "reasoning.encrypted", index: 1, data: "abc" },
    ],
    refusal: "No.",
    audio: { id: "a", data: "[audio omitted: audio/unknown, 6 bytes]", transcript: "Hello" },
    annotations: [{ type: "url_citation" }],
    function_call: { name: "f", arguments: "{}" },
  });
  expect(event.timing.firstTokenMs).toBe(1101);
});

test("a call of a custom tool is put together like a call of a function", () => {
  const call = (fields: JsonObject) => delta({ tool_calls: [{ index: 0, ...fields }] });
  const event = streamed([
    call({ id: "c", type: "custom", custom: { name: "sql", input: "select " } }),
    call({ custom: { input: "1" } }),
  ]);
  expect(messageOf(event)?.["tool_calls"]).toEqual([
    { id: "c", type: "custom", custom: { name: "sql", input: "select 1" } },
  ]);
});

test("an error that a choice carries is the call's; an empty one is none", () => {
  const choice = {
    index: 0,
    message: { role: "assistant", content: "" },
    error: { code: 502, message: "down" },
  };
  expect(answered({ choices: [choice] }).error).toMatchObject({ status: 502, message: "down" });
  expect(answered({ error: "", choices: [] }).error).toBeUndefined();
});

test("several choices are kept apart, in order, with their probabilities", () => {
  const choice = (index: number, content: string, token: string): Json => ({
    choices: [{ index, delta: { content }, logprobs: { content: [{ token }], refusal: null } }],
  });
  const event = streamed([
    choice(1, "B", "b"),
    choice(0, "A", "a"),
    choice(1, "b", "c"),
    delta({}, "stop", 1),
    delta({}, "length", 0),
  ]);
  expect(event.output).toMatchObject([
    { index: 0, finish_reason: "length", message: { content: "A" }, logprobs: { content: [{ token: "a" }] } },
    {
      index: 1,
      finish_reason: "stop",
      message: { content: "Bb" },
      logprobs: { content: [{ token: "b" }, { token: "c" }] },
    },
  ]);
  expect(event.finishReason).toEqual({ normalized: "length", native: "length" });
});

test.each([
  ["without choices", []],
  [
    "with a repeated last choice",
    [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: "stop" }],
  ],
])("usage in the last chunk, %s, counts once", (_, choices) => {
  const event = streamed([
    delta({ content: "Hi" }),
    delta({}, "stop"),
    { id: "gen-1", choices, usage: openRouterUsage } as Json,
  ]);
  expect(event).toMatchObject({
    usage: { totalTokens: 206 },
    cost: { totalUsd: 0.00095 },
    provider: "OpenAI",
    generationId: "gen-1",
  });
  expect(messageOf(event)).toEqual({ role: "assistant", content: "Hi" });
});

test("an error in the middle of a stream keeps what was said before", () => {
  const error = {
    code: 502,
    message: "Provider disconnected",
    metadata: { error_type: "provider_unavailable" },
  };
  const event = streamed(
    [
      delta({ content: "Hel" }),
      { id: "gen-1", error, choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }] },
    ],
    {},
    false,
  );
  expect(event).toMatchObject({
    error: { status: 502, type: "provider_unavailable", message: "Provider disconnected" },
    finishReason: { normalized: "error" },
    streamed: true,
  });
  expect(messageOf(event)?.["content"]).toBe("Hel");
});

test("a stream that broke off is an error; one that the client gave up is not", () => {
  expect(streamed([delta({ content: "Hel" })], {}, false)).toMatchObject({
    error: { type: "stream_interrupted" },
  });
  const cancelled = streamed([delta({ content: "Hel" })], { cancelled: true }, false);
  expect(cancelled).toMatchObject({ cancelled: true, output: [{ message: { content: "Hel" } }] });
  expect(cancelled).not.toHaveProperty("error");
});

test.each<[string, CallResponse, object]>([
  [
    "an error object",
    {
      kind: "json",
      status: 429,
      body: { error: { message: "Slow down.", type: "rate_limit", code: "rate_limit_exceeded" } },
    },
    { status: 429, type: "rate_limit", message: "Slow down." },
  ],
  [
    "a numeric code",
    { kind: "json", status: 400, body: { error: { message: "Bad.", code: 402 } } },
    { status: 402, type: "http_400", message: "Bad." },
  ],
  [
    "an error that is only words",
    { kind: "json", status: 500, body: { error: "boom went the model" } },
    { status: 500, type: "http_500", message: "boom went the model" },
  ],
  ["no JSON at all", { kind: "json", status: 502, body: undefined }, { status: 502, type: "http_502" }],
  [
    "an error under a success",
    { kind: "json", status: 200, body: { error: { message: "Oops", code: "late" } } },
    { type: "late", message: "Oops" },
  ],
  [
    "nobody there",
    { kind: "none", status: 502, type: "upstream_unreachable", message: "Gone." },
    { status: 502, type: "upstream_unreachable", message: "Gone." },
  ],
])("%s is an error", (_, response, error) => {
  expect(chatTraceEvent({ ...times, request, response }).error).toEqual(error);
});

test("free text in place of an error's type is not let out as one", () => {
  const body = { error: { message: "m", type: "you said: my secret", code: "also my secret" } };
  expect(answered(body).error).toEqual({ message: "m" });
});

test("an error's message does not carry an image along", () => {
  const message = `invalid image data:image/png;base64,${"A".repeat(4000)} in your request`;
  expect(answered({ error: { message } }).error?.message).toBe(
    "invalid image [image omitted: image/png, 3 KB] in your request",
  );
});

test("images, sounds and files in messages and answers become descriptors", () => {
  const event = answered(
    {
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: null,
            images: [{ type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(2048)}` } }],
            audio: { id: "a", data: "B".repeat(4000), transcript: "hi" },
          },
        },
      ],
    },
    {
      request: {
        model: "m",
        messages: [
          { role: "user", content: [{ type: "input_audio", input_audio: { data: "QUJD", format: "wav" } }] },
        ],
      },
    },
  );
  expect(event.input).toMatchObject([
    { content: [{ type: "text", text: "[audio omitted: audio/wav, 3 bytes]" }] },
  ]);
  expect(messageOf(event)).toMatchObject({
    images: [{ omitted: { type: "image_url", mediaType: "image/png", bytes: 1536 } }],
    audio: { id: "a", transcript: "hi", data: "[audio omitted: audio/unknown, 3 KB]" },
  });
});

test("an answer of which not all could be kept says so", () => {
  expect(answered({}, { truncated: true, request: { trace: 7 } }).cut).toEqual(["trace", "response"]);
});

test("for any JSON at all: an event, and one that passes the door again after a trip through JSON", () => {
  const json = fc.jsonValue() as fc.Arbitrary<Json>;
  const odd = fc.oneof(json, fc.constantFrom<Json>(null, [], {}, "x", 1));
  const chunk = fc.record({
    id: odd,
    model: odd,
    provider: odd,
    usage: fc.oneof(
      odd,
      fc.record({ prompt_tokens: odd, cost: odd, cost_details: odd, prompt_tokens_details: odd }),
    ),
    error: odd,
    choices: fc.oneof(
      odd,
      fc.array(
        fc.record({
          index: fc.oneof(fc.nat(3), odd),
          finish_reason: odd,
          logprobs: odd,
          message: odd,
          delta: fc.oneof(
            odd,
            fc.record({
              content: odd,
              reasoning: odd,
              refusal: odd,
              audio: odd,
              images: odd,
              function_call: odd,
              reasoning_details: fc.oneof(odd, fc.array(odd)),
              tool_calls: fc.oneof(odd, fc.array(fc.record({ index: odd, id: odd, function: odd }))),
            }),
          ),
        }),
        { maxLength: 3 },
      ),
    ),
  }) as fc.Arbitrary<Json>;
  const body = fc.oneof(json, chunk);
  const asked = fc.oneof(
    json,
    fc.record({
      model: odd,
      messages: odd,
      user: odd,
      session_id: odd,
      stream: odd,
      trace: fc.oneof(odd, fc.dictionary(fc.string(), odd)),
      tools: odd,
    }) as fc.Arbitrary<Json>,
  );
  const response: fc.Arbitrary<CallResponse> = fc.oneof(
    fc.record({ kind: fc.constant("json" as const), status: fc.constantFrom(200, 400, 500), body }),
    fc.record({
      kind: fc.constant("stream" as const),
      status: fc.constant(200),
      complete: fc.boolean(),
      chunks: fc.array(fc.record({ atMs: fc.nat(), data: body }), { maxLength: 6 }),
    }),
  );
  fc.assert(
    fc.property(asked, response, fc.boolean(), (request, response, cancelled) => {
      const event = chatTraceEvent({ ...times, request, response, cancelled });
      const again = JSON.parse(JSON.stringify(event)) as unknown;
      expect(parseTraceEvent(again)).toEqual(again);
      for (const count of Object.values(event.usage ?? {})) expect(count).toBeTypeOf("number");
    }),
    { numRuns: 300 },
  );
});

test("JSON nested ten thousand deep is an event too", () => {
  const deep = JSON.parse(`${"[".repeat(10_000)}${"]".repeat(10_000)}`) as Json;
  const event = answered({ choices: deep }, { request: { messages: deep, tools: deep, trace: { deep } } });
  expect(JSON.stringify(event)).toContain("[nested too deep]");
});
