import type { TraceEvent } from "@tracecast/core";

let made = 0;

/** A small event with content; every one has its own id. */
export function event(overrides: Partial<TraceEvent> = {}): TraceEvent {
  made += 1;
  return {
    id: `0199aaaa-0000-7000-8000-${made.toString(16).padStart(12, "0")}`,
    operation: "chat",
    model: { requested: "openai/gpt-4o" },
    input: [{ role: "user", content: "a secret question" }],
    output: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "a secret answer" } }],
    parameters: { temperature: 0.5 },
    timing: { startMs: 1, endMs: 2 },
    streamed: false,
    tags: [],
    trace: { metadata: {} },
    ...overrides,
  };
}
