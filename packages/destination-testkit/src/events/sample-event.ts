import { parseTraceEvent } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";
import { deepFreeze } from "./deep-freeze.ts";

/** Fields of an event to set; `undefined` leaves a field out. */
export type EventOverrides = { readonly [Field in keyof TraceEvent]?: TraceEvent[Field] | undefined };

/**
 * One finished streamed chat with a tool call, a picture, reasoning, usage, cost, names, tags and metadata. Always the same
 * but for `overrides`; frozen.
 *
 * @throws `TracecastError` `EVENT_INVALID` where the overrides do not fit the model.
 */
export function sampleTraceEvent(overrides: EventOverrides = {}): TraceEvent {
  const fields = Object.entries({ ...sample, ...overrides }).filter(([, value]) => value !== undefined);
  return deepFreeze(parseTraceEvent(structuredClone(Object.fromEntries(fields))));
}

// 2026-01-02T03:04:05.100Z
const startMs = 1_767_323_045_100;

const weatherCall = {
  id: "call_8Vq0",
  type: "function",
  function: { name: "get_weather", arguments: '{"city":"Zürich","days":3}' },
};

const weatherTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The forecast for a city.",
    parameters: {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer" } },
      required: ["city"],
    },
  },
};

const sample: TraceEvent = {
  id: "019b7c8e-5f6c-7a31-9d24-6c1f0b8e4a57",
  operation: "chat",
  apiKey: { hash: "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8", name: "Production" },
  workspaceId: "workspace_42",
  generationId: "gen-1767323045-Qm3xV7",
  model: { requested: "openai/gpt-5-mini", resolved: "openai/gpt-5-mini-2025-08-07" },
  provider: "OpenAI",
  input: [
    { role: "system", content: "Answer in one sentence." },
    {
      role: "user",
      content: [
        { type: "text", text: "Do I need an umbrella here tomorrow? 🌂" },
        {
          type: "text",
          text: "[image omitted: image/png, 123 KB]",
          omitted: { type: "image_url", mediaType: "image/png", bytes: 125_952 },
        },
      ],
    },
  ],
  output: [
    {
      index: 0,
      finish_reason: "tool_calls",
      message: {
        role: "assistant",
        content: null,
        reasoning: "The picture shows Zürich. I have to look at the forecast.",
        tool_calls: [weatherCall],
      },
    },
  ],
  parameters: { temperature: 0.2, max_completion_tokens: 2000, reasoning_effort: "low" },
  contentParameters: { tools: [weatherTool], stop: ["END"] },
  usage: {
    promptTokens: 1200,
    completionTokens: 240,
    totalTokens: 1440,
    cachedTokens: 1024,
    reasoningTokens: 128,
  },
  cost: {
    totalUsd: 0.000_549_6,
    inputUsd: 0.000_069_6,
    outputUsd: 0.000_48,
    upstreamTotalUsd: 0.000_549_6,
    upstreamInputUsd: 0.000_069_6,
    upstreamOutputUsd: 0.000_48,
    byok: false,
  },
  timing: { startMs, firstTokenMs: startMs + 420, endMs: startMs + 2380 },
  finishReason: { normalized: "tool_calls", native: "tool_calls" },
  streamed: true,
  user: "user_12345",
  sessionId: "session_67890",
  tags: ["production", "weather"],
  trace: {
    traceId: "workflow_12345",
    traceName: "Trip Planning",
    spanName: "Packing List",
    generationName: "Check Weather",
    metadata: { environment: "production", attempt: 2, feature: { name: "packing", beta: true } },
  },
};
