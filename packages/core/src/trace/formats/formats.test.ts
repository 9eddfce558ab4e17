import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../../json.ts";
import { callTraceEvent } from "../call-event.ts";
import type { ModelCall } from "../call-event.ts";
import { parseTraceEvent } from "../event.ts";
import type { TraceEvent } from "../event.ts";

type Operation = ModelCall["operation"];

const eventOf = (operation: Operation, request: Json, response: ModelCall["response"]): TraceEvent =>
  parseTraceEvent(callTraceEvent({ operation, startMs: 1000, endMs: 2000, request, response }));
const answered = (operation: Operation, request: Json, body: Json) =>
  eventOf(operation, request, { kind: "json", status: 200, body });
const streamed = (operation: Operation, request: Json, data: readonly Json[], complete = true) =>
  eventOf(operation, request, {
    kind: "stream",
    status: 200,
    complete,
    chunks: data.map((one, index) => ({ atMs: 1100 + index, data: one })),
  });

const image = { type: "base64", media_type: "image/png", data: "AAAA" };
const messagesRequest = {
  model: "claude-haiku-4-5",
  max_tokens: 100,
  system: "Be brief.",
  thinking: { type: "enabled", budget_tokens: 1024 },
  stop_sequences: ["END"],
  metadata: { user_id: "ada" },
  messages: [
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?", cache_control: { type: "ephemeral" } },
        { type: "image", source: image },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "text", text: "Let me look." },
        { type: "tool_use", id: "t1", name: "look", input: { at: "it" } },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: "a cat" }] },
        { type: "text", text: "So?" },
      ],
    },
  ],
};
const messagesUsage = {
  input_tokens: 10,
  cache_read_input_tokens: 100,
  cache_creation_input_tokens: 20,
  cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: 5 },
  output_tokens: 7,
};
const messagesAnswer = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-haiku-4-5-20251001",
  content: [
    { type: "thinking", thinking: "It purrs.", signature: "s" },
    { type: "text", text: "A cat." },
    { type: "tool_use", id: "t2", name: "pet", input: { softly: true } },
  ],
  stop_reason: "tool_use",
  stop_sequence: null,
  usage: messagesUsage,
};
const messagesStream = [
  {
    type: "message_start",
    message: {
      ...messagesAnswer,
      content: [],
      stop_reason: null,
      usage: { ...messagesUsage, output_tokens: 1 },
    },
  },
  { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
  { type: "ping" },
  { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "It " } },
  { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "purrs." } },
  { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "s" } },
  { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "A c" } },
  { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "at." } },
  {
    type: "content_block_start",
    index: 2,
    content_block: { type: "tool_use", id: "t2", name: "pet", input: {} },
  },
  { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"softly":' } },
  { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: "true}" } },
  {
    type: "message_delta",
    delta: { stop_reason: "tool_use", stop_sequence: null },
    usage: { output_tokens: 7, cache_read_input_tokens: null },
  },
  { type: "message_stop" },
];

const messagesEvent = {
  operation: "messages",
  generationId: "msg_1",
  model: { requested: "claude-haiku-4-5", resolved: "claude-haiku-4-5-20251001" },
  user: "ada",
  input: [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?" },
        {
          type: "text",
          text: "[image omitted: image/png, 3 bytes]",
          omitted: { type: "image", mediaType: "image/png", bytes: 3 },
        },
      ],
    },
    {
      role: "assistant",
      content: "Let me look.",
      tool_calls: [{ id: "t1", type: "function", function: { name: "look", arguments: '{"at":"it"}' } }],
    },
    { role: "tool", tool_call_id: "t1", content: [{ type: "text", text: "a cat" }] },
    { role: "user", content: [{ type: "text", text: "So?" }] },
  ],
  output: [
    {
      index: 0,
      finish_reason: "tool_calls",
      message: {
        role: "assistant",
        content: "A cat.",
        reasoning: "It purrs.",
        tool_calls: [{ id: "t2", type: "function", function: { name: "pet", arguments: '{"softly":true}' } }],
      },
    },
  ],
  parameters: { max_tokens: 100, thinking: { type: "enabled", budget_tokens: 1024 } },
  contentParameters: { stop_sequences: ["END"], metadata: { user_id: "ada" } },
  usage: {
    promptTokens: 130,
    completionTokens: 7,
    totalTokens: 137,
    cachedTokens: 100,
    cacheWriteTokens: 20,
    cacheWrite5mTokens: 15,
    cacheWrite1hTokens: 5,
  },
  finishReason: { normalized: "tool_calls", native: "tool_use" },
};

test("Anthropic's messages, whole and streamed: a chat's messages, and prompt tokens that include the cached ones", () => {
  expect(answered("messages", messagesRequest, messagesAnswer)).toMatchObject({
    ...messagesEvent,
    streamed: false,
  });
  const event = streamed("messages", { ...messagesRequest, stream: true }, messagesStream);
  expect(event).toMatchObject({ ...messagesEvent, streamed: true });
  expect(event.timing.firstTokenMs).toBe(1103);
});

test("a `user` of the request counts before the one in Anthropic's metadata", () => {
  expect(answered("messages", { ...messagesRequest, user: "bob" }, messagesAnswer).user).toBe("bob");
});

test("an error inside Anthropic's stream ends it, and what was said before is kept", () => {
  const failed = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
  const event = streamed("messages", messagesRequest, [...messagesStream.slice(0, 8), failed], false);
  expect(event).toMatchObject({
    error: { type: "overloaded_error", message: "Overloaded" },
    output: [{ message: { content: "A c", reasoning: "It purrs." } }],
  });
});

const responsesRequest = {
  model: "gpt-5-mini",
  instructions: "Be brief.",
  max_output_tokens: 50,
  input: [
    {
      role: "user",
      content: [
        { type: "input_text", text: "Weather?" },
        { type: "input_image", image_url: "data:image/png;base64,AAAA" },
      ],
    },
    {
      type: "reasoning",
      id: "r0",
      summary: [{ type: "summary_text", text: "Ask the tool." }],
      encrypted_content: "zzz",
    },
    { type: "function_call", call_id: "c1", name: "weather", arguments: "{}" },
    { type: "function_call_output", call_id: "c1", output: "sunny" },
  ],
};
const responsesItems = [
  { type: "reasoning", id: "r1", summary: [{ type: "summary_text", text: "It is sunny." }] },
  { type: "message", id: "m1", role: "assistant", content: [{ type: "output_text", text: "Sunny." }] },
  { type: "function_call", id: "f1", call_id: "c2", name: "pack", arguments: '{"hat":1}' },
  { type: "web_search_call", id: "w1", status: "completed" },
];
const responsesAnswer = {
  id: "resp_1",
  object: "response",
  model: "gpt-5-mini-2025-08-07",
  status: "completed",
  error: null,
  output: responsesItems,
  usage: {
    input_tokens: 30,
    output_tokens: 9,
    total_tokens: 39,
    input_tokens_details: { cached_tokens: 10 },
    output_tokens_details: { reasoning_tokens: 4 },
    cost: 0.001,
    is_byok: false,
    cost_details: {
      upstream_inference_cost: 0.001,
      upstream_inference_input_cost: 0.0004,
      upstream_inference_output_cost: 0.0006,
    },
  },
};
const begun = {
  type: "response.created",
  response: { ...responsesAnswer, status: "in_progress", output: [], usage: null },
};
const responsesDeltas = [
  begun,
  { type: "response.output_item.added", output_index: 0, item: { type: "reasoning", id: "r1", summary: [] } },
  { type: "response.reasoning_summary_text.delta", output_index: 0, summary_index: 0, delta: "It is sunny." },
  {
    type: "response.output_item.added",
    output_index: 1,
    item: { type: "message", id: "m1", role: "assistant", content: [] },
  },
  { type: "response.output_text.delta", output_index: 1, content_index: 0, delta: "Sun" },
  { type: "response.output_text.delta", output_index: 1, content_index: 0, delta: "ny." },
  {
    type: "response.output_item.added",
    output_index: 2,
    item: { type: "function_call", id: "f1", call_id: "c2", name: "pack", arguments: "" },
  },
  { type: "response.function_call_arguments.delta", output_index: 2, delta: '{"hat"' },
  { type: "response.function_call_arguments.delta", output_index: 2, delta: ":1}" },
];
const saidSoFar = {
  role: "assistant",
  content: "Sunny.",
  reasoning: "It is sunny.",
  tool_calls: [{ id: "c2", type: "function", function: { name: "pack", arguments: '{"hat":1}' } }],
};
const responsesEvent = {
  operation: "responses",
  generationId: "resp_1",
  model: { requested: "gpt-5-mini", resolved: "gpt-5-mini-2025-08-07" },
  input: [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "Weather?" },
        { type: "text", omitted: { mediaType: "image/png" } },
      ],
    },
    { role: "assistant", content: null, reasoning: "Ask the tool." },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c1", function: { name: "weather", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "c1", content: "sunny" },
  ],
  output: [
    {
      index: 0,
      finish_reason: "tool_calls",
      message: { ...saidSoFar, other: [{ type: "web_search_call" }] },
    },
  ],
  parameters: { max_output_tokens: 50 },
  usage: { promptTokens: 30, completionTokens: 9, totalTokens: 39, cachedTokens: 10, reasoningTokens: 4 },
  cost: { totalUsd: 0.001, inputUsd: 0.0004, outputUsd: 0.0006 },
  finishReason: { normalized: "tool_calls", native: "completed" },
};

test("OpenAI's responses, whole and streamed: a chat's messages", () => {
  expect(answered("responses", responsesRequest, responsesAnswer)).toMatchObject(responsesEvent);
  const done = { type: "response.completed", response: responsesAnswer };
  const event = streamed("responses", { ...responsesRequest, stream: true }, [...responsesDeltas, done]);
  expect(event).toMatchObject({ ...responsesEvent, streamed: true });
  expect(event).not.toHaveProperty("error");
  expect(event.timing.firstTokenMs).toBe(1102);
});

test("a response that breaks off is put together from its deltas", () => {
  const event = streamed("responses", responsesRequest, responsesDeltas, false);
  expect(event).toMatchObject({
    generationId: "resp_1",
    output: [{ message: saidSoFar }],
    error: { type: "stream_interrupted" },
  });
  expect(event).not.toHaveProperty("usage");
});

test.each<[string, Json, object]>([
  [
    "incomplete",
    { ...responsesAnswer, status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
    { finishReason: { normalized: "length", native: "max_output_tokens" } },
  ],
  [
    "failed",
    { ...responsesAnswer, status: "failed", error: { code: "server_error", message: "Sorry." }, output: [] },
    {
      finishReason: { normalized: "error", native: "failed" },
      error: { type: "server_error", message: "Sorry." },
    },
  ],
])("a response that is %s says so", (status, response, expected) => {
  expect(answered("responses", responsesRequest, response)).toMatchObject(expected);
  const last = { type: `response.${status}`, response };
  expect(streamed("responses", responsesRequest, [...responsesDeltas, last])).toMatchObject(expected);
});

test("an error event ends a response, and a text alone is a user's message", () => {
  const error = { type: "error", code: "rate_limit_exceeded", message: "Slow down." };
  expect(streamed("responses", { model: "m", input: "Hi" }, [begun, error], false)).toMatchObject({
    input: [{ role: "user", content: "Hi" }],
    error: { type: "rate_limit_exceeded", message: "Slow down." },
  });
});

test("legacy completions are told as a chat", () => {
  const request = { model: "gpt-3.5-turbo-instruct", prompt: "Say hi", max_tokens: 5 };
  const usage = { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 };
  const body = {
    id: "cmpl-1",
    model: "m",
    choices: [{ index: 0, text: "hi there", finish_reason: "length" }],
    usage,
  };
  const expected = {
    operation: "completion",
    input: "Say hi",
    output: [{ index: 0, finish_reason: "length", message: { role: "assistant", content: "hi there" } }],
    parameters: { max_tokens: 5 },
    usage: { promptTokens: 2, completionTokens: 1, totalTokens: 3 },
    finishReason: { normalized: "length" },
  };
  expect(answered("completion", request, body)).toMatchObject(expected);
  const chunk = (text: string, finish_reason: Json = null) => ({
    id: "cmpl-1",
    model: "m",
    choices: [{ index: 0, text, finish_reason }],
  });
  const event = streamed("completion", request, [
    chunk("hi"),
    chunk(" there"),
    chunk("", "length"),
    { choices: [], usage },
  ]);
  expect(event).toMatchObject(expected);
  expect(event.timing.firstTokenMs).toBe(1100);
});

test("of embeddings the vectors are left out, and nothing is an empty list", () => {
  const request = { model: "text-embedding-3-small", input: ["one", "two"], dimensions: 3 };
  const usage = { prompt_tokens: 2, total_tokens: 2 };
  const list = (embedding: Json) => ({
    object: "list",
    model: "m",
    data: [
      { index: 0, embedding },
      { index: 1, embedding },
    ],
    usage,
  });
  for (const vector of [[0.25, 0.5, 1], Buffer.alloc(12).toString("base64")] as const) {
    const event = answered("embeddings", request, list(vector as Json));
    expect(event).toMatchObject({
      operation: "embeddings",
      input: ["one", "two"],
      output: { embeddings: 2, dimensions: 3 },
      usage: { promptTokens: 2, totalTokens: 2 },
      parameters: { dimensions: 3 },
    });
    expect(event.usage).not.toHaveProperty("completionTokens");
  }
  expect(answered("embeddings", request, { data: [] })).not.toHaveProperty("output");
});

test("whatever comes, an event comes of it", () => {
  const operation = fc.constantFrom<Operation>("chat", "completion", "responses", "messages", "embeddings");
  const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
  const known = fc.constantFrom<Json>(...messagesStream, ...responsesDeltas, messagesAnswer, responsesAnswer);
  const spoilt = fc.oneof(
    json,
    known,
    fc
      .tuple(known, json)
      .map(
        ([good, bad]) =>
          ({ ...(good as object), delta: bad, message: bad, item: bad, content: bad, output: bad }) as Json,
      ),
  );
  fc.assert(
    fc.property(
      operation,
      fc.oneof(json, fc.constant<Json>(messagesRequest), fc.constant<Json>(responsesRequest)),
      fc.array(spoilt, { maxLength: 8 }),
      (which, request, data) => {
        expect(streamed(which, request, data, false).operation).toBe(which);
        for (const body of data) expect(answered(which, request, body).operation).toBe(which);
      },
    ),
  );
});
