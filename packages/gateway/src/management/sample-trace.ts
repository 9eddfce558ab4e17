import { parseTraceEvent } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";
import { uuidv7 } from "uuidv7";

/**
 * The trace that "Send test trace" sends: what OpenRouter's own button sends, under our name.
 * @param nowMs - when it is said to have ended, in epoch milliseconds
 */
export function sampleTrace(nowMs: number): TraceEvent {
  const startMs = nowMs - 1500;
  return parseTraceEvent({
    id: uuidv7(),
    operation: "chat",
    generationId: "chatcmpl-test123",
    model: { requested: "openai/gpt-4-turbo", resolved: "openai/gpt-4-turbo" },
    provider: "OpenAI",
    input: [{ role: "user", content: "What is the capital of France?" }],
    output: [
      {
        index: 0,
        finish_reason: "stop",
        message: { role: "assistant", content: "The capital of France is Paris." },
      },
    ],
    parameters: { temperature: 0.7, max_tokens: 150, top_p: 1, frequency_penalty: 0, presence_penalty: 0 },
    usage: { promptTokens: 50, completionTokens: 100, totalTokens: 150, cachedTokens: 20 },
    cost: { totalUsd: 0.02 },
    timing: { startMs, endMs: nowMs },
    finishReason: { normalized: "stop", native: "stop" },
    streamed: false,
    sessionId: `session-${nowMs}`,
    tags: ["test", "observability", "gpt-4-turbo"],
    trace: {
      traceId: `test-trace-${nowMs}`,
      traceName: "Test Trace - Tracecast",
      generationName: "Test Generation",
      metadata: { environment: "test", source: "observability-test-button", test: true },
    },
  });
}
