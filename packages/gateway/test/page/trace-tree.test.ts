import { expect, test } from "vitest";
import type { TraceSummary } from "../../page/api.ts";
import { addressOf, filterIn } from "../../page/traces/trace-filter.ts";
import { treeRows } from "../../page/traces/trace-tree.ts";

const generation = (
  id: string,
  startMs: number,
  trace: Partial<TraceSummary["trace"]> = {},
): TraceSummary => ({
  id,
  operation: "chat",
  model: { requested: "m" },
  timing: { startMs, endMs: startMs + 10 },
  trace: { metadata: {}, ...trace },
  tags: [],
  streamed: true,
  failed: false,
  fates: [],
});

const outline = (generations: readonly TraceSummary[]) =>
  treeRows(generations).map(
    ({ kind, name, depth, startMs, endMs }) => `${"  ".repeat(depth)}${kind} ${name} ${startMs}-${endMs}`,
  );

test("requests that share a trace share its root and their spans, in the order of their beginnings", () => {
  const traceId = "t";
  expect(
    outline([
      generation("1", 50, { traceId, spanName: "act" }),
      generation("2", 10, { traceId, spanName: "plan", generationName: "Plan" }),
      generation("3", 30, { traceId }),
      generation("4", 80, { traceId, traceName: "Ticket", spanName: "act" }),
    ]),
  ).toEqual([
    "trace Ticket 10-90",
    "  span plan 10-20",
    "    generation Plan 10-20",
    "  generation m 30-40",
    "  span act 50-90",
    "    generation m 50-60",
    "    generation m 80-90",
  ]);
});

test("a request without a trace is its own root, and one below somebody else's span says so", () => {
  expect(outline([generation("1", 0, { generationName: "Alone" })])).toEqual(["generation Alone 0-10"]);
  expect(outline([generation("1", 0, { traceId: "t", parentSpanId: "p" })])[0]).toBe(
    "trace under span p 0-10",
  );
});

test("a filter reads back from its address as it was", () => {
  const filter = { search: "a/b & c?", model: "openai/gpt-4o", session: "s#1", fate: "dead" } as const;
  expect(filterIn(addressOf(filter))).toEqual(filter);
  expect(addressOf({})).toBe("#/traces");
  expect(addressOf({ search: "" })).toBe("#/traces");
});
