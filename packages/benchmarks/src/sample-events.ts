import { randomUUID } from "node:crypto";
import { parseTraceEvent } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";

const words = "the quick brown fox jumps over a lazy dog and writes “down” what it saw there\n".split(" ");

/** Events of about so many bytes of JSON, counted on from `first`, no two with a text in common. */
export function sampleEvents(first: number, count: number, bytes: number): TraceEvent[] {
  const contentBytes = Math.max(100, bytes - 900);
  return Array.from({ length: count }, (_, index) => sampleEvent(first + index, contentBytes));
}

function sampleEvent(index: number, contentBytes: number): TraceEvent {
  const startMs = 1_767_323_045_100 + index;
  return parseTraceEvent({
    id: randomUUID(),
    operation: "chat",
    model: { requested: "openai/gpt-5-mini", resolved: "openai/gpt-5-mini-2025-08-07" },
    provider: "OpenAI",
    input: [
      { role: "system", content: text(index, contentBytes * 0.2) },
      { role: "user", content: text(index + 1, contentBytes * 0.5) },
    ],
    output: [
      {
        index: 0,
        finish_reason: "stop",
        message: { role: "assistant", content: text(index + 2, contentBytes * 0.3) },
      },
    ],
    parameters: { temperature: 0.2, max_tokens: 2000 },
    usage: { promptTokens: 1200, completionTokens: 240, totalTokens: 1440, cachedTokens: 1024 },
    cost: { totalUsd: 0.00123 },
    timing: { startMs, firstTokenMs: startMs + 420, endMs: startMs + 2380 },
    finishReason: { normalized: "stop", native: "stop" },
    streamed: true,
    user: `user_${index % 97}`,
    sessionId: `session_${index % 997}`,
    tags: ["production"],
    trace: { metadata: { environment: "production", feature: "search", attempt: index % 3, region: "eu" } },
  });
}

function text(seed: number, bytes: number): string {
  const parts: string[] = [];
  for (let length = 0, n = seed; length < bytes; n += 7) {
    const word = words[n % words.length] ?? "";
    parts.push(word);
    length += word.length + 1;
  }
  return `${seed} ${parts.join(" ")}`;
}
