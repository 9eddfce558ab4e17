import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { expect, test } from "vitest";
import { traceTree } from "./trace-tree.ts";

const base = {
  ...sampleTraceEvent(),
  model: { resolved: "openai/gpt-4o" },
  usage: { promptTokens: 20, completionTokens: 56 },
  cost: { totalUsd: 0.00061 },
  timing: { startMs: 1000, firstTokenMs: 1030, endMs: 1400 },
  sessionId: "s",
  user: "u",
};
delete (base as { error?: unknown }).error;
delete (base as { cancelled?: unknown }).cancelled;

test("a trace with a span reads as a tree of names and figures", () => {
  const trace = {
    traceId: "T",
    traceName: "Eval",
    spanName: "Step",
    generationName: "Summary",
    metadata: {},
  };
  expect(traceTree({ ...base, trace })).toBe(
    [
      "Eval · trace T · session s · user u",
      "└─┬ Step",
      "  └── Summary · openai/gpt-4o · 20 + 56 tokens · $0.00061 · first token 30 ms · 400 ms",
    ].join("\n"),
  );
});

test("a request without a trace is one line, and unknown figures are not shown", () => {
  const { usage: _usage, cost: _cost, ...bare } = base;
  expect(traceTree({ ...bare, timing: { startMs: 0, endMs: 5 }, trace: { metadata: {} } })).toBe(
    "openai/gpt-4o · 5 ms",
  );
});

test("a name cannot steer the terminal, and a failure is said", () => {
  const trace = { generationName: "\u001b[2Jevil\nline", metadata: {} };
  const line = traceTree({ ...base, trace, error: { status: 429 }, cancelled: true });
  expect(line).toContain(" [2Jevil line · openai/gpt-4o");
  expect(line).toContain("failed (429) · cancelled by the client");
  expect(line).not.toContain("\u001b");
});
