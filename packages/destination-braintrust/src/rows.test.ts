import { complaintsAbout, RowStore } from "@tracecast/braintrust-stand-in";
import type { RawRow } from "@tracecast/braintrust-stand-in";
import type { TraceEvent } from "@tracecast/core";
import { arbitraryTraceEvent, sampleTraceEvent } from "@tracecast/destination-testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { coalesceRows } from "./coalesce.ts";
import { encodeRows } from "./row-piece.ts";
import { version } from "./version.ts";
import manifest from "../package.json" with { type: "json" };

const maxBytes = 2.5 * 1024 * 1024;
const G = "0199aaaa-0000-7000-8000-000000000001";

const event = (overrides: Partial<TraceEvent> = {}): TraceEvent => ({
  id: G,
  operation: "chat",
  model: { requested: "openai/gpt-4o", resolved: "openai/gpt-4o" },
  provider: "OpenAI",
  input: [{ role: "user", content: "Generate a summary..." }],
  output: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Here it is." } }],
  parameters: { temperature: 0.5 },
  timing: { startMs: 1_767_323_045_100, firstTokenMs: 1_767_323_045_350, endMs: 1_767_323_046_200 },
  streamed: true,
  tags: [],
  trace: { metadata: {} },
  ...overrides,
});

/** A row as its JSON reads. */
interface ReadRow {
  readonly id: string;
  readonly span_id: string;
  readonly root_span_id: string;
  readonly span_parents: readonly string[];
  readonly span_attributes: { readonly name?: string; readonly type: string };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly input?: readonly { readonly content: string }[];
  readonly error?: string;
  readonly context?: { readonly span_origin: object };
}

const rowsOf = (one: TraceEvent): ReadRow[] => encodeRows(one, maxBytes).map(({ json }) => JSON.parse(json));
const named = (trace: Partial<TraceEvent["trace"]>, more: Partial<TraceEvent> = {}) =>
  rowsOf(event({ ...more, trace: { metadata: {}, ...trace } }));
const shape = (rows: readonly ReadRow[]) =>
  rows.map((row) => [
    row.span_attributes.type,
    row.span_attributes.name,
    row.span_id,
    row.root_span_id,
    row.span_parents,
  ]);

test("A: no trace keys, or only a generation name: one row, its own root, with the tags on it", () => {
  expect(shape(named({}))).toEqual([["llm", "openai/gpt-4o", G, G, []]]);
  const [row] = named({ generationName: "GPT-4o Summary" }, { tags: ["a", "b"] });
  expect(row).toMatchObject({ id: G, span_attributes: { name: "GPT-4o Summary" }, tags: ["a", "b"] });
  expect(row?.metadata).not.toHaveProperty("tags");
});

test("B: a name without a trace id: a root of its own, named, with its duration", () => {
  expect(shape(named({ traceName: "Eval" }))).toEqual([
    ["task", "Eval", `trace:${G}`, `trace:${G}`, []],
    ["llm", "openai/gpt-4o", G, `trace:${G}`, [`trace:${G}`]],
  ]);
  expect(named({ traceName: "Eval" })[0]?.["metrics"]).toEqual({
    start: 1_767_323_045.1,
    end: 1_767_323_046.2,
  });
  const [root, span, llm] = named({ spanName: "Step" });
  expect(root?.span_attributes.name).toBe("openai/gpt-4o");
  expect(span?.span_parents).toEqual([root?.span_id]);
  expect(llm?.span_parents).toEqual([span?.span_id]);
});

test("C and D: a trace id is exactly the root's span id; a span name makes a span between", () => {
  expect(shape(named({ traceId: "T", traceName: "Eval", generationName: "Summary" }))).toEqual([
    ["task", "Eval", "T", "T", []],
    ["llm", "Summary", G, "T", ["T"]],
  ]);
  const [root, span, llm] = named({ traceId: "T", spanName: "Step" });
  expect(root).toMatchObject({ id: "tracecast-trace-T", span_id: "T" });
  expect(span).toMatchObject({
    span_attributes: { name: "Step", type: "task" },
    root_span_id: "T",
    span_parents: ["T"],
  });
  expect(span?.id).toBe(`tracecast-span-${span?.span_id}`);
  expect(llm?.span_parents).toEqual([span?.span_id]);
});

test("E and F: under a parent of somebody else's there is no root of ours, and tags go to the metadata", () => {
  expect(shape(named({ traceId: "T", parentSpanId: "P" }))).toEqual([
    ["llm", "openai/gpt-4o", G, "T", ["P"]],
  ]);
  const [span, llm] = named({ traceId: "T", parentSpanId: "P", spanName: "Step" }, { tags: ["a"] });
  expect(span).toMatchObject({ span_parents: ["P"], root_span_id: "T" });
  expect(llm).toMatchObject({ span_parents: [span?.span_id], metadata: { tags: ["a"] } });
  expect(llm).not.toHaveProperty("tags");
});

test("G: a parent without a trace cannot be placed, and is kept as metadata", () => {
  expect(shape(named({ parentSpanId: "P" }))).toEqual([["llm", "openai/gpt-4o", G, G, []]]);
  expect(named({ parentSpanId: "P" })[0]?.["metadata"].parent_span_id).toBe("P");
});

test("a span's id depends on trace, parent and name alone, and not on how they run together", () => {
  const spanId = (trace: Partial<TraceEvent["trace"]>) =>
    named(trace).find((row) => row.id.startsWith("tracecast-span"))?.["span_id"];
  expect(spanId({ traceId: "a", spanName: "bc" })).toBe(
    spanId({ traceId: "a", spanName: "bc", traceName: "x" }),
  );
  expect(spanId({ traceId: "a", spanName: "bc" })).not.toBe(spanId({ traceId: "ab", spanName: "c" }));
  expect(spanId({ traceId: "a", spanName: "b" })).not.toBe(
    spanId({ traceId: "a", spanName: "b", parentSpanId: "P" }),
  );
});

test("an id that is odd or long becomes its hash; a trace named after the event is not its own parent", () => {
  const [root] = named({ traceId: "x".repeat(300) });
  expect(root?.root_span_id).toMatch(/^[\da-f]{64}$/);
  const llm = named({ traceId: G }).at(-1);
  expect(llm).toMatchObject({ span_id: `gen:${G}`, span_parents: [G] });
  expect(complaintsAbout(named({ traceId: G, parentSpanId: G }))).toEqual([]);
});

test("metrics: seconds, integers, costs; a figure that is not known is not there", () => {
  const usage = { promptTokens: 12, completionTokens: 5, cachedTokens: 0, reasoningTokens: 3 };
  const cost = {
    totalUsd: 0.00003,
    inputUsd: 0.00001,
    outputUsd: 0.00002,
    upstreamTotalUsd: 0.00003,
    byok: false,
  };
  expect(rowsOf(event({ usage, cost }))[0]?.["metrics"]).toEqual({
    start: 1_767_323_045.1,
    end: 1_767_323_046.2,
    time_to_first_token: 0.25,
    prompt_tokens: 12,
    completion_tokens: 5,
    tokens: 17,
    prompt_cached_tokens: 0,
    completion_reasoning_tokens: 3,
    estimated_cost: 0.00003,
    cost: 0.00003,
    cost_input: 0.00001,
    cost_output: 0.00002,
    cost_upstream_inference_cost: 0.00003,
  });
  expect(rowsOf(event({ streamed: false, usage: { promptTokens: 1 } }))[0]?.["metrics"]).toEqual({
    start: 1_767_323_045.1,
    end: 1_767_323_046.2,
    prompt_tokens: 1,
  });
});

test("metadata: model without its vendor, provider in lower case, user, session, parameters, tools, custom keys", () => {
  const [row] = rowsOf(
    event({
      user: "user_12345",
      sessionId: "session_abc",
      generationId: "gen-1",
      apiKey: { hash: "a".repeat(64), name: "Production" },
      finishReason: { normalized: "stop", native: "end_turn" },
      contentParameters: { tools: [{ type: "function" }], provider: { order: ["x"] }, prompt: "p" },
      trace: {
        metadata: {
          experiment_id: "exp_789",
          model: "mine",
          temperature: "mine",
          prompt: "mine",
          user_id: "mine",
        },
      },
    }),
  );
  expect(row?.metadata).toEqual({
    model: "gpt-4o",
    model_slug: "openai/gpt-4o",
    provider: "openai",
    gateway: "tracecast",
    operation: "chat",
    generation_id: "gen-1",
    user_id: "user_12345",
    session_id: "session_abc",
    api_key_hash: "a".repeat(64),
    api_key_name: "Production",
    finish_reason: "stop",
    native_finish_reason: "end_turn",
    streamed: true,
    temperature: 0.5,
    tools: [{ type: "function" }],
    "request.provider": { order: ["x"] },
    "request.prompt": "p",
    experiment_id: "exp_789",
    "trace.model": "mine",
    "trace.temperature": "mine",
    "trace.user_id": "mine",
    user_prompt: "mine",
  });
  expect(row?.context?.span_origin).toMatchObject({ name: "tracecast", version: manifest.version });
  expect(version).toBe(manifest.version);
});

test("the root carries what its requests share, and neither content nor figures", () => {
  const [root] = named(
    { traceId: "T", traceName: "Eval", metadata: { team: "x" } },
    { user: "u", sessionId: "s", tags: ["prod"], usage: { promptTokens: 1 }, error: { status: 500 } },
  );
  expect(root).toEqual({
    id: "tracecast-trace-T",
    span_id: "T",
    root_span_id: "T",
    span_parents: [],
    _is_merge: true,
    created: "2026-01-02T03:04:05.100Z",
    span_attributes: { name: "Eval", type: "task" },
    metadata: { team: "x", user_id: "u", session_id: "s", trace_id: "T", trace_name: "Eval" },
    tags: ["prod"],
  });
});

test("a tag stands once, also where two differ only in what may not be sent", () => {
  expect(rowsOf(event({ tags: ["a", "a\0", "\0", "b"] }))[0]).toMatchObject({ tags: ["a", "b"] });
  expect(rowsOf(event({ tags: ["\0"] }))[0]).not.toHaveProperty("tags");
});

test("an error is a short text; without a message it is its code", () => {
  const errorOf = (error: TraceEvent["error"]) => rowsOf(event({ ...(error && { error }) }))[0]?.["error"];
  expect(errorOf({ status: 429, type: "rate_limit_exceeded", message: "Slow down." })).toBe(
    "429 rate_limit_exceeded: Slow down.",
  );
  expect(errorOf({ status: 429, type: "rate_limit_exceeded" })).toBe("429 rate_limit_exceeded");
  expect(errorOf({ type: "stream_interrupted" })).toBe("stream_interrupted");
  expect(errorOf(undefined)).toBeUndefined();
});

test("every row of every event fits the vendor's own schema and its documented rules", () => {
  fc.assert(
    fc.property(arbitraryTraceEvent(), (one) => {
      expect(complaintsAbout(rowsOf(one))).toEqual([]);
    }),
    { numRuns: 300 },
  );
  expect(complaintsAbout(rowsOf(sampleTraceEvent()))).toEqual([]);
});

test("requests that share a trace overwrite and double nothing, in any order and however often they are sent", () => {
  const traces = fc.record({
    traceName: fc.option(fc.constantFrom("Eval", "Run"), { nil: undefined }),
    spanName: fc.option(fc.constantFrom("one", "two"), { nil: undefined }),
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(arbitraryTraceEvent(), traces), { minLength: 1, maxLength: 6 }),
      fc.nat(),
      (pairs, again) => {
        const events = pairs.map(([one, { traceName, spanName }], index) => ({
          ...one,
          id: `0199aaaa-0000-7000-8000-${String(index).padStart(12, "0")}`,
          usage: { promptTokens: 1, completionTokens: 2 },
          trace: {
            traceId: "T",
            metadata: {},
            ...(traceName && { traceName }),
            ...(spanName && { spanName }),
          },
        }));
        const store = new RowStore();
        const sent = [...events, events[again % events.length] ?? events[0]!];
        for (const one of sent) for (const row of rowsOf(one)) store.write(row as unknown as RawRow);
        const rows = store.list() as unknown as readonly ReadRow[];
        const roots = rows.filter((row) => row.span_parents.length === 0);
        expect(roots.map((row) => row.span_id)).toEqual(["T"]);
        for (const row of rows) expect(row.root_span_id).toBe("T");
        const ids = new Set(rows.map((row) => row.span_id));
        for (const row of rows) for (const parent of row.span_parents) expect(ids.has(parent)).toBe(true);
        const tokens = rows.reduce((sum, row) => sum + (row.metrics?.tokens ?? 0), 0);
        expect(tokens).toBe(events.length * 3);
        expect(rows.filter((row) => row.span_attributes.type === "llm")).toHaveLength(events.length);
      },
    ),
    { numRuns: 60 },
  );
});

test("rows of one id in one request are joined as the vendor's merge joins them", () => {
  // The vendor's merge leaves these names out below the first level; joined here, they arrive.
  const guarded = /"(?:constructor|prototype|__proto__)":/;
  const plain = arbitraryTraceEvent().filter((one) => !guarded.test(JSON.stringify(one)));
  fc.assert(
    fc.property(fc.array(plain, { minLength: 2, maxLength: 5 }), (events) => {
      const pieces = events.flatMap((one) =>
        encodeRows({ ...one, trace: { ...one.trace, traceId: "T", traceName: "Eval" } }, maxBytes),
      );
      const joined = coalesceRows(pieces);
      const store = new RowStore();
      const expected = new RowStore();
      for (const { json } of joined) store.write(JSON.parse(json));
      for (const { json } of pieces) expected.write(JSON.parse(json));
      const sorted = (rows: readonly object[]) =>
        rows.map((row) => ({ ...row, tags: [...((row as { tags?: string[] }).tags ?? [])].toSorted() }));
      expect(sorted(store.list())).toEqual(sorted(expected.list()));
      expect(complaintsAbout(joined.map(({ json }) => JSON.parse(json)))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test("a row too large for a request is shortened, figures and all kept", () => {
  const content = `${"a".repeat(6_000_000)}end`;
  const big = event({ input: [{ role: "user", content }], usage: { promptTokens: 9 } });
  const [row] = rowsOf(big);
  expect(JSON.stringify(row).length).toBeLessThan(maxBytes);
  expect(row).toMatchObject({
    metrics: { prompt_tokens: 9 },
    metadata: { truncated: true, model: "gpt-4o" },
  });
  expect(row?.input?.[0]?.content).toMatch(/^aaa.*\.\.\.\[truncated \d+ chars\]\.\.\.a*end$/);
  const many = event({
    input: Array.from({ length: 3000 }, () => ({ role: "user", content: "y".repeat(2000) })),
  });
  const [lean] = rowsOf(many);
  expect(JSON.stringify(lean).length).toBeLessThan(maxBytes);
  expect(lean).toMatchObject({ metadata: { truncated: true }, output: expect.any(Array) });
});
